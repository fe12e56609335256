//! Any network, and a crash at any moment: every part ends sent or dead, lines keep their order,
//! and nobody sees a message twice without being told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tidegate_core::channel::{Body, Capabilities};
use tidegate_core::store::{OutboxRow, OutboxState, OutboxStore};
use tidegate_store::MemoryStore;

use crate::delivery_world::{Post, RunningClock, answer};
use crate::network::{FakeNetwork, Outcome, Shown, plain};
use crate::world::one_life;

const MARK: &str = "you may have this twice";

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        6 => Just(Outcome::Take),
        3 => Just(Outcome::TakeAndLose),
        3 => Just(Outcome::Lose),
        3 => Just(Outcome::Unreachable),
        1 => Just(Outcome::Refuse),
        1 => Just(Outcome::SignedOut),
        1 => Just(Outcome::Panic),
        1 => any::<bool>().prop_map(|arrives| Outcome::Hang { arrives }),
        2 => (0_u64..4000, any::<bool>())
            .prop_map(|(ms, account)| Outcome::Limited { ms, account }),
        2 => (1_u64..90).prop_map(|secs| Outcome::Slow(Duration::from_secs(secs))),
    ]
}

#[derive(Debug, Clone)]
struct Plan {
    keyed: bool,
    history: bool,
    /// The chat and the number of parts of each answer.
    answers: Vec<(u8, usize)>,
    outcomes: Vec<Outcome>,
    /// How long the first life lasts, in milliseconds.
    crash_after_ms: u64,
}

fn plan() -> impl Strategy<Value = Plan> {
    (
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec((0_u8..4, 1_usize..4), 1..12),
        prop::collection::vec(outcome(), 0..60),
        0_u64..200_000,
    )
        .prop_map(|(keyed, history, answers, outcomes, crash_after_ms)| Plan {
            keyed,
            history,
            answers,
            outcomes,
            crash_after_ms,
        })
}

/// One life of the engine.
fn life<T>(
    store: &MemoryStore,
    network: &Arc<FakeNetwork>,
    ahead: Duration,
    live: impl AsyncFnOnce(&Post) -> T,
) -> T {
    one_life(async {
        let clock = RunningClock::new();
        clock.jump(ahead);
        let post = Post::open_on(store.clone(), clock, Arc::clone(network)).await;
        live(&post).await
    })
}

fn check(plan: Plan) {
    let can = Capabilities {
        keyed_sends: plan.keyed,
        history: plan.history,
        ..plain()
    };
    let store = MemoryStore::new();
    let network = FakeNetwork::new("fake", can);
    network.script(plan.outcomes);
    let crash_after = Duration::from_millis(plan.crash_after_ms);
    life(&store, &network, Duration::ZERO, async |post| {
        for (place, (chat, parts)) in plan.answers.iter().enumerate() {
            let target = post.network.direct(&chat.to_string());
            let texts: Vec<_> = (0..*parts).map(|part| format!("{place}.{part}")).collect();
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            let parts = answer(&place.to_string(), &target, &texts, post.engine.now_ms());
            post.put(parts).await;
        }
        tokio::time::sleep(crash_after).await;
    });
    let rows = life(&store, &network, crash_after, async |post| {
        let mut rows = Vec::new();
        for place in 0..plan.answers.len() {
            rows.extend(post.ended(&place.to_string()).await);
        }
        assert_eq!(post.store.load(post.network.key()).await.unwrap().open, 0);
        rows.sort_by_key(|row| row.no);
        rows
    });
    assert_eq!(network.overlaps(), 0);
    check_copies(&rows, &network.shown(), plan.keyed || plan.history);
    for chat in 0_u8..4 {
        check_order(&rows, &network, &chat.to_string());
    }
}

/// What one message was seen as: its name, and whether it says that it may be there twice.
fn seen_as(shown: &Shown) -> (&str, bool) {
    let name = shown.text.split("\n\n_").next().unwrap();
    (name, shown.text.contains(MARK))
}

fn name(row: &OutboxRow) -> &str {
    match &row.item.body.body {
        Body::Text { markdown } => markdown,
        other => panic!("{other:?}"),
    }
}

fn check_copies(rows: &[OutboxRow], shown: &[Shown], tells_apart: bool) {
    let mut copies = BTreeMap::<&str, Vec<bool>>::new();
    for one in shown {
        let (name, marked) = seen_as(one);
        copies.entry(name).or_default().push(marked);
    }
    for row in rows {
        let copies = copies.get(name(row)).cloned().unwrap_or_default();
        match row.state {
            OutboxState::Sent => assert!(!copies.is_empty(), "{row:?}"),
            OutboxState::Dead => assert!(row.error.is_some()),
            other => panic!("{other:?} is no end"),
        }
        let unmarked = copies.iter().filter(|marked| !**marked).count();
        assert!(unmarked <= 1 && copies.len() <= 2, "{copies:?}");
        assert!(!tells_apart || (copies.len() <= 1 && !copies.contains(&true)));
    }
}

/// People saw the messages of a chat in the order of the outbox; copies do not count.
fn check_order(rows: &[OutboxRow], network: &FakeNetwork, chat: &str) {
    let target = network.direct(chat);
    let shown = network.shown();
    let mut seen: Vec<&str> = Vec::new();
    for one in shown.iter().filter(|one| one.target == target) {
        let (name, _) = seen_as(one);
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    let stored: Vec<_> = rows
        .iter()
        .filter(|row| row.item.target == target)
        .map(name)
        .filter(|name| seen.contains(name))
        .collect();
    assert_eq!(seen, stored);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn every_part_ends_and_none_is_doubled_in_silence(plan in plan()) {
        check(plan);
    }
}
