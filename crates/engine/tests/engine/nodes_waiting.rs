//! Commands that wait for nodes that are away, and what nodes tell.

use std::sync::Arc;

use serde_json::{Value, json};
use tidegate_core::exec::Decision;
use tidegate_core::node::CallEnding;
use tidegate_core::store::{CallState, NodeCall};
use tidegate_engine::{Approved, Happening, Heard, Invoke, Invoked, NodeError, WAIT_MS};
use tidegate_store::MemoryStore;

use crate::node_world::{Node, ask, ending, linux, pair, which};
use crate::script::Call;
use crate::world::{Plan, World, settle};

/// A notification that may wait.
pub(crate) fn notify(node: &str, key: &str) -> Invoke {
    let mut invoke = which(node, key);
    invoke.command = "system.notify".into();
    invoke.params = json!({ "title": key });
    invoke.queue = true;
    invoke
}

pub(crate) async fn waits(world: &World, invoke: Invoke) -> NodeCall {
    match world.engine.nodes().invoke(invoke).await {
        Ok(Invoked::Waiting(call)) => *call,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn keys(world: &World) -> Vec<String> {
    let waiting = world.engine.nodes().waiting(None).await.unwrap();
    waiting.into_iter().map(|call| call.key).collect()
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_handed_over_in_order_one_after_the_other() {
    let world = Plan::default().start().await;
    pair(&world.engine, "n").await;
    for key in ["a", "b", "c"] {
        waits(&world, notify("n", key)).await;
    }
    assert_eq!(keys(&world).await, ["a", "b", "c"]);
    let view = world.engine.nodes().view("n").await.unwrap().unwrap();
    assert_eq!(
        (view.waiting, view.paired, view.connected_at_ms),
        (3, true, None)
    );
    let mut node = Node::join(&world.engine, "n", "c1");
    for key in ["a", "b", "c"] {
        let request = node.next().await;
        assert_eq!(request["idempotencyKey"], key);
        settle().await;
        assert!(node.came().is_empty(), "one after the other");
        assert!(node.answer(&request["id"], json!({ "ok": true })));
    }
    settle().await;
    assert!(keys(&world).await.is_empty());
    let told = ending(world.engine.nodes().invoke(notify("n", "b")).await);
    assert!(matches!(told, CallEnding::Answered { .. }));
    assert!(node.came().is_empty(), "each once");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_leaves_again_gets_the_rest_when_it_is_back() {
    let world = Plan::default().start().await;
    pair(&world.engine, "n").await;
    for key in ["a", "b"] {
        waits(&world, notify("n", key)).await;
    }
    let mut node = Node::join(&world.engine, "n", "c1");
    assert_eq!(node.next().await["idempotencyKey"], "a");
    node.leave();
    settle().await;
    assert_eq!(keys(&world).await, ["b"]);
    let told = ending(world.engine.nodes().invoke(notify("n", "a")).await);
    assert_eq!(told, CallEnding::Disconnected, "never sent a second time");
    let mut node = Node::join(&world.engine, "n", "c2");
    assert_eq!(node.next().await["idempotencyKey"], "b");
}

#[tokio::test(start_paused = true)]
async fn what_waits_survives_a_crash_and_ends_with_its_time() {
    let store = Arc::new(MemoryStore::new());
    let world = Plan::default().start_on(Arc::clone(&store)).await;
    pair(&world.engine, "n").await;
    waits(&world, notify("n", "a")).await;
    let next = Plan::default().start_on(store).await;
    assert_eq!(keys(&next).await, ["a"]);
    next.clock.advance_ms(WAIT_MS);
    assert!(keys(&next).await.is_empty());
    let mut node = Node::join(&next.engine, "n", "c1");
    settle().await;
    assert!(node.came().is_empty());
    let told = ending(next.engine.nodes().invoke(notify("n", "a")).await);
    assert_eq!(told, CallEnding::Expired);
}

#[tokio::test(start_paused = true)]
async fn only_a_paired_node_and_only_some_commands_are_waited_for() {
    let world = Plan::default().start().await;
    let nodes = world.engine.nodes();
    let refused = nodes.invoke(notify("stranger", "a")).await;
    assert!(
        matches!(refused, Err(NodeError::NotConnected)),
        "{refused:?}"
    );
    pair(&world.engine, "n").await;
    let mut other = which("n", "b");
    other.queue = true;
    assert!(matches!(
        nodes.invoke(other).await,
        Err(NodeError::Invalid(_))
    ));
    let mut bad = notify("n", "c");
    bad.params = json!({ "colour": "red" });
    assert!(matches!(
        nodes.invoke(bad).await,
        Err(NodeError::Invalid(_))
    ));
    let mut approved = notify("n", "d");
    approved.approved = Some(Approved {
        decision: Some(Decision::AllowOnce),
        run_id: "r".into(),
        session_key: world.session("main"),
    });
    assert!(matches!(
        nodes.invoke(approved).await,
        Err(NodeError::Invalid(_))
    ));
    let mut plain = notify("n", "e");
    plain.queue = false;
    assert!(matches!(
        nodes.invoke(plain).await,
        Err(NodeError::NotConnected)
    ));
    for number in 0..64 {
        waits(&world, notify("n", &format!("k{number}"))).await;
    }
    let full = nodes.invoke(notify("n", "one-too-many")).await;
    assert!(matches!(full, Err(NodeError::Busy(_))), "{full:?}");
}

#[tokio::test(start_paused = true)]
async fn what_waits_can_be_taken_back_and_is_looked_at_again_before_it_is_sent() {
    let world = Plan::default().start().await;
    pair(&world.engine, "n").await;
    let first = waits(&world, notify("n", "a")).await;
    let same = waits(&world, notify("n", "a")).await;
    assert_eq!(first.id, same.id);
    assert!(matches!(first.state, CallState::Waiting(_)));
    let nodes = world.engine.nodes();
    assert!(nodes.cancel_waiting(&first.id).await.unwrap());
    assert!(!nodes.cancel_waiting(&first.id).await.unwrap());
    assert_eq!(
        ending(nodes.invoke(notify("n", "a")).await),
        CallEnding::Cancelled
    );
    // It comes back without this command.
    waits(&world, notify("n", "b")).await;
    let mut node = Node::join_as(&world.engine, "n", "c1", linux(&["system.which"]));
    settle().await;
    assert!(node.came().is_empty());
    let refused = nodes.invoke(notify("n", "b")).await;
    assert!(
        matches!(refused, Err(NodeError::NotAllowed { .. })),
        "{refused:?}"
    );
    node.leave();
    let told = ending(nodes.invoke(notify("n", "b")).await);
    assert!(matches!(told, CallEnding::Failed { code: Some(code), .. } if code == "NOT_ALLOWED"));
}

fn happening(event: &str, payload: Value) -> Happening {
    Happening {
        event: event.into(),
        payload,
    }
}

async fn hears(world: &World, node: &Node, event: &str, payload: Value) -> Heard {
    let nodes = world.engine.nodes();
    nodes
        .happened(&node.conn, &node.id, happening(event, payload))
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_node_follows_its_two_sessions_and_no_other() {
    let world = Plan::default().start().await;
    let node = Node::join(&world.engine, "n", "c1");
    for name in ["main", "agent:main:main", "node-n", "agent:main:node-n"] {
        let heard = hears(
            &world,
            &node,
            "chat.subscribe",
            json!({ "sessionKey": name }),
        )
        .await;
        assert_eq!(heard, Heard::Subscribe(name.into()));
    }
    for name in ["notes", "node-m", "agent:main:dm:x", "global", ""] {
        let heard = hears(
            &world,
            &node,
            "chat.subscribe",
            json!({ "sessionKey": name }),
        )
        .await;
        assert_eq!(heard, Heard::Nothing, "{name}");
    }
    let heard = hears(
        &world,
        &node,
        "chat.unsubscribe",
        json!({ "sessionKey": " main " }),
    )
    .await;
    assert_eq!(heard, Heard::Unsubscribe("main".into()));
    let heard = hears(&world, &node, "never.heard", Value::Null).await;
    assert_eq!(heard, Heard::Nothing);
}

async fn session_of(world: &World, call: &Call) -> String {
    let run = world.engine.run(&call.turn.run_id).await.unwrap().unwrap();
    assert!(!run.request.may_administer);
    run.session_key.to_string()
}

#[tokio::test(start_paused = true)]
async fn a_node_asks_its_agent_with_no_more_right_than_it_has() {
    let mut world = Plan::default().start().await;
    let node = Node::join(&world.engine, "n", "c1");
    hears(
        &world,
        &node,
        "agent.request",
        json!({ "message": "hi", "key": "k", "thinking": "low" }),
    )
    .await;
    let call = world.call().await;
    assert_eq!(session_of(&world, &call).await, "agent:main:node-n");
    hears(
        &world,
        &node,
        "agent.request",
        json!({ "message": "hi", "key": "k", "thinking": "low" }),
    )
    .await;
    settle().await;
    assert!(world.begun().is_empty(), "the same key is the same request");
    hears(
        &world,
        &node,
        "voice.transcript",
        json!({ "text": "hello" }),
    )
    .await;
    let call = world.call().await;
    assert_eq!(session_of(&world, &call).await, "agent:main:main");
    let nodes = world.engine.nodes();
    let other = happening(
        "agent.request",
        json!({ "message": "hi", "sessionKey": "notes" }),
    );
    assert!(nodes.happened(&node.conn, &node.id, other).await.is_err());
    hears(&world, &node, "voice.transcript", json!({ "text": "   " })).await;
    settle().await;
    assert!(world.begun().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_node_tells_of_a_run_counts_only_if_it_was_given_that_run() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let other = Node::join(&world.engine, "m", "c2");
    let finished = |run: &str| json!({ "runId": run, "sessionKey": "agent:main:notes", "exitCode": 0, "output": "hi" });
    // Before anything was asked of it.
    hears(&world, &node, "exec.finished", finished("run-1")).await;
    let mut invoke = which("n", "k");
    invoke.command = "system.run".into();
    invoke.params = json!({ "command": ["echo", "hi"] });
    invoke.approved = Some(Approved {
        decision: Some(Decision::AllowOnce),
        run_id: "run-1".into(),
        session_key: world.session("main"),
    });
    let asked = ask(&world.engine, invoke);
    node.next().await;
    // From another node, of another run, over another connection.
    hears(&world, &other, "exec.finished", finished("run-1")).await;
    hears(&world, &node, "exec.finished", finished("run-2")).await;
    let again = Node::join(&world.engine, "n", "c3");
    hears(&world, &again, "exec.finished", finished("run-1")).await;
    drop(again);
    assert_eq!(world.engine.nodes().tally().unbelieved, 4);
    assert!(world.engine.queued_system_events().is_empty());
    node.leave();
    assert_eq!(ending(asked.await.unwrap()), CallEnding::Disconnected);
}

#[tokio::test(start_paused = true)]
async fn the_session_of_a_run_is_the_one_that_it_was_approved_in() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let mut invoke = which("n", "k");
    invoke.command = "system.run".into();
    invoke.params = json!({ "command": ["echo", "hi"] });
    invoke.approved = Some(Approved {
        decision: Some(Decision::AllowOnce),
        run_id: "run-1".into(),
        session_key: world.session("main"),
    });
    let _asked = ask(&world.engine, invoke);
    node.next().await;
    let told = json!({ "runId": "run-1", "sessionKey": "agent:main:notes", "exitCode": 3, "output": "no\nway" });
    hears(&world, &node, "exec.finished", told).await;
    assert_eq!(
        world.engine.queued_system_events(),
        ["Exec finished on Box (run run-1, code 3); output: \"no\\nway\""]
    );
    assert_eq!(world.engine.nodes().tally().unbelieved, 0);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_has_ended_is_not_believed_again() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let mut invoke = which("n", "k");
    invoke.command = "system.run".into();
    invoke.params = json!({ "command": ["echo", "hi"] });
    invoke.approved = Some(Approved {
        decision: Some(Decision::AllowOnce),
        run_id: "run-1".into(),
        session_key: world.session("main"),
    });
    let _asked = ask(&world.engine, invoke);
    node.next().await;
    let told = || json!({ "runId": "run-1", "exitCode": 0 });
    for event in ["exec.started", "exec.started", "exec.finished"] {
        hears(&world, &node, event, told()).await;
    }
    assert_eq!(
        world.engine.queued_system_events().len(),
        2,
        "each line once"
    );
    for event in ["exec.started", "exec.finished", "exec.denied"] {
        hears(&world, &node, event, told()).await;
    }
    assert_eq!(
        world.engine.queued_system_events().len(),
        2,
        "each line once"
    );
    assert_eq!(world.engine.nodes().tally().unbelieved, 3);
}

#[tokio::test(start_paused = true)]
async fn a_run_is_believed_no_longer_than_its_time() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let mut invoke = which("n", "k");
    invoke.command = "system.run".into();
    invoke.params = json!({ "command": ["echo", "hi"] });
    invoke.timeout = Some(std::time::Duration::from_secs(10));
    invoke.approved = Some(Approved {
        decision: None,
        run_id: "run-1".into(),
        session_key: world.session("main"),
    });
    let _asked = ask(&world.engine, invoke);
    let request = node.next().await;
    let params: Value = serde_json::from_str(request["paramsJSON"].as_str().unwrap()).unwrap();
    assert_eq!(
        params,
        json!({ "command": ["echo", "hi"], "runId": "run-1" }),
        "no person approved it: the node's own rules decide"
    );
    tokio::time::advance(std::time::Duration::from_secs(71)).await;
    hears(&world, &node, "exec.finished", json!({ "runId": "run-1" })).await;
    assert_eq!(world.engine.nodes().tally().unbelieved, 1);
}
