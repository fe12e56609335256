//! People who ask to be let in.

use serde_json::{Value, json};

use super::{until, with};
use crate::common::{Client, NOW_MS, Paper};

/// Somebody writes, is shown a code, and is let in by it.
pub(super) async fn let_in(client: &mut Client, paper: &Paper, sender: &str) {
    let code = ask_in(client, paper, sender).await;
    let params = json!({ "channel": "paper", "code": code });
    let done = client.get("channels.pairing.approve", params).await;
    assert_eq!(done["sender"]["senderId"], sender, "{done}");
}

/// Somebody writes and is shown a code.
async fn ask_in(client: &mut Client, paper: &Paper, sender: &str) -> String {
    paper.write("1", sender, "hello?");
    let list = until(client, "channels.pairing.list", json!({}), |list| {
        list["requests"][0]["senderId"] == sender
    })
    .await;
    let code = list["requests"][0]["code"].as_str().unwrap().to_owned();
    for _ in 0..200 {
        if paper.said().iter().any(|words| words.contains(&code)) {
            return code;
        }
        crate::common::settle().await;
    }
    panic!("the stranger was not shown {code}: {:?}", paper.said());
}

#[tokio::test]
async fn a_stranger_gets_a_code_and_is_let_in_by_it_once() {
    let paper = Paper::new("default");
    let edge = with(&[std::sync::Arc::clone(&paper)]).await;
    let mut client = edge.owner(&["operator.pairing"]).await;
    let code = ask_in(&mut client, &paper, "9").await;
    let list = client.get("channels.pairing.list", json!({})).await;
    assert_eq!(
        list["requests"],
        json!([{
            "channel": "paper", "accountId": "default", "senderId": "9", "name": "Ben",
            "code": code, "createdAtMs": NOW_MS, "expiresAtMs": NOW_MS + 3_600_000,
        }])
    );
    for elsewhere in [
        json!({ "channel": "pigeon" }),
        json!({ "accountId": "aside" }),
    ] {
        for method in ["channels.pairing.list", "channels.senders.list"] {
            let list = client.get(method, elsewhere.clone()).await;
            let rows = list.get("requests").or(list.get("senders"));
            assert_eq!(rows, Some(&json!([])), "{method} {elsewhere}");
        }
    }
    let wrong = json!({ "channel": "pigeon", "code": code });
    let refused = client.call("channels.pairing.approve", wrong).await;
    assert_eq!(refused["error"]["code"], "INVALID_REQUEST", "{refused}");

    let params = json!({ "channel": "paper", "code": code.to_lowercase() });
    let done = client.get("channels.pairing.approve", params.clone()).await;
    assert_eq!(done["sender"]["owner"], false);
    let again = client.call("channels.pairing.approve", params).await;
    assert_eq!(again["ok"], false, "a code is spent: {again}");
    let senders = client.get("channels.senders.list", json!({})).await;
    assert_eq!(senders["senders"], json!([done["sender"]]));
    assert_eq!(
        client.get("channels.pairing.list", json!({})).await["requests"],
        json!([])
    );

    let who = json!({ "channel": "paper", "senderId": "9" });
    for expected in [true, false] {
        let gone = client.get("channels.pairing.dismiss", who.clone()).await;
        assert_eq!(gone["removed"], expected);
    }
    edge.stopped().await;
}

#[tokio::test]
async fn only_an_administrator_lets_somebody_in_as_the_owner() {
    let paper = Paper::new("default");
    let edge = with(&[std::sync::Arc::clone(&paper)]).await;
    let mut client = edge.owner(&["operator.pairing"]).await;
    let code = ask_in(&mut client, &paper, "9").await;
    let params = json!({ "channel": "paper", "code": code, "owner": true });
    let refused = client
        .call("channels.pairing.approve", params.clone())
        .await;
    assert_eq!(refused["error"]["message"], "missing scope: operator.admin");
    assert_eq!(refused["error"]["code"], "FORBIDDEN", "{refused}");
    let mut owner = edge.owner(&["operator.admin"]).await;
    let done = owner.get("channels.pairing.approve", params).await;
    assert_eq!(
        done["sender"]["owner"], true,
        "the code was not spent: {done}"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn whoever_may_pair_hears_of_a_stranger_and_nobody_else_does() {
    let paper = Paper::new("default");
    let edge = with(&[std::sync::Arc::clone(&paper)]).await;
    let mut reader = edge.owner(&["operator.read", "operator.write"]).await;
    let mut client = edge.owner(&["operator.pairing"]).await;
    let code = ask_in(&mut client, &paper, "9").await;
    let is_it = |event: &Value| event["event"] == "channels.pairing.requested";
    let event = client.event_where(is_it).await;
    assert_eq!(event["payload"]["code"], code);
    reader.get("health", json!({})).await;
    while let Some(event) = reader.kept() {
        assert!(!is_it(&event), "{event}");
    }
    edge.stopped().await;
}
