//! Every event.

use std::collections::BTreeSet;

use serde_json::json;
use tidegate_core::run::FailureKind;

use super::on_paper;
use super::published::shapes;
use crate::common::{Client, Edge, Step};
use crate::{approvals, devices, nodes};

#[tokio::test]
async fn every_event_fits_its_published_schema() {
    let shapes = shapes();
    let (edge, paper) = on_paper().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    shapes.events["connect.challenge"].holds("the challenge", &client.challenge);
    // Only the node hears it.
    let command = nodes::ask_and_answer(&edge, &mut client).await;
    shapes.events["node.invoke.request"].holds("a command", &command);
    paper.write("1", "9", "hello?");
    question(&edge, &mut client).await;
    devices::ask_and_answer(&edge, &mut client).await;
    client
        .get("canvas.reset", json!({ "sessionKey": "main" }))
        .await;
    runs(&edge, &mut client).await;
    let all: BTreeSet<&str> = shapes.events.keys().copied().collect();
    let mut seen = BTreeSet::from(["connect.challenge", "node.invoke.request"]);
    while seen != all {
        // A missing event hangs here, and the last line says which.
        let event = client.any().await;
        let name = shapes
            .events
            .keys()
            .find(|name| event["event"] == **name)
            .unwrap();
        shapes.events[name].holds(name, &event["payload"]);
        if seen.insert(*name) {
            println!("not heard yet: {:?}", all.difference(&seen));
        }
        if seen.len() + 1 == all.len() {
            // All but the goodbye.
            edge.stop.cancel();
        }
    }
    drop(client);
    edge.stopped().await;
}

/// A command is asked about and refused.
async fn question(edge: &Edge, client: &mut Client) {
    let mut asker = approvals::decider(edge).await;
    let (_, id) = approvals::ask(&mut asker, json!({ "command": "ls" })).await;
    let deny = json!({ "id": id, "decision": "deny" });
    client.get("exec.approval.resolve", deny).await;
}

/// A run that thinks and speaks, one that fails, one that says nothing, and a command.
async fn runs(edge: &Edge, client: &mut Client) {
    let scripts = [
        vec![Step::Think("hm"), Step::Say("hello")],
        vec![Step::Say("half"), Step::Fail(FailureKind::RateLimit, "no")],
        vec![],
    ];
    for (number, script) in scripts.into_iter().enumerate() {
        edge.runner.next(script);
        say(client, "x", &format!("k{number}")).await;
    }
    say(client, "/help", "k9").await;
}

/// Says something to the main session, and waits for the end of the run.
async fn say(client: &mut Client, words: &str, key: &str) {
    let params = json!({ "sessionKey": "main", "message": words, "idempotencyKey": key });
    client.get("chat.send", params).await;
    client.get("agent.wait", json!({ "runId": key })).await;
}
