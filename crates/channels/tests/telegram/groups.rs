//! Groups, topics, buttons, polls, and what the vendor refuses.

use std::sync::Arc;

use serde_json::Value;
use tidegate_channels::telegram::{Command, Telegram};
use tidegate_core::channel::{
    Act, Body, Button, Channel, ChannelError, InboundEvent, MediaKind, OutboundMedia, OutboundPart,
    PeerKind, Poll, Target,
};
use tidegate_fakes::telegram::{Incoming, Limits, Membership, Order, TelegramFake, User};

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::rig::{ADA, HARBOUR, ada, settings, target, telegram};

struct World {
    fake: TelegramFake,
    telegram: Arc<Telegram>,
    inbox: Arc<MemoryInbox>,
}

async fn world() -> World {
    let fake = TelegramFake::start().await.unwrap();
    fake.membership(ADA, &ada(), Membership::Member);
    fake.membership(HARBOUR, &ada(), Membership::Member);
    World {
        telegram: telegram(settings(&fake)),
        fake,
        inbox: Arc::default(),
    }
}

impl World {
    async fn live(&self) -> Live {
        Live::started(Arc::clone(&self.telegram) as Arc<dyn Channel>, &self.inbox).await
    }

    async fn send(&self, to: &Target, part: &OutboundPart) -> Result<i64, ChannelError> {
        let receipt = self.telegram.send(to, part, &attempt("1")).await?;
        Ok(receipt.message_id.parse().unwrap())
    }
}

fn harbour() -> Target {
    target(PeerKind::Group, HARBOUR, None)
}

fn direct() -> Target {
    target(PeerKind::Direct, ADA, None)
}

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
async fn a_group_is_heard_with_its_marks() {
    let world = world().await;
    let live = world.live().await;
    world.fake.say(HARBOUR, &ada(), "@gate_bot ahoy");
    world.fake.say(HARBOUR, &ada(), "/status@gate_bot");
    world.fake.say(HARBOUR, &ada(), "/status@other_bot");
    world.fake.say(HARBOUR, &ada(), "nothing for us");
    let events = world.inbox.wait_for(3).await;
    let heard: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.event {
            InboundEvent::Message(message) => Some((message.text.as_str(), message.mentioned)),
            _ => None,
        })
        .collect();
    assert_eq!(
        heard,
        [("ahoy", true), ("/status", true), ("nothing for us", false)]
    );
    assert!(events.iter().all(|event| event.peer == harbour().peer));
    live.stop().await;
}

#[tokio::test]
async fn a_reply_to_us_is_told() {
    let world = world().await;
    let live = world.live().await;
    let ours = world.send(&harbour(), &text("High tide at six.")).await.unwrap();
    let reply = Incoming::text("and low?").reply_to(ours);
    world.fake.send(HARBOUR, &ada(), &reply);
    let InboundEvent::Message(message) = world.inbox.wait_for(1).await.remove(0).event else {
        panic!("no message");
    };
    let reply = message.reply_to.unwrap();
    assert!(reply.ours);
    assert_eq!(reply.message_id, ours.to_string());
    assert_eq!(reply.text.as_deref(), Some("High tide at six."));
    live.stop().await;
}

#[tokio::test]
async fn topics_are_answered_where_they_are() {
    const YARD: i64 = -1_009_876_543_210;
    let world = world().await;
    world.fake.forum(YARD, "Shipyard");
    let topic = world.fake.topic(YARD, "Hulls").unwrap();
    let live = world.live().await;
    world.fake.say(YARD, &ada(), "in general");
    let hulls = Incoming::text("in hulls").in_topic(topic);
    world.fake.send(YARD, &ada(), &hulls);
    let events = world.inbox.wait_for(2).await;
    let threads: Vec<_> = events.iter().map(|event| event.thread.clone()).collect();
    assert_eq!(threads, [Some("1".into()), Some(topic.to_string())]);
    for (thread, shown) in [(1, None), (topic, Some(topic))] {
        let to = target(PeerKind::Group, YARD, Some(thread));
        world.send(&to, &text("answer")).await.unwrap();
        assert_eq!(world.fake.bot_messages(YARD).pop().unwrap().thread, shown);
        world.telegram.act(&to, Act::Typing).await.unwrap();
        assert_eq!(world.fake.actions(YARD).pop().unwrap().thread, Some(thread));
    }
    let gone = target(PeerKind::Group, YARD, Some(topic + 1000));
    let sent = world.send(&gone, &text("nowhere")).await;
    assert!(matches!(sent, Err(ChannelError::Refused(_))), "{sent:?}");
    live.stop().await;
}

#[tokio::test]
async fn a_group_that_moved_says_where() {
    const OLD: i64 = -5001;
    let world = world().await;
    let live = world.live().await;
    world.fake.say(OLD, &ada(), "hello");
    let new = world.fake.migrate(OLD, &ada()).unwrap();
    let events = world.inbox.wait_for(2).await;
    assert_eq!(events[1].peer.id, OLD.to_string());
    assert_eq!(
        events[1].event,
        InboundEvent::Moved {
            to: new.to_string()
        }
    );
    let sent = world.send(&target(PeerKind::Group, OLD, None), &text("x")).await;
    assert!(
        matches!(&sent, Err(ChannelError::Moved { to }) if *to == new.to_string()),
        "{sent:?}"
    );
    live.stop().await;
}

#[tokio::test]
async fn whoever_blocked_us_gets_nothing() {
    let world = world().await;
    world.fake.membership(ADA, &ada(), Membership::Kicked);
    for to in [direct(), target(PeerKind::Direct, 4711, None)] {
        let sent = world.send(&to, &text("x")).await;
        assert!(matches!(sent, Err(ChannelError::Refused(_))), "{sent:?}");
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
    assert!(world.fake.bot_messages(ADA)[0].buttons.is_some(), "{sent:?}");
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
    let mut sent = Vec::new();
    for at in 0..7 {
        sent.push(world.send(&direct(), &text(&format!("{at}"))).await);
    }
    assert_eq!(sent.iter().filter(|sent| sent.is_ok()).count(), 5);
    assert!(
        matches!(sent[6], Err(ChannelError::Limited { retry_after_ms: 1.., account: false })),
        "{:?}",
        sent[6]
    );
}

#[tokio::test]
async fn order_and_clock_are_the_networks() {
    let world = world().await;
    let live = world.live().await;
    let clock = world.fake.clock();
    world.fake.hold_updates();
    world.fake.say(ADA, &ada(), "one");
    clock.skew_ms(-3_600_000);
    world.fake.say(ADA, &ada(), "two");
    world.fake.release_updates(Order::Reversed);
    let events = world.inbox.wait_for(2).await;
    assert_eq!(world.inbox.texts(), ["two", "one"]);
    let earlier = events[1].at_ms - events[0].at_ms;
    assert!((3_590_000..=3_610_000).contains(&earlier), "{earlier}");
    live.stop().await;
}

#[tokio::test]
async fn two_pollers_are_a_conflict() {
    let world = world().await;
    let live = world.live().await;
    eventually("it polls", || world.fake.is_polled()).await;
    let second = Live::start(telegram(settings(&world.fake)), &Arc::default());
    let failure = live.failure().await;
    assert!(
        matches!(&failure, ChannelError::Conflict(why) if why.contains("other getUpdates")),
        "{failure}"
    );
    drop(second);
    world.fake.say(ADA, &ada(), "whose am I?");
    live.check_failures();
}

#[tokio::test]
async fn albums_come_one_by_one_under_one_name() {
    let world = world().await;
    let live = world.live().await;
    let items = [Incoming::photo(vec![1; 10]), Incoming::photo(vec![2; 10])];
    world.fake.album(ADA, &ada(), &items);
    let events = world.inbox.wait_for(2).await;
    let albums: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.event {
            InboundEvent::Message(message) => message.album.clone(),
            _ => None,
        })
        .collect();
    assert_eq!(albums.len(), 2);
    assert_eq!(albums[0], albums[1]);
    live.stop().await;
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
        Live::started(Arc::clone(&channel), &world.inbox).await.stop().await;
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

#[tokio::test]
async fn another_person_is_another_sender() {
    let world = world().await;
    let live = world.live().await;
    world.fake.say(HARBOUR, &User::new(1002, "Ada").named("ada2"), "me too");
    let event = world.inbox.wait_for(1).await.remove(0);
    assert_eq!(event.sender.id, "1002");
    assert_eq!(event.sender.name.as_deref(), Some("Ada"));
    live.stop().await;
}
