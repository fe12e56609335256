//! An agent and a node: what runs there is judged here first, by what the node says it would be.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_core::approval::{Approval, Matter};
use tidegate_core::exec::{Decision, Place, Subject};
use tidegate_core::policy::Action;
use tidegate_core::principal::{Principal, PrincipalId, ScopeSet};
use tidegate_core::{Chain, Resource, authorize};
use tidegate_protocol::api::approvals::ExecApprovalResolve;
use tidegate_protocol::{Method, Role};

use crate::node_world::{Node, linux};
use crate::tools::{Scene, scene, subject};

const PREPARES: &[&str] = &["system.run", "system.run.prepare", "system.which"];
const OLD: &[&str] = &["system.run", "system.which"];

fn on_node(command: &str, params: &Value) -> (&'static str, Value) {
    let arguments = json!({ "do": "node", "command": command, "params": params });
    ("bench", arguments)
}

fn date() -> (&'static str, Value) {
    on_node("system.run", &json!({ "command": ["date"] }))
}

/// What would run on the node, as it says itself.
fn there() -> Subject {
    Subject {
        place: Place::Node("n-0001".into()),
        ..subject()
    }
}

fn prepared(subject: &Subject) -> Value {
    json!({ "subjectHash": subject.hash().to_string(), "subject": subject })
}

fn node(scene: &Scene, commands: &[&str]) -> Node {
    Node::join_as(&scene.world.engine, "n-0001", "c1", linux(commands))
}

/// The command that waits for a person.
async fn asked(scene: &Scene) -> Approval {
    let engine = &scene.world.engine;
    let waiting = async {
        loop {
            if let Some(one) = engine.approvals().open().await.unwrap().pop() {
                return one;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let asked = tokio::time::timeout(Duration::from_mins(1), waiting).await;
    asked.expect("nobody was asked")
}

async fn decide(scene: &Scene, id: &str, decision: Decision) {
    let owner = Chain::of(Principal {
        id: PrincipalId::Owner,
        role: Role::Operator,
        scopes: ScopeSet::all(),
    });
    let action = Action::Call(&ExecApprovalResolve::SPEC);
    let permit = authorize(&owner, action, &Resource::Gateway).unwrap();
    let approvals = scene.world.engine.approvals();
    approvals
        .resolve(&permit, None, id, decision)
        .await
        .unwrap();
}

fn params(request: &Value) -> Value {
    serde_json::from_str(request["paramsJSON"].as_str().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_the_node_prepared_is_what_a_person_allows_and_what_runs() {
    let scene = scene(vec![date()]).await;
    let mut node = node(&scene, PREPARES);
    let run = scene.world.say("go").await;
    let request = node.next().await;
    assert_eq!(request["command"], "system.run.prepare");
    assert_eq!(params(&request), json!({ "command": ["date"] }));
    node.answer(&request["id"], prepared(&there()));
    let question = asked(&scene).await;
    let shown = Matter::Subject(Box::new(there()));
    assert_eq!(question.question.matter, shown);
    assert!(node.came().is_empty(), "nothing runs before");
    decide(&scene, &question.id, Decision::AllowOnce).await;
    let request = node.next().await;
    assert_eq!(request["command"], "system.run");
    let told = params(&request);
    assert_eq!(told["approved"], true);
    assert_eq!(told["approvalDecision"], "allow-once");
    assert_eq!(told["subjectHash"], there().hash().to_string());
    let answer = json!({ "exitCode": 0, "timedOut": false, "success": true, "stdout": "noon", "stderr": "", "error": null });
    node.answer(&request["id"], answer);
    scene.world.ended(&run).await;
    let outline = scene.outline().await;
    assert!(outline[2].contains("noon"), "{outline:?}");
}

#[tokio::test(start_paused = true)]
async fn a_node_that_would_run_something_else_is_not_asked_to_run_anything() {
    let other = Subject {
        argv: vec!["reboot".into()],
        ..there()
    };
    let elsewhere = Subject {
        place: Place::Node("n-0002".into()),
        ..there()
    };
    let wrong_hash = json!({ "subjectHash": subject().hash().to_string(), "subject": there() });
    for lie in [
        prepared(&other),
        prepared(&elsewhere),
        wrong_hash,
        json!({ "subjectHash": "0".repeat(64), "subject": {} }),
    ] {
        let scene = scene(vec![date()]).await;
        let mut node = node(&scene, PREPARES);
        let run = scene.world.say("go").await;
        let request = node.next().await;
        node.answer(&request["id"], lie.clone());
        scene.world.ended(&run).await;
        let outline = scene.outline().await;
        assert!(
            outline[2].contains("did not say properly"),
            "{lie}: {outline:?}"
        );
        assert!(node.came().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_node_that_cannot_prepare_runs_what_a_person_allowed_by_its_words() {
    let scene = scene(vec![date()]).await;
    let mut node = node(&scene, OLD);
    let run = scene.world.say("go").await;
    let question = asked(&scene).await;
    assert!(matches!(question.question.matter, Matter::Words(_)));
    decide(&scene, &question.id, Decision::Deny).await;
    scene.world.ended(&run).await;
    assert!(node.came().is_empty());
    let outline = scene.outline().await;
    assert!(outline[2].contains("a person denied it"), "{outline:?}");
}

#[tokio::test(start_paused = true)]
async fn an_agent_neither_approves_nor_changes_the_rules_of_a_machine() {
    let scene = scene(vec![
        on_node(
            "system.run",
            &json!({ "command": ["date"], "approved": true }),
        ),
        on_node(
            "system.which",
            &json!({ "bins": ["ls"], "x": { "runId": "r" } }),
        ),
        on_node("system.execApprovals.set", &json!({ "file": {} })),
    ])
    .await;
    let mut node = node(&scene, PREPARES);
    let run = scene.world.say("go").await;
    scene.world.ended(&run).await;
    assert!(node.came().is_empty());
    let outline = scene.outline().await;
    assert!(
        outline[2].contains("set by the gateway alone"),
        "{outline:?}"
    );
    assert!(
        outline[3].contains("set by the gateway alone"),
        "{outline:?}"
    );
    assert!(outline[4].contains("is for people"), "{outline:?}");
}

#[tokio::test(start_paused = true)]
async fn what_the_rules_allow_is_judged_by_the_node_since_no_person_was_asked() {
    let scene = scene(vec![date()]).await;
    let rules = json!({ "version": 1, "defaults": { "security": "full", "ask": "off" } });
    let rules = serde_json::from_value(rules).unwrap();
    let approvals = scene.world.engine.approvals();
    approvals.set_rules(rules, None).await.unwrap();
    let mut node = node(&scene, PREPARES);
    let run = scene.world.say("go").await;
    let request = node.next().await;
    node.answer(&request["id"], prepared(&there()));
    let request = node.next().await;
    assert_eq!(request["command"], "system.run");
    let told = params(&request);
    assert_eq!(told["approved"], Value::Null, "{told}");
    assert_eq!(told["approvalDecision"], Value::Null, "{told}");
    assert_eq!(told["runId"], run.as_str());
    assert_eq!(told["subjectHash"], there().hash().to_string());
    node.leave();
    scene.world.ended(&run).await;
}
