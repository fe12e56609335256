//! Every answer of every method.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::calls::calls;
use super::on_paper;
use super::published::{Shapes, shapes};
use crate::common::{Client, Device, Edge, Step, asks, settle};
use crate::{approvals, devices, nodes};

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
    let mut others = devices::every_answer(&edge, &mut client).await;
    others.extend(nodes::every_answer(&edge, &mut client).await);
    for (method, payload) in others {
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
        &client.get("exec.approval.get", named.clone()).await,
    );
    for (method, params) in [
        ("exec.approval.waitDecision", named),
        ("exec.approval.history", json!({ "limit": 1 })),
    ] {
        let payload = client.get(method, params).await;
        tried.push(held(method, &payload));
    }

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
