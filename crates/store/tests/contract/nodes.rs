//! Commands of nodes, names of nodes, and the January list of paired names.

use serde_json::json;
use tidegate_core::SecretHash;
use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{
    CallBegun, CallState, KnownCall, NewNodeCall, NodeAsk, NodeCall, NodeNameplate, WaitingCall,
    WaitingRoom,
};
use tidegate_protocol::DeviceId;

use crate::fixtures::Store;

contract! {
    a_command_is_stored_once_and_ends_once
    a_key_stands_for_one_request_of_one_caller
    what_waits_is_handed_over_in_order_and_once
    what_was_not_sent_after_all_waits_in_its_old_place
    what_waits_for_too_long_ends
    there_is_room_for_so_much
    what_waits_can_be_cancelled_and_what_was_sent_cannot
    what_was_sent_before_a_crash_was_interrupted
    old_ends_are_forgotten
    nodes_have_names
    a_name_asks_once_and_is_paired_with_a_token
    old_asks_make_room
}

const ROOM: WaitingRoom = WaitingRoom {
    calls: 3,
    bytes: 100,
};

fn node(name: &str) -> DeviceId {
    DeviceId::new(name)
}

/// A command of this name for this node, that is sent at once.
fn sent(name: &str, to: &str, at_ms: u64) -> NewNodeCall {
    NewNodeCall {
        id: name.into(),
        node: node(to),
        command: "system.which".into(),
        once: Once {
            principal: "owner".into(),
            method: "node.invoke",
            key: format!("{name}-key"),
            params_hash: "hash".into(),
        },
        waits: None,
        at_ms,
    }
}

fn waits(params: &str, expires_at_ms: u64) -> WaitingCall {
    WaitingCall {
        params: Some(params.into()),
        timeout_ms: 30_000,
        expires_at_ms,
    }
}

/// The same, waiting until 1 000.
fn waiting(name: &str, to: &str, at_ms: u64) -> NewNodeCall {
    NewNodeCall {
        waits: Some(waits("{}", 1_000)),
        ..sent(name, to, at_ms)
    }
}

fn stored(new: &NewNodeCall, state: CallState) -> NodeCall {
    NodeCall {
        id: new.id.clone(),
        node: new.node.clone(),
        command: new.command.clone(),
        by: new.once.principal.clone(),
        key: new.once.key.clone(),
        at_ms: new.at_ms,
        state,
    }
}

fn answered() -> CallEnding {
    CallEnding::Answered {
        payload: json!({ "a": 1 }),
        payload_json: Some("{\"a\":1}".into()),
    }
}

async fn begin(store: &impl Store, call: &NewNodeCall) -> CallBegun {
    store.begin_call(call.clone(), ROOM).await.unwrap()
}

async fn ids(store: &impl Store, now_ms: u64) -> Vec<String> {
    let calls = store.waiting_calls(now_ms).await.unwrap();
    calls.into_iter().map(|call| call.id).collect()
}

async fn a_command_is_stored_once_and_ends_once(store: &impl Store) {
    let call = sent("a", "n", 5);
    assert_eq!(begin(store, &call).await, CallBegun::New);
    let mut state = stored(&call, CallState::Sent);
    assert_eq!(store.call("a").await.unwrap(), Some(state.clone()));
    assert_eq!(
        begin(store, &call).await,
        CallBegun::Known(KnownCall::Repeat(Box::new(state.clone())))
    );
    assert!(store.end_call("a", answered(), 9).await.unwrap());
    assert!(!store.end_call("a", CallEnding::TimedOut, 10).await.unwrap());
    state.state = CallState::Ended(answered());
    assert_eq!(
        begin(store, &call).await,
        CallBegun::Known(KnownCall::Repeat(Box::new(state.clone())))
    );
    assert_eq!(
        store.find_call(&call.once).await.unwrap(),
        Some(KnownCall::Repeat(Box::new(state)))
    );
    assert!(!store.end_call("nobody", answered(), 9).await.unwrap());
    assert_eq!(store.call("nobody").await.unwrap(), None);
}

async fn a_key_stands_for_one_request_of_one_caller(store: &impl Store) {
    let call = sent("a", "n", 5);
    begin(store, &call).await;
    let mut other = sent("b", "n", 6);
    other.once.key.clone_from(&call.once.key);
    other.once.params_hash = "other".into();
    assert_eq!(
        begin(store, &other).await,
        CallBegun::Known(KnownCall::KeyReused)
    );
    assert_eq!(
        store.find_call(&other.once).await.unwrap(),
        Some(KnownCall::KeyReused)
    );
    other.once.principal = "device:d".into();
    assert_eq!(store.find_call(&other.once).await.unwrap(), None);
    assert_eq!(begin(store, &other).await, CallBegun::New);
}

async fn what_waits_is_handed_over_in_order_and_once(store: &impl Store) {
    for (name, to) in [("a", "n"), ("b", "m"), ("c", "n")] {
        assert_eq!(begin(store, &waiting(name, to, 5)).await, CallBegun::New);
    }
    assert_eq!(ids(store, 6).await, ["a", "b", "c"]);
    let first = store.next_call(&node("n"), 6).await.unwrap();
    let call = stored(&waiting("a", "n", 5), CallState::Sent);
    assert_eq!(first, Some((call, waits("{}", 1_000))));
    let (second, _) = store.next_call(&node("n"), 6).await.unwrap().unwrap();
    assert_eq!(second.id, "c");
    assert_eq!(store.next_call(&node("n"), 6).await.unwrap(), None);
    assert_eq!(ids(store, 6).await, ["b"]);
}

async fn what_was_not_sent_after_all_waits_in_its_old_place(store: &impl Store) {
    for name in ["a", "b"] {
        begin(store, &waiting(name, "n", 5)).await;
    }
    store.next_call(&node("n"), 6).await.unwrap();
    store.put_back("a").await.unwrap();
    assert_eq!(ids(store, 6).await, ["a", "b"]);
    // What never waited cannot wait again.
    begin(store, &sent("c", "n", 5)).await;
    store.put_back("c").await.unwrap();
    assert_eq!(ids(store, 6).await, ["a", "b"]);
    // Neither can what is over.
    store.next_call(&node("n"), 6).await.unwrap();
    store.end_call("a", answered(), 7).await.unwrap();
    store.put_back("a").await.unwrap();
    assert_eq!(ids(store, 8).await, ["b"]);
}

async fn what_waits_for_too_long_ends(store: &impl Store) {
    let call = waiting("a", "n", 5);
    begin(store, &call).await;
    assert_eq!(ids(store, 999).await, ["a"]);
    assert!(ids(store, 1_000).await.is_empty());
    assert_eq!(store.next_call(&node("n"), 1_000).await.unwrap(), None);
    let ended = stored(&call, CallState::Ended(CallEnding::Expired));
    assert_eq!(
        begin(store, &call).await,
        CallBegun::Known(KnownCall::Repeat(Box::new(ended)))
    );
}

async fn there_is_room_for_so_much(store: &impl Store) {
    for name in ["a", "b", "c"] {
        assert_eq!(begin(store, &waiting(name, "n", 5)).await, CallBegun::New);
    }
    assert_eq!(begin(store, &waiting("d", "n", 5)).await, CallBegun::NoRoom);
    assert_eq!(store.call("d").await.unwrap(), None);
    // Another node has room of its own, but not for that much; a repeat needs none.
    let mut large = waiting("e", "m", 5);
    large.waits = Some(waits(&"é".repeat(51), 1_000));
    assert_eq!(begin(store, &large).await, CallBegun::NoRoom);
    large.waits = Some(waits(&"é".repeat(50), 1_000));
    assert_eq!(begin(store, &large).await, CallBegun::New);
    assert!(matches!(
        begin(store, &waiting("a", "n", 5)).await,
        CallBegun::Known(KnownCall::Repeat(_))
    ));
    // What is sent at once takes no room.
    assert_eq!(begin(store, &sent("f", "n", 5)).await, CallBegun::New);
    // What ends by time makes room.
    assert_eq!(
        begin(store, &waiting("g", "n", 1_000)).await,
        CallBegun::New
    );
}

async fn what_waits_can_be_cancelled_and_what_was_sent_cannot(store: &impl Store) {
    let call = waiting("a", "n", 5);
    begin(store, &call).await;
    begin(store, &sent("b", "n", 5)).await;
    assert!(store.cancel_call("a", 6).await.unwrap());
    assert!(!store.cancel_call("a", 6).await.unwrap());
    assert!(!store.cancel_call("b", 6).await.unwrap());
    let ended = stored(&call, CallState::Ended(CallEnding::Cancelled));
    assert_eq!(store.call("a").await.unwrap(), Some(ended));
    assert_eq!(store.next_call(&node("n"), 6).await.unwrap(), None);
}

async fn what_was_sent_before_a_crash_was_interrupted(store: &impl Store) {
    begin(store, &sent("a", "n", 5)).await;
    begin(store, &waiting("b", "n", 5)).await;
    begin(store, &sent("c", "n", 5)).await;
    store.end_call("c", answered(), 6).await.unwrap();
    assert_eq!(store.recover_calls(7).await.unwrap(), 1);
    assert_eq!(store.recover_calls(8).await.unwrap(), 0);
    let state = |call: Option<NodeCall>| call.unwrap().state;
    assert_eq!(
        state(store.call("a").await.unwrap()),
        CallState::Ended(CallEnding::Interrupted)
    );
    assert_eq!(
        state(store.call("c").await.unwrap()),
        CallState::Ended(answered())
    );
    assert_eq!(ids(store, 9).await, ["b"]);
}

async fn old_ends_are_forgotten(store: &impl Store) {
    for name in ["a", "b"] {
        begin(store, &sent(name, "n", 5)).await;
    }
    begin(store, &waiting("c", "n", 5)).await;
    store.end_call("a", answered(), 10).await.unwrap();
    store.end_call("b", answered(), 20).await.unwrap();
    assert_eq!(store.prune_calls(20).await.unwrap(), 1);
    assert_eq!(store.call("a").await.unwrap(), None);
    assert!(store.call("b").await.unwrap().is_some());
    assert_eq!(ids(store, 21).await, ["c"]);
}

async fn nodes_have_names(store: &impl Store) {
    assert!(store.node_names().await.unwrap().is_empty());
    store.name_node("b", "Bee").await.unwrap();
    store.name_node("a", "Old").await.unwrap();
    store.name_node("a", "Ant").await.unwrap();
    let pair = |id: &str, name: &str| (id.to_owned(), name.to_owned());
    assert_eq!(
        store.node_names().await.unwrap(),
        [pair("a", "Ant"), pair("b", "Bee")]
    );
}

fn ask(request_id: &str, name: &str, at_ms: u64) -> NodeAsk {
    NodeAsk {
        request_id: request_id.into(),
        node_id: name.into(),
        plate: NodeNameplate {
            display_name: Some(name.to_uppercase()),
            platform: Some("linux".into()),
            version: None,
        },
        at_ms,
    }
}

async fn a_name_asks_once_and_is_paired_with_a_token(store: &impl Store) {
    let first = ask("r1", "n", 10);
    assert_eq!(
        store.ask_pairing(first.clone(), 0, 9).await.unwrap(),
        (first.clone(), true)
    );
    assert_eq!(
        store.ask_pairing(ask("r2", "n", 11), 0, 9).await.unwrap(),
        (first.clone(), false)
    );
    store.ask_pairing(ask("r3", "m", 12), 0, 9).await.unwrap();
    let asks = store.pairing_asks(0).await.unwrap();
    assert_eq!(asks, [ask("r3", "m", 12), first]);
    let hash = SecretHash::of("token");
    // Too old, unknown, then good, then spent.
    assert!(store.pair_name("r1", hash, 10, 20).await.unwrap().is_none());
    assert!(store.pair_name("r9", hash, 0, 20).await.unwrap().is_none());
    let paired = store.pair_name("r1", hash, 9, 20).await.unwrap().unwrap();
    assert_eq!((&*paired.node_id, paired.approved_at_ms), ("n", 20));
    assert!(paired.token.matches("token"));
    assert!(store.pair_name("r1", hash, 9, 21).await.unwrap().is_none());
    // Again: a new token, the old beginning.
    store.ask_pairing(ask("r4", "n", 30), 0, 9).await.unwrap();
    let newer = SecretHash::of("newer");
    store.pair_name("r4", newer, 0, 40).await.unwrap().unwrap();
    let names = store.paired_names().await.unwrap();
    let [name] = names.as_slice() else {
        panic!("{names:?}");
    };
    assert_eq!((name.created_at_ms, name.approved_at_ms), (20, 40));
    assert!(name.token.matches("newer") && !name.token.matches("token"));
    assert_eq!(store.refuse_name("r3").await.unwrap().as_deref(), Some("m"));
    assert_eq!(store.refuse_name("r3").await.unwrap(), None);
    assert!(store.pairing_asks(0).await.unwrap().is_empty());
}

async fn old_asks_make_room(store: &impl Store) {
    for (id, name, at_ms) in [("r1", "a", 10), ("r2", "b", 11), ("r3", "c", 12)] {
        store.ask_pairing(ask(id, name, at_ms), 0, 2).await.unwrap();
    }
    let left = |asks: Vec<NodeAsk>| asks.into_iter().map(|ask| ask.node_id).collect::<Vec<_>>();
    assert_eq!(left(store.pairing_asks(0).await.unwrap()), ["c", "b"]);
    store.ask_pairing(ask("r4", "d", 20), 12, 9).await.unwrap();
    assert_eq!(left(store.pairing_asks(0).await.unwrap()), ["d", "c"]);
}
