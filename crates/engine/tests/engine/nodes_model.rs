//! A thousand commands while nodes come, go, are replaced, answer, lie and sleep: each ends once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_core::node::CallEnding;
use tidegate_engine::{Invoked, NodeError};

use crate::node_world::{Node, ask, found, which};
use crate::world::{Plan, settle};

const COMMANDS: usize = 1_000;
const NODES: usize = 3;
/// Commands under way at most, so that no node has too much to do.
const AT_ONCE: usize = 24;

/// A cheap source of chance (xorshift); the seed stands in the message of a failure.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

/// Every connection of one node: the last one is the newest.
#[derive(Default)]
struct Conns {
    open: Vec<Node>,
    made: usize,
}

/// What one run of the model saw.
#[derive(Default)]
struct Seen {
    ended: BTreeMap<&'static str, usize>,
    refused: usize,
    sent: BTreeSet<String>,
    taken: usize,
}

#[tokio::test(start_paused = true)]
async fn a_thousand_commands_end_once_each() {
    for seed in [1, 7, 2_026, 99_991] {
        let seen = storm(seed).await;
        let ends: usize = seen.ended.values().sum();
        assert_eq!(
            ends + seen.refused,
            COMMANDS,
            "seed {seed}: {:?}",
            seen.ended
        );
        assert_eq!(ends, seen.sent.len(), "seed {seed}: each was sent once");
        assert_eq!(
            seen.ended.get("answered").copied().unwrap_or(0),
            seen.taken,
            "seed {seed}: an answer that was taken is the end"
        );
        for how in ["answered", "timed-out", "disconnected", "cancelled"] {
            assert!(
                seen.ended.contains_key(how),
                "seed {seed}: {how} never happened"
            );
        }
    }
}

async fn storm(seed: u64) -> Seen {
    let world = Plan::default().start().await;
    let mut chance = Chance(seed);
    let mut saw = Seen::default();
    let mut nodes: Vec<Conns> = (0..NODES).map(|_| Conns::default()).collect();
    let mut asked = HashMap::new();
    let mut next = 0;
    while next < COMMANDS || !asked.is_empty() {
        match chance.below(10) {
            0..=3 if next < COMMANDS && asked.len() < AT_ONCE => {
                let mut invoke = which(&name(chance.below(NODES)), &format!("k{next}"));
                invoke.timeout = Some(Duration::from_secs(5));
                let cancel = invoke.cancel.clone();
                asked.insert(next, (ask(&world.engine, invoke), cancel));
                next += 1;
            }
            4 => {
                let number = chance.below(NODES);
                let conns = &mut nodes[number];
                conns.made += 1;
                let conn = format!("{number}-{}", conns.made);
                conns
                    .open
                    .push(Node::join(&world.engine, &name(number), &conn));
            }
            5 => {
                let conns = &mut nodes[chance.below(NODES)].open;
                if !conns.is_empty() {
                    let gone = chance.below(conns.len());
                    drop_conn(conns.remove(gone), &mut saw);
                }
            }
            6 => {
                let keys: Vec<_> = asked.keys().copied().collect();
                if !keys.is_empty() {
                    asked[&keys[chance.below(keys.len())]].1.cancel();
                }
            }
            7 => tokio::time::sleep(Duration::from_secs(chance.below(3) as u64)).await,
            _ => answer_some(&mut nodes, &mut chance, &mut saw),
        }
        settle().await;
        let over: Vec<_> = asked
            .iter()
            .filter(|(_, (task, _))| task.is_finished())
            .map(|(number, _)| *number)
            .collect();
        for number in over {
            let (task, _) = asked.remove(&number).unwrap();
            note(&mut saw, task.await.unwrap());
        }
    }
    for conns in nodes {
        for conn in conns.open {
            drop_conn(conn, &mut saw);
        }
    }
    saw
}

fn name(number: usize) -> String {
    format!("node-{number}")
}

/// Frames that nobody answered were sent all the same.
fn drop_conn(mut conn: Node, seen: &mut Seen) {
    for request in conn.came() {
        remember(seen, &request);
    }
    conn.leave();
}

fn remember(seen: &mut Seen, request: &Value) -> String {
    let id = request["id"].as_str().unwrap().to_owned();
    assert!(seen.sent.insert(id.clone()), "sent twice: {id}");
    id
}

/// Every connection looks at its frames; most are answered, some by another connection first,
/// some twice.
fn answer_some(nodes: &mut [Conns], chance: &mut Chance, seen: &mut Seen) {
    let mut requests = Vec::new();
    for (number, conns) in nodes.iter_mut().enumerate() {
        for (place, conn) in conns.open.iter_mut().enumerate() {
            requests.extend(
                conn.came()
                    .into_iter()
                    .map(|request| (number, place, request)),
            );
        }
    }
    for (number, place, request) in requests {
        remember(seen, &request);
        let conn = &nodes[number].open[place];
        if chance.below(4) == 0 {
            continue;
        }
        for (other, conns) in nodes.iter().enumerate() {
            for (at, liar) in conns.open.iter().enumerate() {
                if (other, at) != (number, place) {
                    assert!(!liar.answer(&request["id"], json!({ "bins": {} })));
                }
            }
        }
        seen.taken += usize::from(conn.answer(&request["id"], found()));
        assert!(!conn.answer(&request["id"], found()), "an answer twice");
    }
}

fn note(seen: &mut Seen, told: Result<Invoked, NodeError>) {
    match told {
        Ok(Invoked::Ended(ending)) => {
            if let CallEnding::Answered { payload, .. } = &*ending {
                assert_eq!(*payload, found(), "a lie was believed");
            }
            *seen.ended.entry(ending.as_str()).or_insert(0) += 1;
        }
        Err(NodeError::NotConnected) => seen.refused += 1,
        other => panic!("{other:?}"),
    }
}
