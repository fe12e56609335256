//! What the gateway really sends, held against the schema that it publishes: every answer of every
//! method and every event, and nothing in them that the catalog does not declare.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jsonschema::Validator;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tidegate_core::run::FailureKind;
use tidegate_protocol::catalog::{visit_all, visit_all_events};
use tidegate_protocol::{Event, EventVisitor, Method, MethodVisitor, schema};

use crate::approvals;
use crate::common::{Client, Device, Edge, Paper, Setup, Step, asks, networks, settle};
use crate::devices;

/// One published shape.
struct Shape {
    validator: Validator,
    /// Decodes and encodes.
    through: fn(&Value) -> Result<Value, serde_json::Error>,
}

impl Shape {
    fn of<T: Serialize + DeserializeOwned + schemars::JsonSchema>() -> Self {
        let validator = jsonschema::validator_for(&schema::standalone::<T>()).unwrap();
        let through =
            |value: &Value| serde_json::to_value(serde_json::from_str::<T>(&value.to_string())?);
        Self { validator, through }
    }

    fn holds(&self, what: &str, payload: &Value) {
        if let Err(error) = self.validator.validate(payload) {
            panic!("{what}: at {}: {error}\n{payload}", error.instance_path());
        }
        let through = (self.through)(payload).unwrap();
        assert_eq!(through, *payload, "{what}: something is not declared");
    }
}

#[derive(Default)]
struct Shapes {
    results: BTreeMap<&'static str, Shape>,
    acks: BTreeMap<&'static str, Shape>,
    events: BTreeMap<&'static str, Shape>,
}

impl MethodVisitor for Shapes {
    fn method<M: Method>(&mut self) {
        self.results.insert(M::SPEC.name, Shape::of::<M::Result>());
        self.acks.insert(M::SPEC.name, Shape::of::<M::Ack>());
    }
}

impl EventVisitor for Shapes {
    fn event<E: Event>(&mut self) {
        self.events.insert(E::SPEC.name, Shape::of::<E::Payload>());
    }
}

fn shapes() -> Shapes {
    let mut shapes = Shapes::default();
    visit_all(&mut shapes);
    visit_all_events(&mut shapes);
    shapes
}

/// Good calls of every method, in an order in which each has something to say.
fn calls() -> Vec<(&'static str, Value)> {
    let everything = json!({
        "includeDerivedTitles": true, "includeLastMessage": true, "includeGlobal": true, "includeUnknown": true,
        "search": "hello", "agentId": "main",
    });
    vec![
        (
            "chat.send",
            json!({ "sessionKey": "notes", "message": "hello", "idempotencyKey": "c1" }),
        ),
        ("agent.wait", json!({ "runId": "c1" })),
        (
            "chat.send",
            json!({ "sessionKey": "notes", "message": "hello", "idempotencyKey": "c1" }),
        ),
        (
            "chat.send",
            json!({ "sessionKey": "notes", "message": "stop", "idempotencyKey": "c2" }),
        ),
        ("chat.abort", json!({ "sessionKey": "notes" })),
        (
            "send",
            json!({ "to": "main", "message": "news", "idempotencyKey": "s1", "mediaUrl": "https://example.com/a" }),
        ),
        (
            "sessions.patch",
            json!({ "key": "notes", "label": "Notes", "thinkingLevel": "high", "verboseLevel": "on",
            "reasoningLevel": "stream", "model": "scripted/model-1", "responseUsage": "full", "sendPolicy": "allow",
            "groupActivation": "always", "execHost": "node" }),
        ),
        ("chat.history", json!({ "sessionKey": "notes" })),
        ("chat.history", json!({ "sessionKey": "notes", "limit": 1 })),
        ("chat.history", json!({ "sessionKey": "nothing yet" })),
        ("sessions.list", everything),
        ("sessions.list", json!({})),
        (
            "sessions.preview",
            json!({ "keys": ["notes", "main", "nothing", " "] }),
        ),
        ("sessions.resolve", json!({ "label": "Notes" })),
        ("sessions.resolve", json!({ "key": "notes" })),
        (
            "system-event",
            json!({ "text": "Node: attic (10.0.0.5) · app 1 · mode ui · reason x", "lastInputSeconds": 4.0 }),
        ),
        ("system-presence", json!({})),
        ("status", json!({})),
        ("health", json!({ "probe": true })),
        ("last-heartbeat", json!({})),
        ("agent.identity.get", json!({ "sessionKey": "notes" })),
        ("agents.list", json!({})),
        ("models.list", json!({ "view": "configured" })),
        ("config.get", json!({})),
        ("config.schema", json!({})),
        ("logs.tail", json!({ "limit": 10 })),
        ("dashboard.link", json!({})),
        ("channels.status", json!({ "probe": true })),
        ("channels.pairing.list", json!({})),
        ("channels.senders.list", json!({})),
        (
            "channels.pairing.dismiss",
            json!({ "channel": "paper", "senderId": "9" }),
        ),
        (
            "send",
            json!({ "channel": "paper", "to": "-5", "message": "news", "idempotencyKey": "n1" }),
        ),
        (
            "poll",
            json!({ "channel": "paper", "to": "5", "question": "Which?", "options": ["a", "b"],
            "idempotencyKey": "n2" }),
        ),
        ("outbox.list", json!({ "state": "open" })),
        ("outbox.retry", json!({ "no": 1 })),
        ("outbox.drop", json!({ "no": 1 })),
        ("messages.trace", json!({ "id": "m1" })),
        (
            "canvas.push",
            json!({ "sessionKey": "main", "messages": [{ "beginRendering": { "surfaceId": "a", "root": "r" } }] }),
        ),
        ("canvas.state", json!({ "sessionKey": "main" })),
        (
            "canvas.open",
            json!({ "sessionKey": "main", "view": "a2ui" }),
        ),
        (
            "canvas.present",
            json!({ "sessionKey": "main", "view": "a2ui" }),
        ),
        ("canvas.reset", json!({ "sessionKey": "main" })),
        (
            "canvas.action",
            json!({ "sessionKey": "notes", "action": { "name": "close" }, "idempotencyKey": "v1" }),
        ),
        ("exec.approvals.get", json!({})),
        (
            "exec.approvals.set",
            json!({ "file": { "version": 1, "agents": { "main": { "allowlist": [{ "pattern": "/bin/ls" }] } } } }),
        ),
        ("sessions.reset", json!({ "key": "notes" })),
        ("sessions.delete", json!({ "key": "notes" })),
        ("sessions.delete", json!({ "key": "never was" })),
    ]
}

/// A gateway with an account on a network.
async fn on_paper() -> (Edge, Arc<Paper>) {
    let paper = Paper::new("default");
    let edge = Edge::with(Setup {
        networks: networks(&[Arc::clone(&paper)], None),
        // Nothing here looks at a page.
        canvas: Some("/nowhere".into()),
        ..Setup::default()
    })
    .await;
    (edge, paper)
}

#[tokio::test]
async fn every_answer_fits_its_published_schema() {
    let shapes = shapes();
    let (edge, paper) = on_paper().await;
    let mut client = Client::open(edge.addr).await;
    let hello = client
        .connect_as(&Device::number(1), &asks(4, &["operator.admin"]))
        .await;
    shapes.results["connect"].holds("hello-ok", &hello["payload"]);
    let mut tried = BTreeSet::from(["connect"]);
    for (method, params) in calls() {
        if method == "chat.send" {
            edge.runner
                .next([Step::Think("hm"), Step::Say("hello you")]);
        }
        let payload = client.get(method, params.clone()).await;
        shapes.results[method].holds(&format!("{method} {params}"), &payload);
        tried.insert(method);
    }
    paper.write("1", "9", "hello?");
    let code = loop {
        let list = client.get("channels.pairing.list", json!({})).await;
        shapes.results["channels.pairing.list"].holds("a request", &list);
        if let Some(code) = list["requests"][0]["code"].as_str() {
            break code.to_owned();
        }
        settle().await;
    };
    let params = json!({ "channel": "paper", "code": code, "owner": true });
    let approved = client.get("channels.pairing.approve", params).await;
    shapes.results["channels.pairing.approve"].holds("an approval", &approved);
    tried.insert("channels.pairing.approve");
    let params = json!({ "channel": "paper" });
    let left = client.get("channels.logout", params).await;
    shapes.results["channels.logout"].holds("a log-out", &left);
    tried.insert("channels.logout");
    edge.runner.next([Step::Say("hello you")]);
    for _ in 0..2 {
        let id = client
            .ask(
                "agent",
                json!({ "message": "hello", "idempotencyKey": "a1" }),
            )
            .await;
        let first = client.answer(&id).await["payload"].clone();
        if first["status"] == "accepted" {
            shapes.acks["agent"].holds("the first answer of agent", &first);
            shapes.results["agent"].holds(
                "the last answer of agent",
                &client.answer(&id).await["payload"],
            );
        } else {
            shapes.results["agent"].holds("a repeat of agent", &first);
        }
        tried.insert("agent");
    }
    tried.extend(decisions(&edge, &mut client, &shapes).await);
    tried.extend(surfaces_of_a_node(&edge, &shapes).await);
    for (method, payload) in devices::every_answer(&edge, &mut client).await {
        shapes.results[method].holds(method, &payload);
        tried.insert(method);
    }
    let all: BTreeSet<&str> = shapes.results.keys().copied().collect();
    assert_eq!(tried, all, "a method without a good call here");
    drop(client);
    edge.stopped().await;
}

/// A node is told where its canvas is, and asks again.
async fn surfaces_of_a_node(edge: &Edge, shapes: &Shapes) -> Vec<&'static str> {
    let mut params = asks(4, &[]);
    params["role"] = "node".into();
    let mut node = Client::open(edge.addr).await;
    let hello = node.connect_as(&Device::number(9), &params).await;
    shapes.results["connect"].holds("hello-ok of a node", &hello["payload"]);
    let mut tried = Vec::new();
    for (method, params) in [
        ("node.pluginSurface.refresh", json!({ "surface": "canvas" })),
        ("node.canvas.capability.refresh", json!({})),
    ] {
        let payload = node.get(method, params).await;
        shapes.results[method].holds(method, &payload);
        tried.push(method);
    }
    tried
}

/// A command is asked about, shown and decided; the rules of a node are read and set.
async fn decisions(edge: &Edge, client: &mut Client, shapes: &Shapes) -> Vec<&'static str> {
    let mut asker = approvals::decider(edge).await;
    let params = json!({ "command": "ls", "commandArgv": ["ls"], "nodeId": "n", "twoPhase": true });
    let request = asker.ask("exec.approval.request", params).await;
    let first = asker.answer(&request).await["payload"].clone();
    shapes.acks["exec.approval.request"].holds("the first answer of a request", &first);
    let named = json!({ "id": first["id"] });
    let held = |method: &'static str, payload: &Value| {
        shapes.results[method].holds(method, payload);
        method
    };
    let mut tried = vec![
        held(
            "exec.approval.list",
            &client.get("exec.approval.list", json!({})).await,
        ),
        held(
            "exec.approval.get",
            &client.get("exec.approval.get", named.clone()).await,
        ),
    ];
    let deny = json!({ "id": first["id"], "decision": "deny" });
    let done = client.get("exec.approval.resolve", deny).await;
    tried.push(held("exec.approval.resolve", &done));
    let last = asker.answer(&request).await["payload"].clone();
    tried.push(held("exec.approval.request", &last));
    held(
        "exec.approval.get",
        &client.get("exec.approval.get", named).await,
    );

    let (mut node, id) = approvals::node_with_rules(edge).await;
    let file = json!({ "version": 1 });
    for (method, params) in [
        ("exec.approvals.node.get", json!({ "nodeId": id })),
        (
            "exec.approvals.node.set",
            json!({ "nodeId": id, "file": file }),
        ),
    ] {
        let request = client.ask(method, params).await;
        approvals::node_answers(&mut node, &id, &file).await;
        tried.push(held(method, &client.answer(&request).await["payload"]));
    }
    tried
}

#[tokio::test]
async fn every_event_fits_its_published_schema() {
    let shapes = shapes();
    let (edge, paper) = on_paper().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    paper.write("1", "9", "hello?");
    shapes.events["connect.challenge"].holds("the challenge", &client.challenge);
    let mut asker = approvals::decider(&edge).await;
    let (_, id) = approvals::ask(&mut asker, json!({ "command": "ls" })).await;
    let deny = json!({ "id": id, "decision": "deny" });
    client.get("exec.approval.resolve", deny).await;
    devices::ask_and_answer(&edge, &mut client).await;
    client
        .get("canvas.reset", json!({ "sessionKey": "main" }))
        .await;
    for (number, script) in [
        vec![Step::Think("hm"), Step::Say("hello")],
        vec![Step::Say("half"), Step::Fail(FailureKind::RateLimit, "no")],
        vec![],
    ]
    .into_iter()
    .enumerate()
    {
        edge.runner.next(script);
        let key = format!("k{number}");
        client
            .get(
                "chat.send",
                json!({ "sessionKey": "main", "message": "x", "idempotencyKey": key }),
            )
            .await;
        client.get("agent.wait", json!({ "runId": key })).await;
    }
    client
        .get(
            "chat.send",
            json!({ "sessionKey": "main", "message": "/help", "idempotencyKey": "k9" }),
        )
        .await;
    client.get("agent.wait", json!({ "runId": "k9" })).await;
    let all: BTreeSet<&str> = shapes.events.keys().copied().collect();
    let mut seen = BTreeSet::from(["connect.challenge"]);
    while seen != all {
        // A missing event hangs here, and the test says so.
        let event = client.any().await;
        let name = shapes
            .events
            .keys()
            .find(|name| event["event"] == **name)
            .unwrap();
        shapes.events[name].holds(name, &event["payload"]);
        seen.insert(*name);
        if seen.len() + 1 == all.len() {
            // All but the goodbye.
            edge.stop.cancel();
        }
    }
    drop(client);
    edge.stopped().await;
}
