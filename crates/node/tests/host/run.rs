//! `system.run` and what belongs to it.

use serde_json::{Value, json};

use crate::gateway::Connection;
use crate::rig::{Rig, until};

/// What the gateway adds when somebody approved (D15).
fn approved(mut params: Value, hash: &Value, decision: &str) -> Value {
    params["approved"] = true.into();
    params["approvalDecision"] = decision.into();
    params["runId"] = "run".into();
    params["subjectHash"] = hash.clone();
    params
}

async fn prepare(node: &mut Connection, params: &Value) -> Value {
    node.good("system.run.prepare", params.clone()).await
}

#[tokio::test]
async fn what_was_approved_runs_and_nothing_else() {
    let (rig, mut node) = Rig::plain().await;
    let folder = rig.work("work");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("script.sh"), "echo one\n").unwrap();
    let mut params = rig.run(&["sh", "script.sh"]);
    params["cwd"] = folder.to_str().unwrap().into();

    let words = node
        .refused("system.run", params.clone(), "SYSTEM_RUN_DENIED")
        .await;
    assert_eq!(words, "SYSTEM_RUN_DENIED: approval required");
    let seen = prepare(&mut node, &params).await;
    assert_eq!(seen["subject"]["argv"], params["command"]);
    assert_eq!(
        seen["subject"]["place"],
        json!({"kind": "node", "id": node.params["device"]["id"]})
    );
    let good = approved(params.clone(), &seen["subjectHash"], "allow-once");
    let mut bare = good.clone();
    bare.as_object_mut().unwrap().remove("subjectHash");
    let words = node.refused("system.run", bare, "SYSTEM_RUN_DENIED").await;
    assert!(words.contains("subjectHash"), "{words}");

    let ran = node.good("system.run", good.clone()).await;
    assert_eq!(ran["stdout"], "one\n");
    assert_eq!(
        (&ran["exitCode"], &ran["success"], &ran["timedOut"]),
        (&json!(0), &json!(true), &json!(false))
    );
    let event = node.events.last().unwrap();
    assert_eq!(event["event"], "exec.finished");
    assert_eq!(event["payload"]["runId"], "run");
    assert_eq!(event["payload"]["output"], "one\n");

    // Each part of it, changed between the question and the run (T49).
    let mut other = good.clone();
    other["command"] = json!(["sh", "script.sh", "more"]);
    node.refused("system.run", other, "SYSTEM_RUN_DENIED").await;
    let mut other = good.clone();
    other["env"]["MORE"] = "1".into();
    node.refused("system.run", other, "SYSTEM_RUN_DENIED").await;
    std::fs::write(folder.join("script.sh"), "echo two\n").unwrap();
    node.refused("system.run", good.clone(), "SYSTEM_RUN_DENIED")
        .await;
    std::fs::write(folder.join("script.sh"), "echo one\n").unwrap();
    node.good("system.run", good.clone()).await;
    std::fs::rename(&folder, rig.work("moved")).unwrap();
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("script.sh"), "echo one\n").unwrap();
    node.refused("system.run", good, "SYSTEM_RUN_DENIED").await;
    assert_eq!(node.events.last().unwrap()["event"], "exec.denied");
    rig.stopped().await;
}

#[tokio::test]
async fn both_gates_must_open() {
    let (rig, mut node) = Rig::plain().await;
    let params = rig.run(&["echo", "hi"]);
    let seen = prepare(&mut node, &params).await;
    let good = approved(params.clone(), &seen["subjectHash"], "allow-once");
    for rules in [
        json!({"version": 1, "defaults": {"security": "deny"}}),
        json!({"version": 1, "defaults": {"ask": "off"}}),
        json!({"version": 1, "agents": {"main": {"security": "deny"}}, "defaults": {"security": "full"}}),
        json!({"version": 7}),
    ] {
        rig.rules(&rules);
        node.refused("system.run", good.clone(), "SYSTEM_RUN_DENIED")
            .await;
    }
    rig.rules(&json!({"version": 1, "defaults": {"security": "full"}}));
    assert_eq!(
        node.good("system.run", params.clone()).await["stdout"],
        "hi\n"
    );
    rig.rules(&json!({"version": 1, "defaults": {"security": "full", "ask": "always"}}));
    node.refused("system.run", params, "SYSTEM_RUN_DENIED")
        .await;
    node.good("system.run", good).await;
    rig.stopped().await;
}

#[tokio::test]
async fn what_is_allowed_always_needs_no_question_again_unless_it_is_a_shell() {
    let (rig, mut node) = Rig::plain().await;
    let params = json!({"command": ["uname", "-s"]});
    let seen = prepare(&mut node, &params).await;
    let good = approved(params.clone(), &seen["subjectHash"], "allow-always");
    node.good("system.run", good).await;
    assert_eq!(node.good("system.run", params).await["stdout"], "Linux\n");
    node.refused(
        "system.run",
        json!({"command": ["uname", "-a"]}),
        "SYSTEM_RUN_DENIED",
    )
    .await;
    let rules = node.good("system.execApprovals.get", json!({})).await;
    assert_eq!(
        rules["file"]["agents"]["main"]["allowlist"]
            .as_array()
            .unwrap()
            .len(),
        1
    );

    let shell = json!({"command": ["sh", "-c", "echo hi"]});
    let seen = prepare(&mut node, &shell).await;
    let good = approved(shell.clone(), &seen["subjectHash"], "allow-always");
    assert_eq!(node.good("system.run", good).await["stdout"], "hi\n");
    node.refused("system.run", shell, "SYSTEM_RUN_DENIED").await;
    rig.stopped().await;
}

#[tokio::test]
async fn a_program_ends_at_its_time_with_all_that_it_started() {
    let (rig, mut node) = Rig::plain().await;
    rig.rules(&json!({"version": 1, "defaults": {"security": "full"}}));
    let stubborn = "trap '' TERM; setsid -f sleep 600; nohup sleep 600 >/dev/null 2>&1 & echo begun; sleep 600";
    let mut params = rig.run(&["bash", "-c", stubborn]);
    params["timeoutMs"] = 700.into();
    let ran = node.good("system.run", params.clone()).await;
    assert_eq!(ran["stdout"], "begun\n");
    assert_eq!(
        (&ran["timedOut"], &ran["success"], &ran["exitCode"]),
        (&json!(true), &json!(false), &Value::Null)
    );
    assert_eq!(rig.alive(), 0);

    // The gateway's time is over before the program's own.
    params["timeoutMs"] = 600_000.into();
    node.ask("system.run", params, 4_000).await;
    let result = node.result().await.unwrap();
    assert_eq!(result["payload"]["timedOut"], true, "{result}");
    assert_eq!(rig.alive(), 0);
    rig.stopped().await;
}

#[tokio::test]
async fn nothing_lives_after_its_connection() {
    let (rig, mut node) = Rig::plain().await;
    rig.rules(&json!({"version": 1, "defaults": {"security": "full"}}));
    let sleeper = rig.run(&["bash", "-c", "setsid -f sleep 600; sleep 600"]);
    node.ask("system.run", sleeper.clone(), 60_000).await;
    until(|| rig.alive() >= 2).await;
    drop(node);
    until(|| rig.alive() == 0).await;

    // It comes back, and then is stopped itself: the command is answered.
    let mut node = rig.gateway.node().await;
    node.ask("system.run", sleeper, 60_000).await;
    until(|| rig.alive() >= 2).await;
    rig.stop.cancel();
    let result = node.result().await.unwrap();
    assert_eq!(result["error"]["code"], "CANCELLED");
    until(|| rig.alive() == 0).await;
    rig.stopped().await;
}

#[tokio::test]
async fn dangerous_variables_reach_no_program() {
    let (rig, mut node) = Rig::plain().await;
    rig.rules(&json!({"version": 1, "defaults": {"security": "full"}}));
    for name in [
        "LD_PRELOAD",
        "PATH",
        "BASH_ENV",
        "NODE_OPTIONS",
        "ld_preload",
        "A=B",
    ] {
        let params = json!({"command": ["env"], "env": {name: "x"}});
        node.refused("system.run", params, "INVALID_REQUEST").await;
    }
    let ran = node
        .good(
            "system.run",
            json!({"command": ["env"], "env": {"HARMLESS": "x"}}),
        )
        .await;
    let words = ran["stdout"].as_str().unwrap();
    assert!(
        words.contains("HARMLESS=x\n") && !words.contains("CARGO"),
        "{words}"
    );
    rig.stopped().await;
}
