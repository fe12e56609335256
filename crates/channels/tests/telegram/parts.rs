//! Buttons, polls, files and words at their limits; commands and notes.

use std::sync::Arc;

use serde_json::Value;
use tidegate_channels::telegram::Command;
use tidegate_core::channel::{
    Body, Button, Channel, ChannelError, InboundEvent, MediaKind, OutboundMedia, OutboundPart, Poll,
};
use tidegate_fakes::telegram::Limits;

use crate::contract::{Live, attempt, eventually, text};
use crate::rig::{ADA, ada, settings, telegram};
use crate::world::{direct, harbour, world};

fn with_button(value: &str) -> OutboundPart {
    let button = Button {
        label: "Yes".into(),
        value: value.into(),
    };
    OutboundPart {
        buttons: vec![vec![button]],
        ..text("Shall I?")
    }
}

#[tokio::test]
async fn a_press_is_answered_if_the_person_is_admitted() {
    let world = world().await;
    let live = world.live().await;
    let sent = world.send(&direct(), &with_button("yes")).await.unwrap();
    let query = world.fake.press(ADA, sent, &ada(), "yes").unwrap();
    let event = world.inbox.wait_for(1).await.remove(0);
    assert_eq!(event.sender.id, ADA.to_string());
    assert_eq!(
        event.event,
        InboundEvent::Pressed {
            message_id: sent.to_string(),
            value: "yes".into()
        }
    );
    eventually("an answer", || world.fake.query_answer(&query).is_some()).await;

    world.inbox.ignore_all();
    let ignored = world.fake.press(ADA, sent, &ada(), "yes").unwrap();
    world.fake.say(ADA, &ada(), "after it");
    eventually("it is read", || world.fake.pending_updates() == 0).await;
    assert_eq!(world.fake.query_answer(&ignored), None);
    assert_eq!(world.fake.calls_of("answerCallbackQuery").len(), 1);
    live.stop().await;
}

#[tokio::test]
async fn buttons_and_replies_have_limits() {
    let world = world().await;
    let long = world.send(&direct(), &with_button(&"x".repeat(65))).await;
    assert!(matches!(long, Err(ChannelError::Refused(_))), "{long:?}");
    let sent = world.send(&direct(), &with_button(&"x".repeat(64))).await;
    assert!(
        world.fake.bot_messages(ADA)[0].buttons.is_some(),
        "{sent:?}"
    );
    let mut reply = text("an answer to what is gone");
    reply.reply_to = Some("4711".into());
    world.send(&direct(), &reply).await.unwrap();
    assert_eq!(world.fake.bot_messages(ADA)[1].reply_to, None);
}

#[tokio::test]
async fn polls_have_a_number_of_their_own() {
    let world = world().await;
    let poll = OutboundPart {
        body: Body::Poll(Poll {
            question: "Sail?".into(),
            options: vec!["Yes".into(), "No".into(), "Later".into()],
            max_selections: 2,
            duration_hours: None,
        }),
        ..text("")
    };
    let receipt = world.telegram.send(&harbour(), &poll, &attempt("1")).await;
    assert!(receipt.unwrap().poll_id.is_some());
    let call = world.fake.calls_of("sendPoll").remove(0);
    assert!(call.params.flag("allows_multiple_answers"));
}

#[tokio::test]
async fn words_without_room_for_marks_go_without_them() {
    let world = world().await;
    // One wide cell makes every other row as wide.
    let mut table = format!("| {} |\n| - |\n", "w".repeat(600));
    while table.len() < 900 {
        table.push_str("| x |\n");
    }
    world.send(&direct(), &text(&table)).await.unwrap();
    let shown = world.fake.bot_messages(ADA).remove(0);
    assert!(!shown.entities.is_empty());
    table = format!("| {} | y |\n| - | - |\n", "w".repeat(600));
    while table.len() < 900 {
        table.push_str("| x | y |\n");
    }
    world.send(&direct(), &text(&table)).await.unwrap();
    let shown = world.fake.bot_messages(ADA).remove(1);
    assert_eq!(shown.text, table.trim());
    assert!(shown.entities.is_empty());
    assert_eq!(world.fake.calls_of("sendMessage").len(), 3);
}

#[tokio::test]
async fn a_picture_that_is_too_large_is_a_document() {
    let world = world().await;
    world.fake.set_limits(Limits {
        photo_bytes: 1000,
        ..Limits::loose()
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.jpg");
    std::fs::write(&path, vec![1; 11 * 1024 * 1024]).unwrap();
    let picture = OutboundPart {
        body: Body::Media {
            media: OutboundMedia {
                kind: MediaKind::Photo,
                path,
                name: "large.jpg".into(),
                mime: "image/jpeg".into(),
                bytes: 11 * 1024 * 1024,
            },
            markdown: String::new(),
        },
        ..text("")
    };
    world.send(&direct(), &picture).await.unwrap();
    assert_eq!(world.fake.bot_messages(ADA)[0].kind(), "document");
}

#[tokio::test]
async fn the_vendors_limits_are_told_as_they_are() {
    let world = world().await;
    world.fake.set_limits(Limits::vendor());
    // A burst passes; then it is one in a second.
    let refused = loop {
        if let Err(error) = world.send(&direct(), &text("again")).await {
            break error;
        }
    };
    assert!(
        matches!(
            refused,
            ChannelError::Limited {
                retry_after_ms: 1..,
                account: false
            }
        ),
        "{refused}"
    );
    assert!(world.fake.bot_messages(ADA).len() >= 5);
}

#[tokio::test]
async fn commands_are_told_once_and_failure_is_no_harm() {
    let world = world().await;
    let mut settings = settings(&world.fake);
    settings.commands = vec![Command {
        name: "status".into(),
        about: "How it is.".into(),
    }];
    let channel = telegram(settings) as Arc<dyn Channel>;
    let refused = tidegate_fakes::common::Fault::Status(500);
    world.fake.fail_next("setMyCommands", refused);
    for _ in 0..3 {
        Live::started(Arc::clone(&channel), &world.inbox)
            .await
            .stop()
            .await;
    }
    let calls = world.fake.calls_of("setMyCommands");
    assert_eq!(calls.len(), 2);
    let told = calls[1].params.json("commands").unwrap().unwrap();
    assert_eq!(told.pointer("/0/command"), Some(&Value::from("status")));
}

#[tokio::test]
async fn the_owner_is_told_of_privacy() {
    let world = world().await;
    world.fake.set_privacy(true);
    let identity = world.telegram.probe().await.unwrap();
    assert_eq!(identity.handle.as_deref(), Some("gate_bot"));
    assert!(identity.notes[0].contains("/setprivacy"), "{identity:?}");
    world.fake.set_privacy(false);
    assert!(world.telegram.probe().await.unwrap().notes.is_empty());
}
