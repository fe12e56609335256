//! `agent` with `deliver`: the answer goes out to a chat network.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_core::run::FailureKind;

use super::people::let_in;
use super::with;
use crate::common::{Client, Outcome, Paper, Step, jump, settle};

const SCOPES: &[&str] = &["operator.read", "operator.write", "operator.pairing"];

fn errand(key: &str, more: Value) -> Value {
    let mut params = json!({
        "message": key, "idempotencyKey": key, "sessionKey": "main", "deliver": true,
    });
    let more: serde_json::Map<String, Value> = serde_json::from_value(more).unwrap();
    params.as_object_mut().unwrap().extend(more);
    params
}

/// The second answer to `agent`.
async fn ended(client: &mut Client, params: Value) -> Value {
    let id = client.ask("agent", params).await;
    let accepted = client.answer(&id).await;
    assert_eq!(accepted["payload"]["status"], "accepted", "{accepted}");
    client.answer(&id).await
}

#[tokio::test]
async fn an_answer_goes_to_whom_the_caller_names_once() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(SCOPES).await;
    let params = errand(
        "k1",
        json!({ "channel": "paper", "to": "-5", "threadId": "7" }),
    );
    let answer = ended(&mut client, params.clone()).await;
    let result = &answer["payload"]["result"];
    assert_eq!(result["payloads"][0]["text"], "you said: k1", "{answer}");
    assert_eq!(
        result["deliveryStatus"],
        json!({ "requested": true, "attempted": true, "status": "sent", "succeeded": true })
    );
    assert_eq!(paper.said(), ["you said: k1"]);
    let (target, _) = paper.taken()[0].clone();
    assert_eq!(target.line(), "-5#7");
    let traced = client.get("messages.trace", json!({ "id": "k1" })).await;
    assert_eq!(
        traced["messages"][0]["parts"][0]["state"], "sent",
        "{traced}"
    );

    let repeat = client.call("agent", params).await;
    assert_eq!(repeat["payload"]["result"], *result);
    assert_eq!(paper.said().len(), 1, "not again");

    // `reply…` goes before its twin.
    let params = errand(
        "k2",
        json!({
            "channel": "whatsapp", "to": "1", "replyChannel": "Paper", "replyTo": "8",
            "replyAccountId": "default",
        }),
    );
    ended(&mut client, params).await;
    assert_eq!(paper.taken()[1].0.line(), "8");
    edge.stopped().await;
}

#[tokio::test]
async fn without_a_name_it_goes_where_the_session_was_last_spoken_to_from() {
    let paper = Paper::new("desk");
    let edge = with(&[Arc::clone(&paper), Paper::new("other")]).await;
    let mut client = edge.owner(SCOPES).await;
    let nowhere = client.call("agent", errand("k0", json!({}))).await;
    assert_eq!(nowhere["error"]["code"], "INVALID_REQUEST", "{nowhere}");
    let text = nowhere["error"]["message"].as_str().unwrap();
    assert!(text.ends_with("name `channel` and `to`"), "{text}");

    let_in(&mut client, &paper, "9").await;
    paper.write("2", "9", "and now?");
    let heard = |paper: &Paper, words: &str| paper.said().iter().any(|said| said.contains(words));
    for _ in 0..200 {
        if heard(&paper, "you said:") {
            break;
        }
        settle().await;
    }
    assert!(heard(&paper, "and now?"), "{:?}", paper.said());
    let before = paper.said().len();
    for (number, more) in [
        json!({}),
        json!({ "channel": "last" }),
        json!({ "channel": "paper" }),
        json!({ "to": "11" }),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = ended(&mut client, errand(&format!("k1{number}"), more)).await;
        let status = &answer["payload"]["result"]["deliveryStatus"]["status"];
        assert_eq!(status, "sent", "{answer}");
    }
    let sent = paper.taken()[before..].to_vec();
    let lines: Vec<_> = sent.iter().map(|(target, _)| target.line()).collect();
    assert_eq!(lines, ["9", "9", "9", "11"]);
    let other = errand("k2", json!({ "channel": "paper", "accountId": "other" }));
    let refused = client.call("agent", other).await;
    let text = refused["error"]["message"].as_str().unwrap();
    assert!(text.ends_with("name `to`"), "{text}");
    edge.stopped().await;
}

#[tokio::test]
async fn what_stays_here_says_nothing_of_a_delivery() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(SCOPES).await;
    let here = [
        errand("k1", json!({ "channel": "webchat" })),
        errand(
            "k2",
            json!({ "deliver": false, "channel": "paper", "to": "5" }),
        ),
    ];
    for params in here {
        let answer = ended(&mut client, params).await;
        let result = answer["payload"]["result"].as_object().unwrap();
        assert!(!result.contains_key("deliveryStatus"), "{answer}");
    }
    assert!(paper.said().is_empty());
    edge.stopped().await;
}

#[tokio::test]
async fn what_can_never_arrive_is_refused_before_it_runs() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper), Paper::signed_out("aside")]).await;
    let mut client = edge.owner(SCOPES).await;
    for (number, (more, code, words)) in [
        (
            json!({ "channel": "telegram", "to": "1" }),
            "NOT_LINKED",
            "channel telegram is not connected",
        ),
        (
            json!({ "channel": "paper", "accountId": "aside", "to": "1" }),
            "NOT_LINKED",
            "revoked",
        ),
        (
            json!({ "channel": "paper", "accountId": "x", "to": "1" }),
            "INVALID_REQUEST",
            "unknown account",
        ),
        (
            json!({ "channel": "paper", "to": "!" }),
            "INVALID_REQUEST",
            "no address",
        ),
        (
            json!({ "channel": "pigeon", "to": "1" }),
            "INVALID_REQUEST",
            "unknown channel: pigeon",
        ),
        (
            json!({ "channel": "paper" }),
            "INVALID_REQUEST",
            "name `to`",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let params = errand(&format!("k{number}"), more);
        let answer = client.call("agent", params).await;
        assert_eq!(answer["error"]["code"], code, "{answer}");
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.contains(words), "{answer}");
    }
    assert!(edge.runner.turns().is_empty());
    edge.stopped().await;
}

#[tokio::test]
async fn a_delivery_that_fails_is_told_with_the_answer() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(SCOPES).await;
    let to_five = |key: &str| errand(key, json!({ "channel": "paper", "to": "5" }));
    paper.script([Outcome::Refuse]);
    let answer = ended(&mut client, to_five("k1")).await;
    let result = &answer["payload"]["result"];
    assert_eq!(result["payloads"][0]["text"], "you said: k1", "{answer}");
    let status = &result["deliveryStatus"];
    assert_eq!(status["status"], "failed", "{answer}");
    assert_eq!(status["succeeded"], false);
    let reason = status["reason"].as_str().unwrap();
    assert!(reason.contains("chat not found"), "{reason}");

    edge.runner.next([]);
    let answer = ended(&mut client, to_five("k2")).await;
    let status = &answer["payload"]["result"]["deliveryStatus"];
    assert_eq!(status["status"], "suppressed", "{answer}");

    // A failed run is told to the caller alone.
    edge.runner
        .next([Step::Say("half"), Step::Fail(FailureKind::Refusal, "no")]);
    let answer = ended(&mut client, to_five("k3")).await;
    assert_eq!(answer["payload"]["status"], "error", "{answer}");
    assert!(paper.said().is_empty());

    let tries = std::iter::repeat_n(Outcome::Unreachable, 200);
    paper.script(tries);
    let id = client.ask("agent", to_five("k4")).await;
    client.answer(&id).await;
    settle().await;
    jump(Duration::from_secs(26)).await;
    let answer = client.answer(&id).await;
    let status = &answer["payload"]["result"]["deliveryStatus"];
    assert_eq!(status["status"], "queued", "{answer}");
    edge.stopped().await;
}

#[tokio::test]
async fn a_repetition_is_told_the_same_although_there_is_no_way_there_any_more() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let params = errand("k1", json!({ "channel": "paper", "to": "5" }));
    let first = ended(&mut client, params.clone()).await;
    let result = &first["payload"]["result"];
    assert_eq!(result["deliveryStatus"]["status"], "sent", "{first}");
    let account = json!({ "channel": "paper", "accountId": "default" });
    client.get("channels.logout", account).await;
    let other = errand("k2", json!({ "channel": "paper", "to": "5" }));
    let refused = client.call("agent", other).await;
    assert_eq!(refused["error"]["code"], "NOT_LINKED", "{refused}");
    let repeat = client.call("agent", params).await;
    assert_eq!(repeat["payload"]["result"], *result, "{repeat}");
    edge.stopped().await;
}
