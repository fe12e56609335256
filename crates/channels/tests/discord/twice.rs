//! A message that may have been sent is not sent twice.

use std::sync::Arc;

use tidegate_core::channel::{
    Attempt, Body, Channel as _, ChannelError, MediaKind, OutboundMedia, OutboundPart, Poll,
};
use tidegate_core::{Clock as _, ManualClock, SystemClock};
use tidegate_fakes::common::Fault;
use tidegate_fakes::discord::routes;

use crate::contract::{Rig, attempt, text};
use crate::rig::{DiscordRig, discord_at, settings};

const MINUTE_MS: u64 = 60_000;

fn again(key: &str, since_ms: u64) -> Attempt {
    Attempt {
        key: key.into(),
        maybe_sent_since_ms: Some(since_ms),
        known: Vec::new(),
    }
}

#[tokio::test]
async fn the_same_key_makes_one_message() {
    let rig = DiscordRig::start().await;
    let since = SystemClock.now_ms();
    rig.fake.faults().next(routes::SEND, Fault::CutAfterStoring);
    let lost = rig
        .adapter()
        .send(&rig.direct(), &text("once"), &attempt("key"))
        .await;
    assert!(matches!(lost, Err(ChannelError::Unknown(_))), "{lost:?}");
    let found = rig
        .adapter()
        .send(&rig.direct(), &text("once"), &again("key", since))
        .await;
    let shown = rig.shown(&rig.direct());
    assert_eq!(shown.len(), 1);
    assert_eq!(found.unwrap().message_id, shown[0].id);
    // Young enough for the key: the history was not looked at.
    assert_eq!(rig.calls(routes::HISTORY), 0);
    let other = rig
        .adapter()
        .send(&rig.direct(), &text("once"), &attempt("other"))
        .await;
    assert_ne!(other.unwrap().message_id, shown[0].id);
}

/// Sends, and tries again so much later, when Discord has forgotten the key.
/// Our clock is wrong by `skew_ms`.
async fn later(rig: &DiscordRig, part: &OutboundPart, fault: Fault, skew_ms: i64) -> usize {
    let now_ms = SystemClock.now_ms().saturating_add_signed(skew_ms);
    let clock = Arc::new(ManualClock::at(now_ms));
    // What was said before is not what is looked for.
    let adapter = discord_at(settings(&rig.fake), clock.clone());
    adapter
        .send(&rig.of_room(), part, &attempt("earlier"))
        .await
        .unwrap();
    let wait_ms = 10 * i64::try_from(MINUTE_MS).unwrap();
    rig.fake.clock().skew_ms(wait_ms);
    clock.advance_ms(10 * MINUTE_MS);
    let since = clock.now_ms();
    rig.fake.faults().next(routes::SEND, fault);
    let lost = adapter.send(&rig.of_room(), part, &attempt("key")).await;
    assert!(matches!(lost, Err(ChannelError::Unknown(_))), "{lost:?}");
    rig.fake.clock().skew_ms(2 * wait_ms);
    clock.advance_ms(10 * MINUTE_MS);
    // As after a restart: nothing is remembered.
    let adapter = discord_at(settings(&rig.fake), clock.clone());
    let sent = adapter
        .send(&rig.of_room(), part, &again("key", since))
        .await
        .unwrap();
    let shown = rig.shown(&rig.of_room());
    assert_eq!(sent.message_id, shown.last().unwrap().id);
    shown.len()
}

#[tokio::test]
async fn what_arrived_is_found_in_the_history() {
    for skew_ms in [0, -3_600_000, 3_600_000] {
        let rig = DiscordRig::start().await;
        let count = later(&rig, &text("**once**"), Fault::CutAfterStoring, skew_ms).await;
        assert_eq!(count, 2, "{skew_ms}");
    }
}

#[tokio::test]
async fn what_did_not_arrive_is_sent() {
    for skew_ms in [0, -3_600_000, 3_600_000] {
        let rig = DiscordRig::start().await;
        let count = later(&rig, &text("once"), Fault::CutBeforeStoring, skew_ms).await;
        assert_eq!(count, 2, "{skew_ms}");
    }
}

#[tokio::test]
async fn files_and_polls_are_found_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tides.bin");
    std::fs::write(&path, b"waves").unwrap();
    let file = Body::Media {
        media: OutboundMedia {
            kind: MediaKind::Document,
            path,
            name: "tides.bin".into(),
            mime: "application/octet-stream".into(),
            bytes: 5,
        },
        markdown: String::new(),
    };
    let poll = Body::Poll(Poll {
        question: "Sail?".into(),
        options: vec!["Yes".into(), "No".into()],
        max_selections: 1,
        duration_hours: None,
    });
    for body in [file, poll] {
        let part = OutboundPart { body, ..text("") };
        for fault in [Fault::CutAfterStoring, Fault::CutBeforeStoring] {
            let rig = DiscordRig::start().await;
            assert_eq!(later(&rig, &part, fault, 0).await, 2);
        }
    }
}

#[tokio::test]
async fn a_busy_room_is_looked_through() {
    let rig = DiscordRig::start().await;
    let clock = Arc::new(ManualClock::at(SystemClock.now_ms()));
    let adapter = discord_at(settings(&rig.fake), clock.clone());
    let since = clock.now_ms();
    rig.fake.faults().next(routes::SEND, Fault::CutAfterStoring);
    let lost = adapter
        .send(&rig.of_room(), &text("once"), &attempt("key"))
        .await;
    assert!(lost.is_err());
    for number in 0..350 {
        rig.fake
            .say(rig.room, rig.ada, &number.to_string())
            .unwrap();
    }
    rig.fake.clock().skew_ms(600_000);
    clock.advance_ms(600_000);
    let found = adapter
        .send(&rig.of_room(), &text("once"), &again("key", since))
        .await;
    assert_eq!(rig.shown(&rig.of_room()).len(), 1);
    assert_eq!(found.unwrap().message_id, rig.shown(&rig.of_room())[0].id);
    assert_eq!(rig.calls(routes::HISTORY), 4);
}

#[tokio::test]
async fn a_history_that_cannot_be_read_leaves_it_unknown() {
    let rig = DiscordRig::start().await;
    let since = SystemClock.now_ms() - 10 * MINUTE_MS;
    rig.fake.set_visible(rig.room, false);
    let sent = rig
        .adapter()
        .send(&rig.of_room(), &text("once"), &again("key", since))
        .await;
    assert!(matches!(sent, Err(ChannelError::Unknown(_))), "{sent:?}");
    assert_eq!(rig.calls(routes::SEND), 0);
}

/// Sends the same words under this key, much later, when Discord has forgotten earlier keys.
async fn said_again(rig: &DiscordRig, known: &[&str]) -> String {
    let clock = Arc::new(ManualClock::at(SystemClock.now_ms() + 10 * MINUTE_MS));
    rig.fake.clock().skew_ms(10 * 60_000);
    let again = Attempt {
        known: known.iter().map(|id| (*id).to_owned()).collect(),
        ..again("key", SystemClock.now_ms() - MINUTE_MS)
    };
    let adapter = discord_at(settings(&rig.fake), clock);
    let sent = adapter.send(&rig.of_room(), &text("ok"), &again).await;
    sent.unwrap().message_id
}

#[tokio::test]
async fn equal_words_of_another_part_are_not_taken_for_it() {
    let rig = DiscordRig::start().await;
    let other = rig.adapter();
    let other = other
        .send(&rig.of_room(), &text("ok"), &attempt("other"))
        .await;
    let other = other.unwrap().message_id;
    rig.fake.say(rig.room, rig.ada, "ok").unwrap();
    let sent = said_again(&rig, &[&other]).await;
    let shown = rig.shown(&rig.of_room());
    let ids: Vec<_> = shown.iter().map(|message| message.id.clone()).collect();
    assert_eq!(ids, [other, sent]);
}

#[tokio::test]
async fn of_several_the_oldest_that_nobody_else_made_is_it() {
    let rig = DiscordRig::start().await;
    let adapter = rig.adapter();
    let mut ids = Vec::new();
    for key in ["before", "lost", "after"] {
        let sent = adapter
            .send(&rig.of_room(), &text("ok"), &attempt(key))
            .await;
        ids.push(sent.unwrap().message_id);
    }
    assert_eq!(said_again(&rig, &[&ids[0]]).await, ids[1]);
    assert_eq!(rig.shown(&rig.of_room()).len(), 3);
}
