//! Conversations of an agent that left the configuration: they stay readable, and nobody answers.

use serde_json::json;
use tidegate_core::SessionKey;
use tidegate_core::run::Once;
use tidegate_core::store::SessionStore as _;
use tidegate_core::transcript::NewMessage;

use super::{agent, chat};
use crate::common::{Client, Edge, settle};

const KEY: &str = "agent:gone:main";
const REFUSED: &str =
    "unknown agent id \"gone\": add it to agents.list to go on here; what was said stays readable";

/// What was said when the agent was still there.
async fn said(edge: &Edge) {
    let once = Once {
        principal: "test".into(),
        method: "send",
        key: "m".into(),
        params_hash: String::new(),
    };
    let message = NewMessage::injected("m".into(), "tide tables".into(), 1, None);
    edge.store
        .deliver(once, &SessionKey::stored(KEY), "old".into(), message)
        .await
        .unwrap();
}

async fn history(client: &mut Client) -> String {
    let page = client
        .get("chat.history", json!({ "sessionKey": KEY }))
        .await;
    page["messages"].to_string()
}

#[tokio::test]
async fn what_was_said_to_an_agent_that_is_gone_can_be_read_and_deleted() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    said(&edge).await;
    let list = client.get("sessions.list", json!({})).await;
    assert_eq!(list["sessions"][0]["key"], KEY, "{list}");
    let found = client
        .get(
            "sessions.list",
            json!({ "search": "tables", "agentId": "gone" }),
        )
        .await;
    assert_eq!(found["count"], 1, "{found}");
    let asked = json!({ "keys": [KEY] });
    let preview = client.get("sessions.preview", asked).await;
    assert_eq!(preview["previews"][0]["items"][0]["text"], "tide tables");
    let resolved = client.get("sessions.resolve", json!({ "key": KEY })).await;
    assert_eq!(resolved["key"], KEY);
    assert!(history(&mut client).await.contains("tide tables"));
    let deleted = client.get("sessions.delete", json!({ "key": KEY })).await;
    assert_eq!(deleted["deleted"], true);
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn nothing_new_begins_with_an_agent_that_is_gone() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    said(&edge).await;
    let before = history(&mut client).await;
    let mut by_key = agent("k1", "x");
    by_key["sessionKey"] = json!(KEY);
    let mut by_id = agent("k2", "x");
    by_id["sessionId"] = json!("old");
    by_id.as_object_mut().unwrap().remove("sessionKey");
    let mut sent = chat("k3", "x");
    sent["sessionKey"] = json!(KEY);
    for (method, params) in [
        ("agent", by_key),
        ("agent", by_id),
        ("chat.send", sent),
        (
            "send",
            json!({ "to": KEY, "message": "x", "idempotencyKey": "k4" }),
        ),
        ("sessions.reset", json!({ "key": KEY })),
        ("sessions.patch", json!({ "key": KEY, "label": "L" })),
    ] {
        let answer = client.call(method, params).await;
        let error = json!({ "code": "INVALID_REQUEST", "message": REFUSED });
        assert_eq!(answer["error"], error, "{method}");
    }
    settle().await;
    assert!(edge.runner.turns().is_empty());
    assert_eq!(history(&mut client).await, before);
    drop(client);
    edge.stopped().await;
}
