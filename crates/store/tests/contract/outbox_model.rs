//! Any order of steps: the outbox on disk has the same rows as the one in memory, and both hold to
//! what an outbox is.

use proptest::prelude::*;
use tidegate_core::channel::AccountKey;
use tidegate_core::store::{NewOutbound, OutboxRow, OutboxState, OutboxStep};
use tidegate_store::{MemoryStore, SqliteStore};

use crate::channels::*;
use crate::fixtures::*;

/// How many accounts and conversations there are.
const PLACES: u8 = 3;

#[derive(Debug, Clone)]
enum Verb {
    Put {
        group: u8,
        count: u8,
        place: u8,
    },
    Post {
        key: u8,
        group: u8,
        count: u8,
        place: u8,
    },
    Step {
        no: u8,
        step: u8,
        wait: u8,
    },
    /// Does the next thing for the first head, as a worker would.
    Work {
        account: u8,
        step: u8,
    },
    Revive {
        no: u8,
    },
    Discard {
        no: u8,
    },
    Move {
        from: u8,
        to: u8,
    },
    Prune {
        age: u8,
    },
    Reopen,
}

fn verb() -> impl Strategy<Value = Verb> {
    let put = || (0..12_u8, 1..5_u8, 0..PLACES * 2);
    prop_oneof![
        6 => put().prop_map(|(group, count, place)| Verb::Put { group, count, place }),
        3 => (0..8_u8, put()).prop_map(
            |(key, (group, count, place))| Verb::Post { key, group, count, place }),
        8 => (0..24_u8, 0..5_u8, 0..30_u8).prop_map(|(no, step, wait)| Verb::Step { no, step, wait }),
        8 => (0..2_u8, 0..5_u8).prop_map(|(account, step)| Verb::Work { account, step }),
        2 => (0..24_u8).prop_map(|no| Verb::Revive { no }),
        2 => (0..24_u8).prop_map(|no| Verb::Discard { no }),
        1 => (0..PLACES, 0..PLACES).prop_map(|(from, to)| Verb::Move { from, to }),
        1 => (0..20_u8).prop_map(|age| Verb::Prune { age }),
        1 => Just(Verb::Reopen),
    ]
}

fn account_of(at: u8) -> AccountKey {
    AccountKey::new("net", ["default", "second"][usize::from(at % 2)])
}

fn parts_of(group: u8, count: u8, place: u8, now_ms: u64) -> Vec<NewOutbound> {
    let mut parts = parts(
        &format!("g{group}"),
        count.into(),
        &format!("p{}", place % PLACES),
        now_ms,
    );
    for part in &mut parts {
        part.target.account = account_of(place / PLACES);
        part.target.thread = group.is_multiple_of(3).then(|| "7".into());
    }
    parts
}

fn step_of(step: u8, wait: u8, now_ms: u64) -> OutboxStep {
    match step {
        0 => OutboxStep::Sending,
        1 => OutboxStep::Sent(receipt(&format!("m{now_ms}"))),
        2 => later(now_ms + u64::from(wait)),
        3 => ambiguous(now_ms + u64::from(wait)),
        _ => dead(),
    }
}

fn line<T: std::fmt::Debug, E>(answer: Result<T, E>) -> String {
    answer.map_or("an error".into(), |answer| format!("{answer:?}"))
}

async fn answer_to(store: &impl Store, verb: &Verb, now_ms: u64) -> String {
    match verb.clone() {
        Verb::Put {
            group,
            count,
            place,
        } => line(store.put(parts_of(group, count, place, now_ms)).await),
        Verb::Post {
            key,
            group,
            count,
            place,
        } => {
            let once = once(&format!("k{key}"), &format!("h{}", count.min(2)));
            line(
                store
                    .post(once, parts_of(group, count, place, now_ms))
                    .await,
            )
        }
        Verb::Step { no, step, wait } => {
            let step = step_of(step, wait, now_ms);
            line(store.step(no.into(), step, now_ms).await)
        }
        Verb::Work { account, step } => {
            let heads = store.heads(&account_of(account), 3).await.unwrap();
            let Some(head) = heads.first() else {
                return "idle".into();
            };
            let step = step_of(step, 9, now_ms);
            line(store.step(head.no, step, now_ms).await)
        }
        Verb::Revive { no } => line(store.revive(no.into(), now_ms + 50, now_ms).await),
        Verb::Discard { no } => line(store.discard(no.into(), now_ms).await),
        Verb::Move { from, to } => {
            let (from, to) = (format!("p{from}"), format!("p{to}"));
            line(store.move_peer(&account_of(0), &from, &to, now_ms).await)
        }
        Verb::Prune { age } => {
            let before = now_ms.saturating_sub(age.into());
            let forgotten = store.prune_outbox(before).await.unwrap();
            format!("{forgotten} {}", line(store.prune(before).await))
        }
        Verb::Reopen => String::new(),
    }
}

/// Every row, and everything else that can be read.
async fn view(store: &impl Store) -> (Vec<OutboxRow>, Vec<String>) {
    let mut rows = Vec::new();
    for group in 0..12 {
        rows.extend(store.group(&format!("g{group}")).await.unwrap());
    }
    let mut view = Vec::new();
    for account in [account_of(0), account_of(1)] {
        for limit in [1, 100] {
            let heads = store.heads(&account, limit).await.unwrap();
            view.push(format!("heads {:?}", numbers(&heads)));
        }
        let dead = store.dead_letters(Some(&account), 5).await.unwrap();
        let open = store.open_parts(Some(&account), 5).await.unwrap();
        view.push(format!("dead {:?}", numbers(&dead)));
        view.push(format!("open {:?}", numbers(&open)));
        view.push(line(store.load(&account).await));
        view.push(line(store.moves(&account).await));
    }
    let dead = store.dead_letters(None, 100).await.unwrap();
    let open = store.open_parts(None, 100).await.unwrap();
    view.push(format!("{:?} {:?}", numbers(&dead), numbers(&open)));
    (rows, view)
}

/// What holds of any outbox, whatever was done to it.
fn is_sound(rows: &[OutboxRow]) {
    let mut numbers = numbers(rows);
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), rows.len(), "a number is there twice");
    for row in rows {
        let open = row.state.is_open();
        assert_eq!(open, row.settled_at_ms.is_none(), "{row:?}");
        assert_eq!(row.state == OutboxState::Sent, row.receipt.is_some());
        let doubtful = row.maybe_sent_since_ms.is_some();
        assert!(row.state != OutboxState::Prepared || !doubtful, "{row:?}");
        assert!(row.state != OutboxState::Ambiguous || doubtful, "{row:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn both_outboxes_have_the_same_rows(verbs in proptest::collection::vec(verb(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("state.db");
            let mut disk = SqliteStore::open(&path).unwrap();
            let memory = MemoryStore::new();
            for (now_ms, verb) in (1..).zip(&verbs) {
                if matches!(verb, Verb::Reopen) {
                    disk.close().await;
                    disk = SqliteStore::open(&path).unwrap();
                }
                let on_disk = answer_to(&disk, verb, now_ms).await;
                assert_eq!(on_disk, answer_to(&memory, verb, now_ms).await, "{verb:?}");
            }
            let on_disk = view(&disk).await;
            assert_eq!(on_disk, view(&memory).await);
            is_sound(&on_disk.0);
            disk.close().await;
        });
    }
}
