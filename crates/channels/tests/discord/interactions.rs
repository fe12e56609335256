//! Slash commands and buttons.

use std::sync::Arc;

use serde_json::json;
use tidegate_channels::discord::{Discord, DiscordSettings};
use tidegate_core::channel::{Button, Channel as _, InboundEvent, OutboundPart};
use tidegate_fakes::discord::routes;

use crate::contract::{Live, MemoryInbox, Rig, attempt, eventually, text};
use crate::rig::{DiscordRig, commands, discord, number, settings};

fn inbox() -> Arc<MemoryInbox> {
    Arc::default()
}

fn with_commands(rig: &DiscordRig) -> Arc<Discord> {
    discord(DiscordSettings {
        commands: commands(),
        ..settings(&rig.fake)
    })
}

fn asking() -> OutboundPart {
    OutboundPart {
        buttons: vec![vec![
            Button {
                label: "Yes".into(),
                value: "yes:7".into(),
            },
            Button {
                label: "No".into(),
                value: "no:7".into(),
            },
        ]],
        ..text("Sail?")
    }
}

/// Listens, and people are shown our commands.
async fn listening(rig: &DiscordRig, inbox: &Arc<MemoryInbox>) -> (Arc<Discord>, Live) {
    let adapter = with_commands(rig);
    let live = Live::started(adapter.clone(), inbox).await;
    eventually("commands are there", || {
        rig.fake.command_names(None).len() == 2
    })
    .await;
    (adapter, live)
}

#[tokio::test]
async fn the_list_of_commands_is_told_once_and_only_if_it_changed() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    listening(&rig, &inbox).await.1.stop().await;
    assert_eq!(rig.fake.command_names(None), ["status", "model"]);
    assert_eq!(rig.calls(routes::SET_COMMANDS), 1);
    let live = Live::started(with_commands(&rig), &inbox).await;
    eventually("they are compared", || rig.calls(routes::COMMANDS) == 2).await;
    inbox.proved_now().await;
    live.stop().await;
    assert_eq!(rig.calls(routes::SET_COMMANDS), 1);
    let mut fewer = commands();
    fewer.pop();
    let other = discord(DiscordSettings {
        commands: fewer,
        ..settings(&rig.fake)
    });
    let live = Live::started(other, &inbox).await;
    eventually("there are fewer", || {
        rig.fake.command_names(None) == ["status"]
    })
    .await;
    live.stop().await;
}

#[tokio::test]
async fn commands_that_cannot_be_told_keep_nobody_from_listening() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let trouble = tidegate_fakes::common::Fault::Status(500);
    rig.fake.faults().next(routes::COMMANDS, trouble);
    let live = Live::started(with_commands(&rig), &inbox).await;
    rig.say(&rig.direct(), "hello");
    inbox.wait_for(1).await;
    assert_eq!(live.failures(), 0);
    live.stop().await;
}

#[tokio::test]
async fn a_slash_command_is_a_message_to_us_and_is_answered_at_once() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let (_, live) = listening(&rig, &inbox).await;
    let options = [("name", json!("fast"))];
    let slash = rig
        .fake
        .slash(rig.room, rig.ada, "model", &options)
        .unwrap();
    let direct = rig.fake.slash(rig.dm, rig.ada, "status", &[]).unwrap();
    let events = inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["/model fast", "/status"]);
    for (event, id) in events.iter().zip([slash, direct]) {
        assert_eq!(event.provider_id, id.to_string());
        assert_eq!(event.sender.id, rig.ada.to_string());
        assert!(matches!(&event.event, InboundEvent::Message(m) if m.mentioned));
        eventually("it is answered", || rig.fake.is_acknowledged(id)).await;
    }
    assert_eq!(events[0].peer, rig.of_room().peer);
    assert_eq!(events[1].peer, rig.direct().peer);
    // A line for the one person alone, and no "thinking" that could hang.
    let seen = rig.fake.answers(rig.room).remove(0);
    assert_eq!((seen.flags, seen.content.as_str()), (64, "Heard: /model"));
    live.stop().await;
}

#[tokio::test]
async fn a_stranger_sees_no_sign_of_life() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let (adapter, live) = listening(&rig, &inbox).await;
    let sent = adapter.send(&rig.of_room(), &asking(), &attempt("1")).await;
    let message = number(&sent.unwrap().message_id);
    inbox.ignore_all();
    rig.fake.slash(rig.room, rig.ada, "status", &[]).unwrap();
    rig.fake.press(rig.room, message, rig.ada, "yes:7").unwrap();
    let stored = inbox.cursors().len();
    eventually("both were heard", || inbox.cursors().len() > stored).await;
    inbox.proved_now().await;
    inbox.proved_now().await;
    assert_eq!(rig.calls(routes::CALLBACK), 0);
    assert_eq!(rig.fake.answers(rig.room).len(), 1);
    live.stop().await;
}

#[tokio::test]
async fn a_press_is_told_and_answered_without_a_word() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let adapter = rig.adapter();
    let live = Live::started(adapter.clone(), &inbox).await;
    let sent = adapter.send(&rig.of_room(), &asking(), &attempt("1")).await;
    let message = sent.unwrap().message_id;
    let press = rig
        .fake
        .press(rig.room, number(&message), rig.ada, "no:7")
        .unwrap();
    let events = inbox.wait_for(1).await;
    let expected = InboundEvent::Pressed {
        message_id: message,
        value: "no:7".into(),
    };
    assert_eq!(events[0].event, expected);
    eventually("it is answered", || rig.fake.is_acknowledged(press)).await;
    assert_eq!(rig.last(routes::CALLBACK), json!({ "type": 6 }));
    assert_eq!(rig.fake.answers(rig.room).len(), 1);
    live.stop().await;
}

#[tokio::test]
async fn an_answer_that_fails_is_no_failure() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    let (_, live) = listening(&rig, &inbox).await;
    let trouble = tidegate_fakes::common::Fault::Status(500);
    rig.fake.faults().next(routes::CALLBACK, trouble);
    rig.fake.slash(rig.dm, rig.ada, "status", &[]).unwrap();
    rig.say(&rig.direct(), "and on");
    inbox.wait_for(2).await;
    assert_eq!(live.failures(), 0);
    live.stop().await;
}
