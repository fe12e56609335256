//! What a node hears and tells.

use serde_json::{Value, json};

use super::{node, owner};
use crate::common::{Device, Edge, settle};

#[tokio::test]
async fn a_node_hears_of_the_sessions_that_it_follows_once_and_of_no_other() {
    let edge = Edge::start().await;
    let (mut operator, mut phone) = (owner(&edge).await, node(&edge, 1, 3).await);
    let deaf = node(&edge, 2, 3).await;
    let mut deaf = deaf;
    for _ in 0..2 {
        let subscribe =
            json!({ "event": "chat.subscribe", "payloadJSON": "{\"sessionKey\":\"main\"}" });
        assert_eq!(
            phone.get("node.event", subscribe).await,
            json!({ "ok": true })
        );
    }
    let other = json!({ "event": "chat.subscribe", "payload": { "sessionKey": "notes" } });
    assert_eq!(phone.get("node.event", other).await, json!({ "ok": true }));
    say(&mut operator, "notes", "elsewhere").await;
    let run = say(&mut operator, "main", "hello").await;
    let mut finals = 0;
    let mut seen = Vec::new();
    while finals == 0 {
        let frame = phone.any().await;
        if !matches!(frame["event"].as_str(), Some("chat" | "agent")) {
            continue;
        }
        assert!(frame.get("seq").is_none(), "{frame}");
        assert_eq!(frame["payload"]["runId"], run, "{frame}");
        assert!(!seen.contains(&frame), "twice: {frame}");
        finals += usize::from(frame["payload"]["state"] == "final");
        seen.push(frame);
    }
    let unsubscribe = json!({ "event": "chat.unsubscribe", "payload": { "sessionKey": "main" } });
    phone.get("node.event", unsubscribe).await;
    say(&mut operator, "main", "again").await;
    settle().await;
    for silent in [&mut phone, &mut deaf] {
        while silent.pending().await {
            let frame = silent.any().await;
            assert!(
                !matches!(frame["event"].as_str(), Some("chat" | "agent")),
                "{frame}"
            );
        }
    }
    edge.stopped().await;
}

/// Says something and waits for the end of the answer; gives the run.
async fn say(operator: &mut crate::common::Client, session: &str, words: &str) -> Value {
    let key = format!("{session}-{words}");
    let params = json!({ "sessionKey": session, "message": words, "idempotencyKey": key });
    let run = operator.get("chat.send", params).await["runId"].clone();
    let of_run = run.clone();
    operator
        .event_where(move |event| {
            event["event"] == "chat"
                && event["payload"]["runId"] == of_run
                && event["payload"]["state"] == "final"
        })
        .await;
    run
}

#[tokio::test]
async fn a_flood_of_events_is_answered_and_does_nothing() {
    let edge = Edge::start().await;
    let mut phone = node(&edge, 1, 3).await;
    for number in 0..500 {
        let event = json!({
            "event": "exec.finished",
            "payload": { "runId": format!("r{number}"), "sessionKey": "main", "output": "forged" },
        });
        assert_eq!(phone.get("node.event", event).await, json!({ "ok": true }));
    }
    let mut operator = owner(&edge).await;
    let status = operator.get("status", json!({})).await;
    assert_eq!(status["queuedSystemEvents"], json!([]));
    edge.stopped().await;
}

#[tokio::test]
async fn a_node_is_listed_with_what_is_in_force() {
    let edge = Edge::start().await;
    let (mut operator, mut phone) = (owner(&edge).await, node(&edge, 1, 3).await);
    let id = Device::number(1).id();
    let row = operator.get("node.describe", json!({ "nodeId": id })).await;
    assert_eq!(
        row,
        json!({
            "ts": row["ts"], "nodeId": id, "displayName": "Phone", "platform": "ios 18.2",
            "version": "0.0.1", "deviceFamily": "iPhone", "modelIdentifier": "iPhone17,1",
            "remoteIp": "127.0.0.1", "caps": ["camera", "canvas"],
            "commands": ["canvas.eval", "location.get"],
            "blockedCommands": ["camera.snap", "system.which"],
            "permissions": { "camera": true }, "connectedAtMs": row["connectedAtMs"],
            "paired": true, "connected": true,
        })
    );
    let renamed = json!({ "nodeId": id, "displayName": "Kitchen" });
    assert_eq!(operator.get("node.rename", renamed.clone()).await, renamed);
    let list = operator.get("node.list", json!({})).await;
    assert_eq!(list["nodes"][0]["displayName"], "Kitchen");
    let unknown = operator
        .call("node.describe", json!({ "nodeId": "x" }))
        .await;
    assert_eq!(unknown["error"]["message"], "unknown nodeId");
    assert_eq!(
        phone.get("skills.bins", json!({})).await,
        json!({ "bins": [] })
    );
    let own = phone.call("node.list", json!({})).await;
    assert_eq!(own["error"]["message"], "unauthorized role: node");
    edge.stopped().await;
}

#[tokio::test]
async fn a_node_of_protocol_4_may_send_pictures() {
    let edge = Edge::start().await;
    let mut phone = node(&edge, 1, 4).await;
    let large = json!({ "event": "their.own", "payload": "x".repeat(2 * 1024 * 1024) });
    assert_eq!(phone.get("node.event", large).await, json!({ "ok": true }));
    edge.stopped().await;
}
