//! Sending: order in a line, fairness between lines, and waiting for the account.

use std::time::Duration;

use tidegate_core::channel::{AccountState, Capabilities, Rate, Rates, Target};
use tidegate_core::store::{OutboxState, OutboxStore};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::delivery_world::{Post, RunningClock, answer, engine_on, is_sent};
use crate::network::{FakeNetwork, Outcome, Way, plain};
use crate::world::settle;

fn texts_of(network: &FakeNetwork, target: &Target) -> Vec<String> {
    let shown = network.shown().into_iter();
    let there = shown.filter(|shown| shown.target == *target);
    there.map(|shown| shown.text).collect()
}

#[tokio::test(start_paused = true)]
async fn fifty_senders_keep_the_order_of_the_outbox_whatever_the_network_does() {
    let network = FakeNetwork::new("fake", plain());
    let mut calls = 0;
    network.rule(move |_, _| {
        calls += 1;
        match calls % 5 {
            0 => Outcome::Unreachable,
            2 => Outcome::Limited {
                ms: 700,
                account: false,
            },
            3 => Outcome::Slow(Duration::from_millis(300)),
            _ => Outcome::Take,
        }
    });
    let post = std::sync::Arc::new(Post::open(network).await);
    let target = post.network.direct("anna");
    let mut senders = JoinSet::new();
    for sender in 0..50 {
        let (post, target) = (std::sync::Arc::clone(&post), target.clone());
        senders.spawn(async move { post.send(target, &format!("text {sender}")).await.unwrap() });
    }
    let mut stored = Vec::new();
    while let Some(sent) = senders.join_next().await {
        let row = post.end(&sent.unwrap().group).await;
        stored.push((row.no, row.item.body));
    }
    stored.sort_by_key(|(no, _)| *no);
    let shown = post.network.shown();
    let stored: Vec<_> = stored.into_iter().map(|(_, part)| part).collect();
    let sent: Vec<_> = shown
        .iter()
        .map(|shown| tidegate_core::channel::OutboundPart::text(&shown.text))
        .collect();
    assert_eq!(sent, stored);
    assert_eq!(sent.len(), 50);
    assert_eq!(post.network.overlaps(), 0);
}

#[tokio::test(start_paused = true)]
async fn lines_take_turns() {
    let slow = Rate {
        count: 1,
        per: Duration::from_secs(1),
    };
    let can = Capabilities {
        rates: Rates {
            account: slow,
            ..plain().rates
        },
        ..plain()
    };
    let post = Post::open(FakeNetwork::new("fake", can)).await;
    let (anna, ben) = (post.network.direct("anna"), post.network.direct("ben"));
    let long: Vec<String> = (0..100).map(|part| format!("part {part}")).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let now_ms = post.engine.now_ms();
    post.put(answer("long", &anna, &long, now_ms)).await;
    post.network.shows(5).await;
    post.answer("short 1", &ben, "hello").await;
    post.answer("short 2", &ben, "again").await;
    let shown = post.network.shows(10).await;
    let to_ben: Vec<_> = (5..10)
        .filter(|place| shown[*place].target == ben)
        .collect();
    assert_eq!(to_ben.len(), 2, "{shown:?}");
    assert!(
        to_ben[0] <= 6,
        "the newcomer waited for {} turns",
        to_ben[0] - 5
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_waits_for_its_channel() {
    let network = FakeNetwork::new("fake", plain());
    network.set_way(Way::Down);
    let post = Post::open(network).await;
    post.answer("a", &post.network.direct("anna"), "late").await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(post.network.sent(), []);
    post.network.set_way(Way::Up);
    let row = post.end("a").await;
    assert!(is_sent(&row) && row.attempts == 1);
    assert_eq!(post.network.texts(), ["late"]);
}

#[tokio::test(start_paused = true)]
async fn what_never_got_out_is_tried_until_it_does_and_less_and_less_often() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    post.network.script(vec![Outcome::Unreachable; 12]);
    post.answer("a", &post.network.direct("anna"), "hello")
        .await;
    let row = post.end("a").await;
    assert!(is_sent(&row));
    assert_eq!(row.attempts, 13);
    assert_eq!(post.network.texts(), ["hello"]);
    let sent = post.network.sent();
    let waits: Vec<_> = sent.windows(2).map(|two| two[1].at - two[0].at).collect();
    assert!(waits[0] >= Duration::from_millis(500) && waits[0] <= Duration::from_millis(1100));
    assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(61)));
    assert!(*waits.last().unwrap() >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_a_message_and_what_follows_in_its_group() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    let anna = post.network.direct("anna");
    let no = [Outcome::Unsupported, Outcome::Take, Outcome::Refuse];
    post.network.script(no);
    post.answer("0", &anna, "odd").await;
    let now_ms = post.engine.now_ms();
    post.put(answer("a", &anna, &["1", "2", "3"], now_ms)).await;
    post.answer("b", &anna, "next").await;
    let states: Vec<_> = post.ended("a").await.iter().map(|row| row.state).collect();
    assert_eq!(
        states,
        [OutboxState::Sent, OutboxState::Dead, OutboxState::Dead]
    );
    assert!(is_sent(&post.end("b").await));
    assert_eq!(post.end("0").await.state, OutboxState::Dead);
    assert_eq!(post.network.texts(), ["1", "next"]);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_moved_is_followed() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    let old = post.network.direct("-1");
    post.network.script([Outcome::Moved("-1001")]);
    let now_ms = post.engine.now_ms();
    post.put(answer("a", &old, &["1", "2"], now_ms)).await;
    post.ended("a").await;
    let new = post.network.direct("-1001");
    assert_eq!(texts_of(&post.network, &new), ["1", "2"]);
    assert_eq!(texts_of(&post.network, &old), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_dead_credential_is_said_and_forgotten_once_it_works() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    post.network.script([Outcome::SignedOut]);
    post.answer("a", &post.network.direct("anna"), "hello")
        .await;
    post.until("a", |rows| rows[0].attempts == 1 && rows[0].error.is_some())
        .await;
    settle().await;
    let state = state(&post).await;
    assert!(
        matches!(&state, AccountState::Degraded { reason } if reason.contains("signed out")),
        "{state}"
    );
    assert!(is_sent(&post.end("a").await));
    settle().await;
    assert_eq!(self::state(&post).await, AccountState::Live);
    assert_eq!(post.network.sent().len(), 2);
}

async fn state(post: &Post) -> AccountState {
    let statuses = post.engine.account_statuses().await.unwrap();
    statuses[0].state.clone()
}

#[tokio::test(start_paused = true)]
async fn what_is_on_its_way_at_the_end_may_finish() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    post.network.script([
        Outcome::Slow(Duration::from_secs(3)),
        Outcome::Hang { arrives: true },
    ]);
    post.answer("a", &post.network.direct("anna"), "slow").await;
    post.network.tried(1).await;
    post.answer("b", &post.network.direct("ben"), "deaf").await;
    post.network.tried(2).await;
    post.answer("c", &post.network.direct("ben"), "behind")
        .await;
    post.engine.drain(Duration::from_secs(20)).await;
    assert!(is_sent(&post.end("a").await));
    let deaf = post.store.group("b").await.unwrap().remove(0);
    assert_eq!(deaf.state, OutboxState::Sending);
    let behind = post.store.group("c").await.unwrap().remove(0);
    assert_eq!((behind.state, behind.attempts), (OutboxState::Prepared, 0));
}

#[tokio::test(start_paused = true)]
async fn one_network_does_not_wait_for_another() {
    let networks = [
        FakeNetwork::new("deaf", plain()),
        FakeNetwork::new("quick", plain()),
    ];
    networks[0].rule(|_, _| Outcome::Hang { arrives: false });
    let store = tidegate_store::MemoryStore::new();
    let clock = RunningClock::new();
    let outbox = std::sync::Arc::new(store.clone());
    let engine = engine_on(outbox, &store, &clock, &networks, Vec::new()).await;
    let began = Instant::now();
    for network in &networks {
        for chat in 0..40 {
            let target = network.direct(&chat.to_string());
            let group = format!("{} {chat}", network.key());
            let parts = answer(&group, &target, &["hello"], engine.now_ms());
            store.put(parts).await.unwrap();
        }
        engine.outbox_changed(network.key());
    }
    networks[1].shows(40).await;
    assert!(began.elapsed() < Duration::from_secs(1));
    assert_eq!(
        networks[0].sent().len(),
        8,
        "no more are on their way at once"
    );
}
