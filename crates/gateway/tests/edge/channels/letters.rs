//! Dead letters, and the way of a message.

use std::sync::Arc;

use serde_json::json;

use super::{until, with};
use crate::common::{NOW_MS, Outcome, Paper, Step};

#[tokio::test]
async fn a_dead_letter_is_listed_tried_again_and_dropped() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let mut numbers = Vec::new();
    for text in ["one", "two"] {
        paper.script([Outcome::Refuse]);
        let params =
            json!({ "channel": "paper", "to": "5", "message": text, "idempotencyKey": text });
        assert_eq!(client.call("send", params).await["ok"], false);
        let list = client.get("outbox.list", json!({})).await;
        let part = &list["parts"][0];
        assert_eq!(part["text"], text, "newest first: {list}");
        assert_eq!(part["state"], "dead");
        assert_eq!(part["kind"], "text");
        assert_eq!(part["to"], "5");
        assert_eq!(part["chatType"], "direct");
        assert_eq!(part["settledAtMs"], NOW_MS);
        assert!(
            part["error"].as_str().unwrap().contains("chat not found"),
            "{part}"
        );
        numbers.push(part["no"].as_u64().unwrap());
    }
    for (params, many) in [
        (json!({ "channel": "paper" }), 2),
        (
            json!({ "channel": "paper", "accountId": "default", "limit": 1 }),
            1,
        ),
        (json!({ "channel": "paper", "accountId": "aside" }), 0),
        (json!({ "channel": "pigeon" }), 0),
        (json!({ "state": "open" }), 0),
        (json!({ "state": "dead", "limit": 500 }), 2),
    ] {
        let list = client.get("outbox.list", params.clone()).await;
        assert_eq!(list["parts"].as_array().unwrap().len(), many, "{params}");
    }
    let row = super::account(&mut client, "default", json!({})).await;
    assert_eq!(row["dead"], 2);

    for expected in [true, false] {
        let params = json!({ "no": numbers[0] });
        let done = client.get("outbox.retry", params).await;
        assert_eq!(done, json!({ "ok": true, "retried": expected }));
    }
    until(&mut client, "outbox.list", json!({}), |list| {
        list["parts"].as_array().unwrap().len() == 1
    })
    .await;
    for _ in 0..200 {
        if !paper.said().is_empty() {
            break;
        }
        crate::common::settle().await;
    }
    assert_eq!(paper.said(), ["one"]);
    let list = client.get("outbox.list", json!({})).await;
    for expected in [true, false] {
        let params = json!({ "id": list["parts"][0]["id"] });
        let done = client.get("outbox.drop", params).await;
        assert_eq!(done, json!({ "ok": true, "dropped": expected }));
    }
    for neither in [json!({}), json!({ "no": 1, "id": "x" })] {
        for method in ["outbox.drop", "outbox.retry"] {
            let refused = client.call(method, neither.clone()).await;
            assert_eq!(refused["error"]["code"], "INVALID_REQUEST", "{refused}");
        }
    }
    assert_eq!(
        client.get("outbox.list", json!({})).await["parts"],
        json!([])
    );
    edge.stopped().await;
}

#[tokio::test]
async fn a_message_is_followed_from_its_arrival_to_the_receipt_of_its_answer() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(&["operator.read", "operator.pairing"]).await;
    super::people::let_in(&mut client, &paper, "9").await;
    edge.runner.next([Step::Say("not much")]);
    paper.write("2", "9", "what is new?");
    let found = until(
        &mut client,
        "messages.trace",
        json!({ "id": "2" }),
        |found| found["messages"][0]["parts"][0]["state"] == "sent",
    )
    .await;
    let way = &found["messages"][0];
    let inbound = &way["inbound"];
    assert_eq!(inbound["senderId"], "9");
    assert_eq!(inbound["providerId"], "e2");
    assert_eq!(inbound["state"], "answered", "{way}");
    assert_eq!(inbound["sentAtMs"], NOW_MS - 1_000);
    assert_eq!(inbound["arrivedAtMs"], NOW_MS);
    assert_eq!(way["run"]["status"], "ok");
    assert_eq!(way["run"]["state"], "ended");
    let part = &way["parts"][0];
    assert_eq!(part["text"], "not much");
    assert_eq!(part["attempts"], 1);
    let run = way["run"]["runId"].clone();
    for id in [json!("e2"), run, part["messageId"].clone()] {
        let same = client.get("messages.trace", json!({ "id": id })).await;
        assert_eq!(same["messages"][0]["inbound"], *inbound, "{id}");
    }
    let none = client.get("messages.trace", json!({ "id": "404" })).await;
    assert_eq!(none["messages"], json!([]));
    edge.stopped().await;
}

#[tokio::test]
async fn an_id_that_stands_for_messages_of_two_accounts_means_neither() {
    let papers = [Paper::new("default"), Paper::new("other")];
    let edge = with(&papers).await;
    let mut client = edge.owner(&["operator.admin"]).await;
    for paper in &papers {
        super::people::let_in(&mut client, paper, "9").await;
    }
    for paper in &papers {
        paper.script([Outcome::Refuse]);
        paper.write("2", "9", "hello");
    }
    let both = |list: &serde_json::Value| list["parts"].as_array().unwrap().len() == 2;
    until(&mut client, "outbox.list", json!({}), both).await;
    for method in ["outbox.drop", "outbox.retry"] {
        let refused = client.call(method, json!({ "id": "2" })).await;
        let text = refused["error"]["message"].as_str().unwrap_or_default();
        assert!(text.contains("paper:default, paper:other"), "{refused}");
    }
    let list = client.get("outbox.list", json!({})).await;
    assert!(both(&list), "{list}");
    edge.stopped().await;
}
