//! The life of commands of nodes: sent or kept until the node comes back, answered, given up, cut
//! off by a crash; and of the names of nodes.

use std::path::Path;

use serde_json::json;
use tidegate_core::SecretHash;
use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{
    CallBegun, CallState, KnownCall, NewNodeCall, NodeAsk, NodeCall, NodeNameplate, NodeStore,
    WaitingCall, WaitingRoom,
};
use tidegate_protocol::DeviceId;
use tidegate_store::SqliteStore;

use crate::child::{Acked, Life, acknowledged, store_to_live_in};
use crate::values::once;

/// Verbs that this life commits.
pub(crate) const VERBS: &[&str] = &[
    "migrate",
    "begin_call",
    "end_call",
    "next_call",
    "put_back",
    "cancel_call",
    "recover_calls",
    "prune_calls",
    "name_node",
    "ask_pairing",
    "pair_name",
    "refuse_name",
];
/// Each command, and how it ends.
const COMMANDS: [(&str, &str); 5] = [
    ("answered", "answered"),
    ("queued", "failed"),
    ("cancelled", "cancelled"),
    ("expired", "expired"),
    ("cut", "interrupted"),
];
const ROOM: WaitingRoom = WaitingRoom {
    calls: 9,
    bytes: 999,
};
/// When `expired` is given up.
const GIVEN_UP_MS: u64 = 20;

fn node() -> DeviceId {
    DeviceId::new("n")
}

fn once_of(name: &str) -> Once {
    Once {
        method: "node.invoke",
        ..once(name)
    }
}

fn sent(name: &str, at_ms: u64) -> NewNodeCall {
    NewNodeCall {
        id: name.into(),
        node: node(),
        command: "canvas.eval".into(),
        once: once_of(name),
        waits: None,
        at_ms,
    }
}

fn waiting(name: &str, expires_at_ms: u64) -> NewNodeCall {
    NewNodeCall {
        waits: Some(WaitingCall {
            params: Some(format!("\"{name}\"")),
            timeout_ms: 1000,
            expires_at_ms,
        }),
        ..sent(name, 2)
    }
}

fn answered() -> CallEnding {
    CallEnding::Answered {
        payload: json!({ "result": 1 }),
        payload_json: None,
    }
}

fn failed() -> CallEnding {
    CallEnding::Failed {
        code: Some("OFF".into()),
        message: None,
    }
}

fn asks(name: &str) -> NodeAsk {
    NodeAsk {
        request_id: format!("{name} asks"),
        node_id: name.into(),
        plate: NodeNameplate::default(),
        at_ms: 1,
    }
}

/// The life of the child: each step is acknowledged after its verb returned. Not a test by itself.
#[tokio::test]
async fn life() {
    let Some(store) = store_to_live_in() else {
        return;
    };
    answer_one(&store).await;
    keep_some_for_later(&store).await;
    name_them(&store).await;
    be_cut_off(&store).await;
    store.close().await;
    acknowledged("close");
}

async fn begin(store: &SqliteStore, call: NewNodeCall) {
    let step = format!("begin {}", call.id);
    let begun = store.begin_call(call, ROOM).await.unwrap();
    assert_eq!(begun, CallBegun::New);
    acknowledged(&step);
}

async fn answer_one(store: &SqliteStore) {
    begin(store, sent("answered", 1)).await;
    assert!(store.end_call("answered", answered(), 2).await.unwrap());
    acknowledged("end answered");
    // The clock comes too late, and so does a second answer.
    let late = store.end_call("answered", CallEnding::TimedOut, 3).await;
    assert!(!late.unwrap());
    acknowledged("late answered");
}

async fn keep_some_for_later(store: &SqliteStore) {
    begin(store, waiting("queued", 99)).await;
    begin(store, waiting("cancelled", 99)).await;
    begin(store, waiting("expired", GIVEN_UP_MS)).await;
    assert!(store.cancel_call("cancelled", 3).await.unwrap());
    acknowledged("end cancelled");
    take(store).await;
    store.put_back("queued").await.unwrap();
    acknowledged("put back queued");
    take(store).await;
    assert!(store.end_call("queued", failed(), 5).await.unwrap());
    acknowledged("end queued");
}

async fn take(store: &SqliteStore) {
    let (call, waits) = store.next_call(&node(), 4).await.unwrap().unwrap();
    assert_eq!(
        (&*call.id, waits.params.as_deref()),
        ("queued", Some("\"queued\""))
    );
    acknowledged("take queued");
}

async fn name_them(store: &SqliteStore) {
    store.name_node("n", "Box").await.unwrap();
    acknowledged("name");
    for name in ["paired", "refused"] {
        assert!(store.ask_pairing(asks(name), 0, 9).await.unwrap().1);
        acknowledged(&format!("ask {name}"));
    }
    let token = SecretHash::of("t");
    let paired = store.pair_name("paired asks", token, 0, 2).await.unwrap();
    assert!(paired.is_some());
    acknowledged("pair");
    let refused = store.refuse_name("refused asks").await.unwrap();
    assert!(refused.is_some());
    acknowledged("refuse");
}

async fn be_cut_off(store: &SqliteStore) {
    // What is too old ends with the next one that begins.
    begin(store, sent("cut", GIVEN_UP_MS)).await;
    acknowledged("end expired");
    assert_eq!(store.recover_calls(21).await.unwrap(), 1);
    acknowledged("end cut");
    assert!(!store.end_call("cut", answered(), 22).await.unwrap());
    acknowledged("late cut");
    assert_eq!(store.prune_calls(6).await.unwrap(), 3);
    acknowledged("prune");
}

#[test]
fn every_command_of_a_node_has_one_end_whatever_is_killed() {
    let life = Life {
        test: "command::life",
        before: |_| {},
        verbs: VERBS,
        points: 42,
    };
    life.kill_at_every_point(&look);
}

/// What was left by a process that was killed at this point.
async fn look(path: &Path, point: &str, acked: &Acked) {
    let store = SqliteStore::open(path).unwrap();
    names_are_whole(&store, point, acked).await;
    let left = Left {
        store: &store,
        point,
        acked,
    };
    left.what_was_acknowledged_is_there().await;
    left.nothing_is_begun_twice().await;
    // The next start: what a node was at is cut off, and that is its end.
    store.recover_calls(30).await.unwrap();
    left.each_has_one_end_or_waits().await;
    left.an_end_is_for_ever().await;
    store.close().await;
}

/// What is found in a database after a kill.
struct Left<'a> {
    store: &'a SqliteStore,
    point: &'a str,
    acked: &'a Acked,
}

impl Left<'_> {
    fn has(&self, step: &str, name: &str) -> bool {
        self.acked.contains(&format!("{step} {name}"))
    }

    async fn call(&self, name: &str) -> Option<NodeCall> {
        self.store.call(name).await.unwrap()
    }

    /// Whether ended commands may have been forgotten.
    fn pruned(&self) -> bool {
        self.acked.contains("prune") || self.point.starts_with("prune_calls")
    }

    async fn what_was_acknowledged_is_there(&self) {
        let point = self.point;
        for (name, how) in COMMANDS {
            match self.call(name).await.map(|call| call.state) {
                None => assert!(self.pruned() || !self.has("begin", name), "{point}: {name}"),
                Some(CallState::Ended(ending)) => {
                    assert_eq!(ending.as_str(), how, "{point}: {name}");
                }
                Some(open) => assert!(!self.has("end", name), "{point}: {name} {open:?}"),
            }
        }
    }

    /// The same request again never begins anew, also if the crash kept its answer back.
    async fn nothing_is_begun_twice(&self) {
        let point = self.point;
        for (name, _) in COMMANDS {
            let Some(stored) = self.call(name).await else {
                continue;
            };
            let again = NewNodeCall {
                id: format!("{name} again"),
                ..sent(name, 1)
            };
            let begun = self.store.begin_call(again, ROOM).await.unwrap();
            assert_eq!(
                begun,
                CallBegun::Known(KnownCall::Repeat(Box::new(stored))),
                "{point}: {name}"
            );
        }
    }

    async fn each_has_one_end_or_waits(&self) {
        let point = self.point;
        for (name, _) in COMMANDS {
            let state = self.call(name).await.map(|call| call.state);
            assert_ne!(
                state,
                Some(CallState::Sent),
                "{point}: {name}, and nobody is at it"
            );
            if let Some(CallState::Waiting(waits)) = state {
                let params = format!("\"{name}\"");
                assert_eq!(waits.params, Some(params), "{point}: {name}");
            }
        }
    }

    /// Late answers, clocks and cancellations change nothing; what waits is taken once.
    async fn an_end_is_for_ever(&self) {
        let (store, point) = (self.store, self.point);
        while let Some((call, _)) = store.next_call(&node(), 1).await.unwrap() {
            assert!(store.end_call(&call.id, failed(), 40).await.unwrap());
        }
        for (name, _) in COMMANDS {
            let before = self.call(name).await;
            for ending in [answered(), CallEnding::TimedOut, CallEnding::Disconnected] {
                assert!(!store.end_call(name, ending, 41).await.unwrap(), "{point}");
            }
            assert!(!store.cancel_call(name, 41).await.unwrap(), "{point}");
            store.put_back(name).await.unwrap();
            store.recover_calls(42).await.unwrap();
            assert_eq!(self.call(name).await, before, "{point}: {name}");
        }
    }
}

/// A name asks, or is paired with its token, or is neither; never both.
async fn names_are_whole(store: &SqliteStore, point: &str, acked: &Acked) {
    let has = |step: &str| acked.contains(step);
    let names = store.node_names().await.unwrap();
    assert!(
        !has("name") || names == [("n".into(), "Box".into())],
        "{point}"
    );
    let asks = store.pairing_asks(0).await.unwrap();
    let waits = |name: &str| asks.iter().any(|ask| ask.node_id == name);
    let paired = store.paired_names().await.unwrap();
    let is_paired = paired.iter().any(|one| one.node_id == "paired");
    assert!(!(is_paired && waits("paired")), "{point}");
    assert!(is_paired || !has("pair"), "{point}");
    assert!(
        is_paired || waits("paired") || !has("ask paired"),
        "{point}"
    );
    assert!(!has("refuse") || !waits("refused"), "{point}");
    assert!(
        !paired.iter().any(|one| one.node_id == "refused"),
        "{point}"
    );
}
