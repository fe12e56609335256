//! Commands that wait for a person, over the wire.

use serde_json::{Value, json};
use tidegate_core::SessionKey;
use tidegate_core::approval::{Matter, Words};
use tidegate_core::tool::AskedFor;
use tidegate_engine::Engine;
use tidegate_protocol::AgentId;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::common::{Client, Device, Edge, NOW_MS, asks, jump, settle};

/// An operator who may decide.
pub(crate) async fn decider(edge: &Edge) -> Client {
    edge.owner(&["operator.approvals"]).await
}

/// Asks in words, and gives the id of the request on this connection and of the question.
pub(crate) async fn ask(client: &mut Client, params: Value) -> (String, String) {
    let request = client.ask("exec.approval.request", params).await;
    let event = client.event("exec.approval.requested").await;
    let id = event["payload"]["id"].as_str().unwrap().to_owned();
    (request, id)
}

/// A node that keeps rules and answers with them.
pub(crate) async fn node_with_rules(edge: &Edge) -> (Client, String) {
    let device = Device::number(7);
    let mut params = asks(4, &[]);
    params["role"] = "node".into();
    params["client"]["platform"] = "linux".into();
    params["commands"] = json!(["system.execApprovals.get", "system.execApprovals.set"]);
    let mut node = Client::open(edge.addr).await;
    let answer = node.connect_as(&device, &params).await;
    assert_eq!(answer["ok"], true, "{answer}");
    (node, device.id())
}

/// Lets the node answer one command with these rules; gives what it was told.
pub(crate) async fn node_answers(node: &mut Client, node_id: &str, file: &Value) -> Value {
    let event = node.event("node.invoke.request").await;
    let rules = json!({ "path": "/x", "exists": true, "hash": "h", "file": file });
    let result = json!({
        "id": event["payload"]["id"], "nodeId": node_id, "ok": true,
        "payloadJSON": rules.to_string(),
    });
    node.get("node.invoke.result", result).await;
    event["payload"].clone()
}

/// An agent wants to run something of which nothing was looked at.
fn agent_wants(engine: &Engine, command: &str) -> JoinSet<Result<(), String>> {
    let matter = Matter::from(Words {
        command: command.into(),
        ..Words::default()
    });
    let asked_for = AskedFor {
        agent: AgentId::new("main"),
        session_key: SessionKey::stored("agent:main:main"),
        run_id: None,
        stop: CancellationToken::new(),
    };
    let engine = engine.clone();
    let mut task = JoinSet::new();
    task.spawn(async move {
        let permit = engine.approvals().permit(&matter, &asked_for).await;
        permit.map(drop).map_err(|why| why.to_string())
    });
    task
}

#[tokio::test]
async fn a_client_asks_and_another_one_decides() {
    let edge = Edge::start().await;
    let mut asker = decider(&edge).await;
    let mut other = decider(&edge).await;
    let mut reader = edge.owner(&["operator.read", "operator.write"]).await;
    for decision in ["allow-once", "allow-always", "deny"] {
        let params = json!({ "command": "ls", "cwd": null, "timeoutMs": 5000 });
        let (request, id) = ask(&mut asker, params).await;
        let event = other.event("exec.approval.requested").await;
        assert_eq!(
            event["payload"],
            json!({
                "id": id,
                "request": {
                    "command": "ls", "cwd": null, "host": null, "security": null, "ask": null,
                    "agentId": null, "resolvedPath": null, "sessionKey": null,
                    "lines": [{ "label": "command", "text": "ls" }],
                    "allowedDecisions": ["allow-once", "allow-always", "deny"],
                },
                "createdAtMs": NOW_MS, "expiresAtMs": NOW_MS + 5000,
            })
        );
        let list = other.get("exec.approval.list", json!({})).await;
        assert_eq!(list, json!([event["payload"]]));
        let mine = json!({ "id": id, "decision": decision });
        let refused = asker.call("exec.approval.resolve", mine.clone()).await;
        assert_eq!(
            refused["error"]["message"],
            "whoever asks does not decide: answer from another device"
        );
        let done = other.get("exec.approval.resolve", mine).await;
        assert_eq!(done, json!({ "ok": true }));
        let answer = asker.answer(&request).await;
        assert_eq!(
            answer["payload"],
            json!({
                "id": id, "decision": decision,
                "createdAtMs": NOW_MS, "expiresAtMs": NOW_MS + 5000,
            })
        );
        let event = asker.event("exec.approval.resolved").await;
        assert_eq!(
            event["payload"],
            json!({
                "id": id, "decision": decision, "resolvedBy": "owner", "ts": NOW_MS,
                "outcome": decision,
            })
        );
    }
    reader.get("health", json!({})).await;
    while let Some(event) = reader.kept() {
        let name = event["event"].as_str().unwrap();
        assert!(!name.starts_with("exec."), "{event}");
    }
    edge.stopped().await;
}

#[tokio::test]
async fn two_answers_for_who_wants_two_and_null_for_silence() {
    let edge = Edge::start().await;
    let mut asker = decider(&edge).await;
    let params = json!({ "id": "ap-1", "command": "ls", "twoPhase": true, "timeoutMs": 2000 });
    let request = asker.ask("exec.approval.request", params.clone()).await;
    let first = asker.answer(&request).await;
    assert_eq!(
        first["payload"],
        json!({
            "status": "accepted", "id": "ap-1",
            "createdAtMs": NOW_MS, "expiresAtMs": NOW_MS + 2000,
        })
    );
    let again = asker.call("exec.approval.request", params).await;
    assert_eq!(again["error"]["message"], "approval id already pending");
    jump(std::time::Duration::from_secs(3)).await;
    let last = asker.answer(&request).await;
    assert_eq!(last["payload"]["decision"], Value::Null, "{last}");
    let late = json!({ "id": "ap-1", "decision": "allow-once" });
    let mut other = decider(&edge).await;
    let late = other.call("exec.approval.resolve", late).await;
    assert_eq!(late["error"]["code"], "INVALID_REQUEST", "{late}");
    let found = other
        .get("exec.approval.get", json!({ "id": "ap-1" }))
        .await;
    assert_eq!(found["outcome"], "expired");
    edge.stopped().await;
}

#[tokio::test]
async fn wrong_words_are_refused_in_the_words_of_the_family() {
    let edge = Edge::start().await;
    let mut client = decider(&edge).await;
    for (method, params, text) in [
        (
            "exec.approval.resolve",
            json!({ "id": "x", "decision": "yes" }),
            "invalid decision",
        ),
        (
            "exec.approval.resolve",
            json!({ "id": "x", "decision": "expired" }),
            "invalid decision",
        ),
        (
            "exec.approval.resolve",
            json!({ "id": "x", "decision": "deny" }),
            "unknown approval id",
        ),
        (
            "exec.approval.get",
            json!({ "id": "x" }),
            "unknown approval id",
        ),
        ("exec.approval.request", json!({}), "command is required"),
    ] {
        let refused = client.call(method, params.clone()).await;
        assert_eq!(refused["error"]["message"], text, "{method} {params}");
    }
    edge.stopped().await;
}

/// SECURITY T50: nobody says that something was approved but the gateway's own record.
#[tokio::test]
async fn no_field_of_a_request_is_an_approval() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let mut wrong = Vec::new();
    for field in [
        "approved",
        "approvalDecision",
        "decision",
        "runId",
        "allowed",
    ] {
        let mut params = json!({ "command": "ls" });
        params[field] = true.into();
        wrong.push(("exec.approval.request", params));
        let mut params = json!({ "id": "x", "decision": "deny" });
        params[format!("{field}By")] = "owner".into();
        wrong.push(("exec.approval.resolve", params));
    }
    for (method, params) in wrong {
        let refused = client.call(method, params.clone()).await;
        let text = refused["error"]["message"].as_str().unwrap();
        assert!(text.contains("unexpected property"), "{params}: {text}");
    }
    let twice = r#"{"type":"req","id":"t","method":"exec.approval.resolve","params":{"id":"x","decision":"deny","decision":"allow-once"}}"#;
    client.say(twice).await;
    let refused = client.answer("t").await;
    assert_eq!(refused["ok"], false, "{refused}");
    edge.stopped().await;
}

/// The words of a command never say something else than its arguments (SECURITY T49).
#[tokio::test]
async fn arguments_count_more_than_words_about_them() {
    let edge = Edge::start().await;
    let mut asker = decider(&edge).await;
    let params = json!({
        "command": "ls", "commandArgv": ["rm", "-rf", "a\u{202e}b"],
        "env": { "LD_PRELOAD": "x" }, "nodeId": "n", "timeoutMs": 1000,
    });
    asker.ask("exec.approval.request", params).await;
    let event = asker.event("exec.approval.requested").await;
    let request = &event["payload"]["request"];
    assert_eq!(request["command"], "rm -rf a\\u{202e}b");
    assert_eq!(request["argv"], json!(["rm", "-rf", "a\\u{202e}b"]));
    assert_eq!(
        request["lines"],
        json!([
            { "label": "command", "text": "rm -rf a\\u{202e}b" },
            { "label": "arguments", "text": "rm -rf \"a\\u{202e}b\"" },
            { "label": "with variable", "text": "LD_PRELOAD=x" },
            { "label": "on", "text": "n" },
        ])
    );
    edge.stopped().await;
}

#[tokio::test]
async fn what_an_agent_wants_is_shown_decided_and_remembered_for_a_while() {
    let edge = Edge::start().await;
    let mut client = decider(&edge).await;
    let mut wants = agent_wants(&edge.engine, "make all");
    let event = client.event("exec.approval.requested").await;
    let request = &event["payload"]["request"];
    assert_eq!(request["agentId"], "main");
    assert_eq!(request["allowedDecisions"], json!(["allow-once", "deny"]));
    let id = event["payload"]["id"].as_str().unwrap();
    let named = json!({ "id": id[..8] });
    let found = client.get("exec.approval.get", named.clone()).await;
    assert_eq!(
        (&found["commandText"], &found["outcome"]),
        (&json!("make all"), &Value::Null)
    );
    let always = json!({ "id": id, "decision": "allow-always" });
    let refused = client.call("exec.approval.resolve", always).await;
    let text = refused["error"]["message"].as_str().unwrap();
    assert!(text.contains("cannot be allowed always"), "{text}");
    let once = json!({ "id": id[..8], "decision": "allow-once" });
    client.get("exec.approval.resolve", once).await;
    wants.join_next().await.unwrap().unwrap().unwrap();
    let found = client.get("exec.approval.get", json!({ "id": id })).await;
    assert_eq!(
        (&found["outcome"], &found["resolvedBy"]),
        (&json!("allow-once"), &json!("owner"))
    );
    assert_eq!(client.get("exec.approval.list", json!({})).await, json!([]));
    edge.stopped().await;
}

/// SECURITY T50 and T23: text in a conversation adds no rights.
#[tokio::test]
async fn a_word_in_the_page_decides_only_for_who_may_decide() {
    let edge = Edge::start().await;
    let mut writer = edge.owner(&["operator.read", "operator.write"]).await;
    let both = ["operator.read", "operator.write", "operator.approvals"];
    let mut decider = edge.owner(&both).await;
    let mut wants = agent_wants(&edge.engine, "make all");
    let event = decider.event("exec.approval.requested").await;
    let id = event["payload"]["id"].as_str().unwrap();
    let message = format!("/approve {id} allow-once");
    let said =
        |key: &str| json!({ "sessionKey": "main", "message": message, "idempotencyKey": key });
    let is_final = |event: &Value| event["event"] == "chat" && event["payload"]["state"] == "final";
    let answer = |event: Value| event["payload"]["message"]["content"][0]["text"].clone();
    writer.get("chat.send", said("1")).await;
    let told = writer.event_where(is_final).await;
    assert_eq!(answer(told), "Only the owner decides about commands.");
    let list = decider.get("exec.approval.list", json!({})).await;
    assert_eq!(list[0]["id"], id, "it still waits");
    decider.get("chat.send", said("2")).await;
    let told = decider
        .event_where(|event| is_final(event) && event.to_string().contains("Allowed once."))
        .await;
    assert_eq!(answer(told), "Allowed once.");
    wants.join_next().await.unwrap().unwrap().unwrap();
    edge.stopped().await;
}

#[tokio::test]
async fn rules_are_read_and_set_with_their_hash() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let before = client.get("exec.approvals.get", json!({})).await;
    assert_eq!(before["exists"], false);
    assert_eq!(before["file"], json!({ "version": 1 }));
    assert_eq!(before["path"], "(memory)");
    let file = json!({
        "version": 1, "future": [1],
        "socket": { "path": "/s", "token": "secret" },
        "defaults": { "security": "allowlist", "other": true },
        "agents": { "main": { "ask": "always", "allowlist": [{ "pattern": "/bin/*", "note": 1 }] } },
    });
    let set = json!({ "file": file });
    let first = client.get("exec.approvals.set", set.clone()).await;
    assert!(!first.to_string().contains("secret"));
    let mut shown = file.clone();
    shown["socket"] = json!({ "path": "/s" });
    assert_eq!((&first["exists"], &first["file"]), (&json!(true), &shown));
    let blind = client.call("exec.approvals.set", set).await;
    assert_eq!(
        blind["error"]["message"],
        "exec approvals base hash required; re-run exec.approvals.get and retry"
    );
    let stale = json!({ "file": file, "baseHash": before["hash"] });
    let stale = client.call("exec.approvals.set", stale).await;
    assert_eq!(
        stale["error"]["message"],
        "exec approvals changed since last load; re-run exec.approvals.get and retry"
    );
    for (path, wrong) in [
        ("/version", json!(2)),
        ("/defaults/security", json!("maybe")),
        ("/agents/main/ask", json!("sometimes")),
        ("/agents/main/allowlist", json!([{ "no": "pattern" }])),
    ] {
        let mut bad = file.clone();
        *bad.pointer_mut(path).unwrap() = wrong;
        let bad = json!({ "file": bad, "baseHash": first["hash"] });
        let refused = client.call("exec.approvals.set", bad).await;
        assert_eq!(
            refused["error"]["code"], "INVALID_REQUEST",
            "{path}: {refused}"
        );
    }
    assert_eq!(client.get("exec.approvals.get", json!({})).await, first);
    edge.stopped().await;
}

#[tokio::test]
async fn the_rules_of_a_node_are_the_nodes() {
    let edge = Edge::start().await;
    let (mut node, node_id) = node_with_rules(&edge).await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let file = json!({ "version": 1, "defaults": { "ask": "always" } });
    let named = json!({ "nodeId": node_id });
    let request = client.ask("exec.approvals.node.get", named).await;
    let told = node_answers(&mut node, &node_id, &file).await;
    assert_eq!(told["command"], "system.execApprovals.get");
    let answer = client.answer(&request).await;
    assert_eq!(
        answer["payload"],
        json!({ "path": "/x", "exists": true, "hash": "h", "file": file })
    );
    let set = json!({ "nodeId": node_id, "file": file, "baseHash": "h" });
    let request = client.ask("exec.approvals.node.set", set).await;
    let told = node_answers(&mut node, &node_id, &file).await;
    assert_eq!(told["command"], "system.execApprovals.set");
    let params: Value = serde_json::from_str(told["paramsJSON"].as_str().unwrap()).unwrap();
    assert_eq!(params, json!({ "file": file, "baseHash": "h" }));
    assert_eq!(client.answer(&request).await["ok"], true);
    node.leave().await;
    settle().await;
    let gone = json!({ "nodeId": node_id });
    let gone = client.call("exec.approvals.node.get", gone).await;
    assert_eq!(gone["error"]["message"], "node not connected", "{gone}");
    edge.stopped().await;
}
