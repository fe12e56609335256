//! What was written while there was no session.

use std::sync::Arc;

use tidegate_core::channel::PeerKind;
use tidegate_fakes::common::Fault;
use tidegate_fakes::discord::routes;

use crate::contract::{Live, MemoryInbox, Rig, eventually};
use crate::rig::{DiscordRig, target};

fn inbox() -> Arc<MemoryInbox> {
    Arc::default()
}

/// Somebody spoke to us, the gateway went away, and Discord forgot the session.
async fn away(rig: &DiscordRig, inbox: &Arc<MemoryInbox>) {
    let live = Live::started(rig.channel(), inbox).await;
    eventually("it listens", || rig.is_listening()).await;
    rig.say(&rig.direct(), "before");
    rig.say(&rig.of_room(), "before, in the room");
    inbox.wait_for(2).await;
    eventually("the trail is stored", || {
        let last = inbox.cursors().pop().unwrap();
        last.contains(&rig.dm.to_string()) && last.contains(&rig.room.to_string())
    })
    .await;
    live.stop().await;
    rig.fake.forget_sessions();
}

#[tokio::test]
async fn it_is_read_from_the_history() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    away(&rig, &inbox).await;
    rig.say(&rig.direct(), "while you were away");
    rig.say(&rig.of_room(), "and in the room");
    rig.say(&rig.direct(), "for long");
    let live = Live::started(rig.channel(), &inbox).await;
    let events = inbox.wait_for(5).await;
    assert_eq!(
        inbox.texts()[2..],
        ["while you were away", "and in the room", "for long"]
    );
    assert_eq!(events[2].peer, rig.direct().peer);
    assert_eq!(events[3].peer, rig.of_room().peer);
    assert_eq!(events[3].space, events[1].space);
    assert_eq!((inbox.known(), live.failures()), (0, 0));
    // Once is enough.
    let asked = rig.calls(routes::HISTORY);
    rig.fake.ask_to_reconnect();
    rig.say(&rig.direct(), "now");
    inbox.wait_for(6).await;
    live.stop().await;
    assert_eq!((rig.calls(routes::HISTORY), asked), (2, 2));
}

#[tokio::test]
async fn trouble_on_the_way_loses_nothing() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    away(&rig, &inbox).await;
    rig.say(&rig.direct(), "while you were away");
    rig.fake.faults().next(routes::HISTORY, Fault::Status(503));
    inbox.fail(1);
    let live = Live::start(rig.channel(), &inbox);
    rig.say(&rig.direct(), "now");
    inbox.wait_for(4).await;
    assert_eq!(inbox.texts()[2..], ["while you were away", "now"]);
    assert!(live.failures() >= 2);
    rig.check_acknowledged(&inbox);
    live.stop().await;
}

#[tokio::test]
async fn what_is_too_old_is_not_answered_any_more() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    away(&rig, &inbox).await;
    rig.say(&rig.direct(), "hours ago");
    rig.fake.clock().skew_ms(3 * 3_600_000);
    rig.say(&rig.direct(), "just now");
    let live = Live::started(rig.channel(), &inbox).await;
    inbox.wait_for(3).await;
    assert_eq!(inbox.texts()[2..], ["just now"]);
    live.stop().await;
}

#[tokio::test]
async fn a_channel_that_is_closed_to_us_stands_in_nobodys_way() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    away(&rig, &inbox).await;
    rig.fake.set_visible(rig.room, false);
    rig.say(&rig.direct(), "while you were away");
    let live = Live::started(rig.channel(), &inbox).await;
    inbox.wait_for(3).await;
    assert_eq!(live.failures(), 0);
    live.stop().await;
}

#[tokio::test]
async fn strangers_leave_no_trail() {
    let (rig, inbox) = (DiscordRig::start().await, inbox());
    inbox.ignore_all();
    let live = Live::started(rig.channel(), &inbox).await;
    eventually("it listens", || rig.is_listening()).await;
    let first = rig.fake.say(rig.room, rig.ada, "hello").unwrap();
    let thread = rig
        .fake
        .start_thread(rig.room, first, rig.ada, "tides")
        .unwrap();
    rig.say(&target(PeerKind::Channel, rig.room, Some(thread)), "hello");
    let stored = inbox.cursors().len();
    eventually("they were heard", || inbox.cursors().len() > stored).await;
    inbox.proved_now().await;
    live.stop().await;
    assert!(
        inbox
            .cursors()
            .iter()
            .all(|cursor| !cursor.contains("trail"))
    );
}
