//! Commands of nodes: each ends once, whoever comes, goes or lies.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_core::exec::Decision;
use tidegate_core::node::{CallEnding, NodeFacts, NotAllowed};
use tidegate_engine::{Approved, DEFAULT_TIMEOUT, Invoked, NodeError, PARAMS_BYTES};
use tidegate_protocol::DeviceId;
use tidegate_store::MemoryStore;

use crate::devices::owner;
use crate::node_world::{Node, ask, done, ending, found, linux, which};
use crate::world::{Plan, settle};

fn answered() -> CallEnding {
    CallEnding::Answered {
        payload: found(),
        payload_json: None,
    }
}

#[tokio::test(start_paused = true)]
async fn the_answer_of_the_node_ends_its_command() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let asked = ask(&world.engine, which("n", "k"));
    let request = node.next().await;
    assert_eq!(request["nodeId"], "n");
    assert_eq!(request["command"], "system.which");
    assert_eq!(request["paramsJSON"], "{\"bins\":[\"ls\"]}");
    assert_eq!(request["idempotencyKey"], "k");
    assert!(request.get("timeoutMs").is_none(), "{request}");
    assert!(node.answer(&request["id"], found()));
    assert_eq!(ending(asked.await.unwrap()), answered());
    assert!(!node.answer(&request["id"], found()), "a second answer");
    assert_eq!(world.engine.nodes().tally().late, 1);
}

#[tokio::test(start_paused = true)]
async fn a_command_ends_with_its_time_and_a_late_answer_is_counted() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let before = tokio::time::Instant::now();
    let asked = ask(&world.engine, which("n", "k"));
    let request = node.next().await;
    assert_eq!(ending(asked.await.unwrap()), CallEnding::TimedOut);
    assert_eq!(before.elapsed().as_secs(), DEFAULT_TIMEOUT.as_secs());
    assert!(!node.answer(&request["id"], found()));
    assert_eq!(world.engine.nodes().tally().late, 1);
    let mut short = which("n", "k2");
    short.timeout = Some(Duration::from_secs(2));
    let asked = ask(&world.engine, short);
    assert_eq!(node.next().await["timeoutMs"], 2_000);
    assert_eq!(ending(asked.await.unwrap()), CallEnding::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_connection_ends_its_commands_at_once() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let before = tokio::time::Instant::now();
    let asked: Vec<_> = ["a", "b", "c"]
        .map(|key| ask(&world.engine, which("n", key)))
        .into();
    for _ in 0..3 {
        node.next().await;
    }
    node.leave();
    for one in asked {
        assert_eq!(ending(one.await.unwrap()), CallEnding::Disconnected);
    }
    assert!(before.elapsed() < Duration::from_secs(1));
    let refused = world.engine.nodes().invoke(which("n", "d")).await;
    assert!(
        matches!(refused, Err(NodeError::NotConnected)),
        "{refused:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_replaced_connection_never_unregisters_its_successor() {
    let world = Plan::default().start().await;
    let mut old = Node::join(&world.engine, "n", "c1");
    let first = ask(&world.engine, which("n", "a"));
    let at_old = old.next().await;
    let mut new = Node::join(&world.engine, "n", "c2");
    let second = ask(&world.engine, which("n", "b"));
    let at_new = new.next().await;
    assert!(old.came().is_empty(), "commands go to the newest");
    // Neither can answer for the other.
    assert!(!new.answer(&at_old["id"], found()));
    assert!(!old.answer(&at_new["id"], found()));
    assert_eq!(world.engine.nodes().tally().foreign, 2);
    old.leave();
    assert_eq!(ending(first.await.unwrap()), CallEnding::Disconnected);
    assert!(new.answer(&at_new["id"], found()));
    assert_eq!(ending(second.await.unwrap()), answered());
    let third = ask(&world.engine, which("n", "c"));
    let request = new.next().await;
    assert!(new.answer(&request["id"], found()));
    assert_eq!(ending(third.await.unwrap()), answered());
    assert_eq!(world.engine.nodes().connected(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_old_connection_still_answers_what_it_was_sent() {
    let world = Plan::default().start().await;
    let mut old = Node::join(&world.engine, "n", "c1");
    let asked = ask(&world.engine, which("n", "a"));
    let request = old.next().await;
    let _new = Node::join(&world.engine, "n", "c2");
    assert!(old.answer(&request["id"], found()));
    assert_eq!(ending(asked.await.unwrap()), answered());
}

#[tokio::test(start_paused = true)]
async fn another_node_cannot_answer() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let other = Node::join(&world.engine, "m", "c2");
    let asked = ask(&world.engine, which("n", "k"));
    let request = node.next().await;
    let id = request["id"].as_str().unwrap();
    assert!(!other.answer(&request["id"], json!({ "bins": { "ls": "/evil" } })));
    let forged = done(id, json!({ "bins": {} }));
    assert!(!world.engine.nodes().answer(&other.conn, &node.id, forged));
    assert_eq!(world.engine.nodes().tally().foreign, 2);
    assert!(node.answer(&request["id"], found()));
    assert_eq!(ending(asked.await.unwrap()), answered());
    // Before it was ever asked, and after.
    assert!(!node.answer(&json!("never-asked"), found()));
    assert_eq!(world.engine.nodes().tally().late, 1);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_none_ends_it_too() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let asked = ask(&world.engine, which("n", "k"));
    let request = node.next().await;
    assert!(node.answer(&request["id"], json!({ "bins": 3 })));
    assert!(matches!(
        ending(asked.await.unwrap()),
        CallEnding::BadAnswer { .. }
    ));
    assert!(!node.answer(&request["id"], found()));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_allowed_or_not_as_declared_is_never_sent() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let nodes = world.engine.nodes();
    let mut camera = which("n", "k1");
    camera.command = "camera.snap".into();
    let refused = nodes.invoke(camera).await;
    assert!(matches!(
        refused,
        Err(NodeError::NotAllowed { reason: NotAllowed::NotListed, ref command }) if command == "camera.snap"
    ));
    let mut canvas = which("n", "k2");
    canvas.command = "canvas.hide".into();
    let refused = nodes.invoke(canvas).await;
    assert!(matches!(
        refused,
        Err(NodeError::NotAllowed {
            reason: NotAllowed::NotDeclared,
            ..
        })
    ));
    let bad = [
        json!({}),
        Value::Null,
        json!({ "bins": [], "more": 1 }),
        json!({ "bins": ["x".repeat(PARAMS_BYTES)] }),
        json!({ "bins": [], "approved": true }),
    ];
    for (number, params) in bad.into_iter().enumerate() {
        let mut invoke = which("n", &format!("bad{number}"));
        invoke.params = params;
        let refused = nodes.invoke(invoke).await;
        assert!(
            matches!(refused, Err(NodeError::Invalid(_))),
            "{number}: {refused:?}"
        );
    }
    settle().await;
    assert!(node.came().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_caller_never_brings_an_approval_and_the_gateway_writes_it_once() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let run = |key: &str, params: Value| {
        let mut invoke = which("n", key);
        invoke.command = "system.run".into();
        invoke.params = params;
        invoke
    };
    for (number, params) in [
        json!({ "command": ["ls"], "approved": true }),
        json!({ "command": ["ls"], "approvalDecision": "allow-once" }),
        json!({ "command": ["ls"], "runId": "r" }),
        json!({ "command": ["ls"], "env": { "approved": "1" } }),
    ]
    .into_iter()
    .enumerate()
    {
        let invoke = run(&format!("no{number}"), params);
        let refused = world.engine.nodes().invoke(invoke).await;
        assert!(matches!(refused, Err(NodeError::Invalid(_))), "{refused:?}");
    }
    let plain = ask(&world.engine, run("plain", json!({ "command": ["ls"] })));
    let request = node.next().await;
    assert_eq!(request["paramsJSON"], "{\"command\":[\"ls\"]}");
    node.answer(&request["id"], Value::Null);
    assert!(matches!(
        ending(plain.await.unwrap()),
        CallEnding::BadAnswer { .. }
    ));
    let approved = |decision| {
        Some(Approved {
            decision: Some(decision),
            run_id: "run-1".into(),
            session_key: world.session("main"),
        })
    };
    let mut invoke = run("yes", json!({ "command": ["ls"] }));
    invoke.approved = approved(Decision::AllowOnce);
    let asked = ask(&world.engine, invoke);
    let request = node.next().await;
    let params: Value = serde_json::from_str(request["paramsJSON"].as_str().unwrap()).unwrap();
    assert_eq!(
        params,
        json!({ "command": ["ls"], "approved": true, "approvalDecision": "allow-once", "runId": "run-1" })
    );
    let mut denied = run("deny", json!({ "command": ["ls"] }));
    denied.approved = approved(Decision::Deny);
    let refused = world.engine.nodes().invoke(denied).await;
    assert!(matches!(refused, Err(NodeError::Invalid(_))));
    node.leave();
    assert_eq!(ending(asked.await.unwrap()), CallEnding::Disconnected);
}

#[tokio::test(start_paused = true)]
async fn the_same_request_again_is_sent_once_and_told_the_same() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let first = ask(&world.engine, which("n", "k"));
    let request = node.next().await;
    let again = ask(&world.engine, which("n", "k"));
    settle().await;
    let mut other = which("n", "k");
    other.once.params_hash = "other".into();
    let refused = world.engine.nodes().invoke(other.clone()).await;
    assert!(matches!(refused, Err(NodeError::KeyReused)));
    node.answer(&request["id"], found());
    assert_eq!(ending(first.await.unwrap()), answered());
    assert_eq!(ending(again.await.unwrap()), answered());
    let later = world.engine.nodes().invoke(which("n", "k")).await;
    assert_eq!(ending(later), answered());
    let refused = world.engine.nodes().invoke(other).await;
    assert!(matches!(refused, Err(NodeError::KeyReused)));
    // The key is the caller's own.
    let mut mine = which("n", "k");
    mine.once.principal = "device:d".into();
    let third = ask(&world.engine, mine);
    let request = node.next().await;
    node.answer(&request["id"], found());
    assert_eq!(ending(third.await.unwrap()), answered());
    assert!(node.came().is_empty());
    node.leave();
    let gone = world.engine.nodes().invoke(which("n", "k")).await;
    assert_eq!(ending(gone), answered(), "also when the node has gone");
}

#[tokio::test(start_paused = true)]
async fn a_large_answer_is_told_and_not_kept() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let asked = ask(&world.engine, which("n", "k"));
    let request = node.next().await;
    let large = json!({ "bins": { "ls": "x".repeat(100_000) } });
    node.answer(&request["id"], large);
    assert!(matches!(
        ending(asked.await.unwrap()),
        CallEnding::Answered { .. }
    ));
    let again = world.engine.nodes().invoke(which("n", "k")).await;
    assert_eq!(ending(again), CallEnding::NotKept);
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_ends_nothing_and_one_that_gives_up_does() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let asked = ask(&world.engine, which("n", "k"));
    let request = node.next().await;
    asked.abort();
    settle().await;
    assert!(node.answer(&request["id"], found()));
    settle().await;
    let told = world.engine.nodes().invoke(which("n", "k")).await;
    assert_eq!(ending(told), answered());
    let invoke = which("n", "k2");
    let cancel = invoke.cancel.clone();
    let asked = ask(&world.engine, invoke);
    let request = node.next().await;
    cancel.cancel();
    assert_eq!(ending(asked.await.unwrap()), CallEnding::Cancelled);
    assert!(!node.answer(&request["id"], found()));
}

#[tokio::test(start_paused = true)]
async fn a_node_is_at_work_on_so_much_and_a_slow_one_takes_nothing() {
    let world = Plan::default().start().await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let asked: Vec<_> = (0..40)
        .map(|number| ask(&world.engine, which("n", &format!("k{number}"))))
        .collect();
    settle().await;
    let came = node.came();
    assert_eq!(came.len(), 32);
    for request in &came {
        assert!(node.answer(&request["id"], found()));
    }
    let (mut good, mut busy) = (0, 0);
    for one in asked {
        match one.await.unwrap() {
            Ok(Invoked::Ended(_)) => good += 1,
            Err(NodeError::Busy(_)) => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((good, busy), (32, 8));
    node.busy.store(true, Ordering::Relaxed);
    let slow = world.engine.nodes().invoke(which("n", "slow")).await;
    assert!(matches!(ending(slow), CallEnding::Failed { code: Some(code), .. } if code == "BUSY"));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_gateway_ends_what_nodes_are_at() {
    let store = Arc::new(MemoryStore::new());
    let world = Plan::default().start_on(Arc::clone(&store)).await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let mut long = which("n", "k");
    long.timeout = Some(Duration::from_mins(10));
    let asked = ask(&world.engine, long);
    node.next().await;
    world.engine.drain(Duration::from_secs(5)).await;
    assert_eq!(ending(asked.await.unwrap()), CallEnding::Interrupted);
    let refused = world.engine.nodes().invoke(which("n", "k2")).await;
    assert!(matches!(refused, Err(NodeError::NotConnected)));
}

#[tokio::test(start_paused = true)]
async fn after_a_crash_a_repetition_is_told_that_it_was_interrupted() {
    let store = Arc::new(MemoryStore::new());
    let world = Plan::default().start_on(Arc::clone(&store)).await;
    let mut node = Node::join(&world.engine, "n", "c1");
    let asked = ask(&world.engine, which("n", "k"));
    node.next().await;
    // The state as it is on disk at this moment, in another life.
    asked.abort();
    let next = Plan::default().start_on(store).await;
    let mut node = Node::join(&next.engine, "n", "c1");
    let told = next.engine.nodes().invoke(which("n", "k")).await;
    assert_eq!(ending(told), CallEnding::Interrupted);
    settle().await;
    assert!(node.came().is_empty(), "it is not done again");
}

#[tokio::test(start_paused = true)]
async fn foreign_commands_pass_when_they_are_listed_and_facts_are_shown() {
    let world = Plan::default().start().await;
    let facts = NodeFacts {
        caps: NodeFacts::words(["b".to_owned(), "a".to_owned(), "b ".to_owned()]),
        ..linux(&["their.own", "camera.snap", "system.which"])
    };
    let _node = Node::join_as(&world.engine, "n", "c1", facts);
    let nodes = world.engine.nodes();
    let view = nodes.view("n").await.unwrap().unwrap();
    assert_eq!(view.commands, ["system.which"]);
    assert_eq!(view.blocked, ["camera.snap", "their.own"]);
    assert_eq!(Vec::from_iter(view.facts.caps), ["a", "b"]);
    assert!(!view.paired && view.connected_at_ms.is_some());
    nodes.rename(&owner(), "n", " Kitchen ").await.unwrap();
    let list = nodes.list().await.unwrap();
    assert_eq!(list[0].facts.display_name.as_deref(), Some("Kitchen"));
    assert!(nodes.rename(&owner(), "m", "x").await.is_err());
    assert!(nodes.rename(&owner(), "n", "  ").await.is_err());
    assert_eq!(DeviceId::new("n").as_str(), list[0].id);
}
