//! Socket Mode: what comes, what is acknowledged, and every way to lose a socket.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tidegate_core::channel::{
    Button, Channel as _, ChannelError, InboundEvent, OutboundPart, PeerKind, Space,
};
use tidegate_fakes::slack::names::{ALICE, BOB, BOT_USER, ELSEWHERE, GENERAL, TEAM};
use tidegate_fakes::slack::{Reason, SlackFake, Step};
use tokio::task::JoinSet;

use crate::contract::{Live, MemoryInbox, attempt, eventually, in_fast_time, text};
use crate::rig::{acknowledged, fake, settings, slack, target};

async fn live(fake: &SlackFake) -> (Arc<MemoryInbox>, Live) {
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(slack(settings(fake)), &inbox).await;
    (inbox, live)
}

fn place(steps: &[Step], wanted: &Step) -> Option<usize> {
    steps.iter().position(|step| step == wanted)
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
        .slash_command(GENERAL, ALICE, "/tidegate", "status now")
        .unwrap();
    let event = inbox.wait_for(1).await.remove(0);
    assert_eq!(event.provider_id, trigger);
    assert_eq!(inbox.texts(), ["/tidegate status now"]);
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
async fn a_socket_is_replaced_before_it_is_closed() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let mut said = Vec::new();
    for (round, reason) in [Reason::RefreshRequested, Reason::Warning]
        .into_iter()
        .enumerate()
    {
        let number = u64::try_from(round).unwrap() + 1;
        fake.disconnect(reason);
        for at in 0..20 {
            let words = format!("{round}.{at}");
            fake.channel_message(GENERAL, ALICE, &words).unwrap();
            said.push(words);
            tokio::task::yield_now().await;
        }
        let closed = Step::Closed { socket: number };
        eventually("the old one is closed", || {
            place(&fake.steps(), &closed).is_some()
        })
        .await;
        let steps = fake.steps();
        let opened = place(&steps, &Step::Opened { socket: number + 1 });
        assert!(opened.unwrap() < place(&steps, &closed).unwrap());
        assert!(
            steps
                .iter()
                .all(|step| !matches!(step, Step::Nobody { .. }))
        );
    }
    inbox.wait_for(40).await;
    let mut heard = inbox.texts();
    heard.sort();
    said.sort();
    assert_eq!(heard, said);
    assert_eq!(live.failures(), 0);
    assert_eq!(inbox.connects(), 1);
    live.stop().await;
}

#[tokio::test]
async fn socket_mode_that_is_switched_off_needs_a_person() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    fake.disconnect(Reason::LinkDisabled);
    for _ in 0..2 {
        let failure = live.failure().await;
        assert!(matches!(failure, ChannelError::NeedsSetup(_)), "{failure}");
        assert!(failure.to_string().contains("Socket Mode"), "{failure}");
    }
    fake.enable_sockets();
    inbox.proved_now().await;
    live.stop().await;
}

#[tokio::test]
async fn a_socket_that_never_says_hello_is_given_up() {
    let fake = Arc::new(fake().await);
    fake.mute_next_sockets(1);
    let inbox = Arc::new(MemoryInbox::default());
    let mut tasks = JoinSet::new();
    let channel = slack(settings(&fake));
    let heard = Arc::clone(&inbox);
    tasks.spawn(async move { channel.receive(&*heard, Default::default()).await });
    eventually("it is open", || fake.open_sockets() == 1).await;
    let ended = in_fast_time(tasks.join_next()).await.unwrap().unwrap();
    assert!(
        matches!(ended, Err(ChannelError::Unreachable(_))),
        "{ended:?}"
    );
    assert_eq!(inbox.proofs(), 0);
}

#[tokio::test]
async fn a_server_that_stops_to_ping_is_noticed() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    fake.stop_pings(true);
    let failure = live.failure().await;
    assert!(matches!(failure, ChannelError::Unreachable(_)), "{failure}");
    fake.stop_pings(false);
    fake.channel_message(GENERAL, ALICE, "still there?")
        .unwrap();
    inbox.wait_for(1).await;
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
async fn an_app_has_so_many_sockets_and_no_more() {
    let fake = fake().await;
    let mut lives = Vec::new();
    for _ in 0..10 {
        lives.push(live(&fake).await);
    }
    let inbox = Arc::new(MemoryInbox::default());
    let refused = slack(settings(&fake))
        .receive(&*inbox, Default::default())
        .await;
    assert!(
        matches!(refused, Err(ChannelError::Conflict(_))),
        "{refused:?}"
    );
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
async fn cuts_and_refreshes_by_chance_lose_nothing() {
    let fake = fake().await;
    let (inbox, live) = live(&fake).await;
    let mut said = Vec::new();
    for at in 0..60 {
        match at % 12 {
            3 => fake.cut_sockets(),
            5 => fake.duplicate_next(2),
            7 => fake.cut_next_frame(),
            9 => fake.disconnect(Reason::RefreshRequested),
            11 => fake.reverse_next(2),
            _ => {}
        }
        let words = format!("message {at}");
        fake.channel_message(GENERAL, ALICE, &words).unwrap();
        said.push(words);
        for _ in 0..at {
            tokio::task::yield_now().await;
        }
    }
    tokio::time::timeout(Duration::from_secs(60), inbox.wait_for(60))
        .await
        .unwrap();
    let mut heard = inbox.texts();
    heard.sort();
    said.sort();
    assert_eq!(heard, said);
    live.check_failures();
    live.stop().await;
}
