//! Socket Mode: what comes, and what is acknowledged.

use std::sync::Arc;

use serde_json::Value;
use tidegate_core::channel::{Button, Channel as _, InboundEvent, OutboundPart, PeerKind, Space};
use tidegate_fakes::slack::names::{ALICE, BOB, BOT_USER, ELSEWHERE, GENERAL, TEAM};
use tidegate_fakes::slack::{SlackFake, Step};

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::rig::{acknowledged, fake, settings, slack, target};

/// An app that listens.
pub(crate) async fn live(fake: &SlackFake) -> (Arc<MemoryInbox>, Live) {
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(slack(settings(fake)), &inbox).await;
    (inbox, live)
}

#[tokio::test]
async fn a_mention_is_one_message() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let ts = fake.mention(GENERAL, ALICE, "when is high tide?").unwrap();
    eventually("both are acknowledged", || acknowledged(&fake).len() == 2).await;
    let event = inbox.wait_for(1).await.remove(0);
    assert_eq!(inbox.known(), 1);
    assert_eq!(event.provider_id, format!("{GENERAL}:{ts}"));
    assert_eq!(event.peer, target(GENERAL, None).peer);
    assert_eq!(event.space, Some(Space::Team(TEAM.into())));
    assert_eq!(event.sender.id, ALICE);
    let InboundEvent::Message(message) = event.event else {
        panic!("{event:?}");
    };
    assert!(message.mentioned);
    assert_eq!(message.text, "when is high tide?");
    assert!(inbox.cursors().is_empty());
    live.stop().await;
}

#[tokio::test]
async fn threads_are_told_and_answered_in() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let channel = slack(settings(&fake));
    let ours = channel
        .send(&target(GENERAL, None), &text("a question?"), &attempt("1"))
        .await
        .unwrap();
    fake.thread_reply(GENERAL, &ours.message_id, BOB, "an answer")
        .unwrap();
    let event = inbox.wait_for(1).await.remove(0);
    assert_eq!(event.thread.as_ref(), Some(&ours.message_id));
    let InboundEvent::Message(message) = event.event else {
        panic!("{event:?}");
    };
    assert!(message.reply_to.is_some_and(|reply| reply.ours));
    let within = target(GENERAL, event.thread.as_deref());
    channel
        .send(&within, &text("thanks"), &attempt("2"))
        .await
        .unwrap();
    let last = fake.messages(GENERAL).pop().unwrap();
    assert_eq!(last.thread_ts, Some(ours.message_id));
    live.stop().await;
}

#[tokio::test]
async fn what_is_not_said_to_us_is_acknowledged_and_no_more() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let ts = fake
        .channel_message(GENERAL, ALICE, "see https://x.test")
        .unwrap();
    inbox.wait_for(1).await;
    fake.unfurl(GENERAL, &ts).unwrap();
    fake.delete(GENERAL, &ts).unwrap();
    fake.channel_message(ELSEWHERE, ALICE, "not here").unwrap();
    slack(settings(&fake))
        .send(&target(GENERAL, None), &text("ours"), &attempt("1"))
        .await
        .unwrap();
    eventually("all are acknowledged", || acknowledged(&fake).len() == 4).await;
    assert_eq!(inbox.events().len(), 1);
    live.stop().await;
}

#[tokio::test]
async fn duplicates_and_another_order_are_taken_once() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    fake.duplicate_next(10);
    fake.reverse_next(5);
    for at in 0..10 {
        fake.channel_message(GENERAL, ALICE, &format!("{at}"))
            .unwrap();
    }
    inbox.wait_for(10).await;
    eventually("every copy came", || inbox.known() == 10).await;
    assert_eq!(
        inbox.texts(),
        ["4", "3", "2", "1", "0", "5", "6", "7", "8", "9"]
    );
    live.stop().await;
}

#[tokio::test]
async fn commands_and_buttons_are_acknowledged_at_once() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let trigger = fake
        .slash_command(GENERAL, ALICE, "/tidegate", "status")
        .unwrap();
    let event = inbox.wait_for(1).await.remove(0);
    assert_eq!(event.provider_id, trigger);
    assert_eq!(inbox.texts(), ["/status"]);
    let button = |label: &str| Button {
        label: label.into(),
        value: format!("{label} it is"),
    };
    let part = OutboundPart {
        buttons: vec![vec![button("Yes"), button("No")]],
        ..text("**Shall I?**")
    };
    let sent = slack(settings(&fake))
        .send(&target(GENERAL, None), &part, &attempt("1"))
        .await
        .unwrap();
    let pressed = fake
        .press_button(GENERAL, &sent.message_id, BOB, "0.1")
        .unwrap();
    let event = inbox.wait_for(2).await.remove(1);
    assert_eq!(event.sender.id, BOB);
    assert_eq!(
        event.event,
        InboundEvent::Pressed {
            message_id: sent.message_id,
            value: "No it is".into()
        }
    );
    for item in [trigger, pressed] {
        let acked = |step: &Step| matches!(step, Step::Acked { item: one, payload: Value::Null, attempt: 0 } if *one == item);
        eventually("an acknowledgement", || fake.steps().iter().any(acked)).await;
    }
    assert!(fake.hook_answers().is_empty());
    live.stop().await;
}

#[tokio::test]
async fn what_a_failing_store_refused_comes_again() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    inbox.fail(1);
    fake.channel_message(GENERAL, ALICE, "hold on to me")
        .unwrap();
    inbox.wait_for(1).await;
    let unacked = |step: &Step| matches!(step, Step::Unacked { attempt: 0, .. });
    assert!(fake.steps().iter().any(unacked));
    eventually("it is acknowledged", || acknowledged(&fake).len() == 1).await;
    live.stop().await;
}

#[tokio::test]
async fn names_are_learned_of_people_who_were_admitted() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let (direct, _) = fake.dm(ALICE, "one").unwrap();
    let first = inbox.wait_for(1).await.remove(0);
    assert_eq!(first.peer.kind, PeerKind::Direct);
    assert_eq!(first.sender.name, None);
    eventually("her name is asked for", || {
        fake.calls_of("users.info").len() == 1
    })
    .await;
    let mut count = 1;
    loop {
        fake.channel_message(&direct, ALICE, &format!("<@{BOT_USER}> and <@{ALICE}>"))
            .unwrap();
        count += 1;
        let last = inbox.wait_for(count).await.pop().unwrap();
        if last.sender.name.as_deref() == Some("alice") {
            assert_eq!(inbox.texts().pop().unwrap(), "and @alice");
            break;
        }
    }
    assert_eq!(fake.calls_of("users.info").len(), 1);
    inbox.ignore_all();
    let known = acknowledged(&fake).len();
    fake.channel_message(GENERAL, BOB, "hello").unwrap();
    eventually("it is acknowledged", || acknowledged(&fake).len() > known).await;
    inbox.proved_now().await;
    assert_eq!(fake.calls_of("users.info").len(), 1);
    live.stop().await;
}

#[tokio::test]
async fn names_are_learned_of_channels_where_somebody_was_admitted() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    inbox.ignore_all();
    fake.channel_message(GENERAL, BOB, "nobody knows me")
        .unwrap();
    eventually("it is acknowledged", || acknowledged(&fake).len() == 1).await;
    assert!(fake.calls_of("conversations.info").is_empty());
    live.stop().await;

    let (inbox, live) = self::live(&fake).await;
    fake.channel_message(GENERAL, ALICE, "one").unwrap();
    let first = inbox.wait_for(1).await.remove(0);
    assert_eq!(first.title, None);
    eventually("the channel's name is asked for", || {
        fake.calls_of("conversations.info").len() == 1
    })
    .await;
    let mut count = 1;
    loop {
        fake.channel_message(GENERAL, ALICE, "again").unwrap();
        count += 1;
        let last = inbox.wait_for(count).await.pop().unwrap();
        if let Some(title) = last.title {
            assert_eq!(title, "general");
            break;
        }
    }
    fake.dm(ALICE, "between us").unwrap();
    let direct = inbox.wait_for(count + 1).await.pop().unwrap();
    assert_eq!(direct.title, None);
    assert_eq!(fake.calls_of("conversations.info").len(), 1);
    live.stop().await;
}
