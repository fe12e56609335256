//! `send` and `poll` to a chat network.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::with;
use crate::common::{Outcome, Paper, jump, settle};

#[tokio::test]
async fn a_message_goes_out_once_and_its_receipt_comes_back() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(&["operator.write"]).await;
    let params = json!({
        "channel": "paper", "to": "-5", "threadId": "7", "message": "hello",
        "idempotencyKey": "k1",
    });
    for _ in 0..2 {
        let sent = client.get("send", params.clone()).await;
        assert_eq!(
            sent,
            json!({
                "runId": "k1", "messageId": "m1", "channel": "paper", "conversationId": "-5",
                "accountId": "default",
            })
        );
    }
    assert_eq!(paper.said(), ["hello"]);
    let (target, _) = paper.taken()[0].clone();
    assert_eq!(target.line(), "-5#7");

    let mut other = params.clone();
    other["message"] = "something else".into();
    let refused = client.call("send", other).await;
    assert_eq!(refused["error"]["code"], "INVALID_REQUEST", "{refused}");
    assert_eq!(paper.said().len(), 1);
    edge.stopped().await;
}

#[tokio::test]
async fn a_poll_goes_out_with_its_answers() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let params = json!({
        "channel": "paper", "to": "5", "question": "Which day?", "options": ["Friday", "Sunday"],
        "maxSelections": 9, "durationHours": 24, "idempotencyKey": "k1",
    });
    let sent = client.get("poll", params.clone()).await;
    assert_eq!(sent["pollId"], "poll-m1");
    assert_eq!(paper.said(), ["Which day?: Friday, Sunday"]);
    let tidegate_core::channel::Body::Poll(poll) = paper.taken()[0].1.body.clone() else {
        panic!("no poll");
    };
    assert_eq!(poll.max_selections, 2, "no more than there are answers");
    for bad in [json!(["one"]), json!(vec!["x"; 13]), json!(["a", ""])] {
        let mut wrong = params.clone();
        wrong["options"] = bad;
        assert_eq!(client.call("poll", wrong).await["ok"], false);
    }
    let mut elsewhere = params;
    elsewhere["channel"] = "pigeon".into();
    let refused = client.call("poll", elsewhere).await;
    assert_eq!(
        refused["error"]["message"],
        "unsupported poll channel: pigeon"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_with_its_code() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper), Paper::signed_out("aside")]).await;
    let mut client = edge.owner(&["operator.write"]).await;
    let mut key = 0;
    let mut send = |channel: &str, account: Option<&str>, to: &str| {
        key += 1;
        let mut params = json!({
            "channel": channel, "to": to, "message": "x", "idempotencyKey": format!("k{key}"),
        });
        if let Some(account) = account {
            params["accountId"] = account.into();
        }
        params
    };
    for (params, code, words) in [
        (
            send("pigeon", None, "1"),
            "INVALID_REQUEST",
            "unsupported channel: pigeon",
        ),
        (
            send("paper", Some("x"), "1"),
            "INVALID_REQUEST",
            "unknown account",
        ),
        (send("paper", None, "!"), "INVALID_REQUEST", "no address"),
        (send("paper", Some("aside"), "1"), "NOT_LINKED", "revoked"),
    ] {
        let answer = client.call("send", params).await;
        assert_eq!(answer["error"]["code"], code, "{answer}");
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains(words), "{answer}");
    }
    paper.script([Outcome::Refuse]);
    let answer = client.call("send", send("paper", None, "1")).await;
    assert_eq!(answer["error"]["code"], "UNAVAILABLE", "{answer}");
    assert_eq!(answer["error"]["retryable"], false, "{answer}");
    assert!(paper.said().is_empty());
    edge.stopped().await;
}

#[tokio::test]
async fn what_the_network_does_not_take_now_is_kept_and_named() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(&["operator.write"]).await;
    let tries = std::iter::repeat_n(Outcome::Unreachable, 200);
    paper.script(tries);
    let params = json!({ "channel": "paper", "to": "5", "message": "x", "idempotencyKey": "k1" });
    let id = client.ask("send", params).await;
    settle().await;
    jump(Duration::from_secs(26)).await;
    let answer = client.answer(&id).await;
    let sent = &answer["payload"];
    assert_eq!(sent["queued"], true, "{answer}");
    let name = sent["messageId"].as_str().unwrap();
    let traced = client.get("messages.trace", json!({ "id": name })).await;
    assert_eq!(traced["messages"][0]["parts"][0]["text"], "x", "{traced}");
    edge.stopped().await;
}
