//! The two answers of `agent`, and the order of what is heard meanwhile (V3 6).

use serde_json::{Value, json};

use super::{SCOPES, agent, chat, end_of, hold, turns};
use crate::common::{Edge, Step};

/// What a frame is, in brief.
fn brief(frame: &Value) -> String {
    let payload = &frame["payload"];
    let word = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    match (frame["type"].as_str(), frame["event"].as_str()) {
        (Some("res"), _) => format!("answer {}", word(&payload["status"])),
        (_, Some("agent")) if payload["stream"] == "lifecycle" => {
            format!("agent {}", word(&payload["data"]["phase"]))
        }
        (_, Some("agent")) => format!("agent {}", word(&payload["stream"])),
        (_, Some("chat")) => format!("chat {}", word(&payload["state"])),
        (_, other) => other.unwrap_or("?").to_owned(),
    }
}

#[tokio::test]
async fn agent_answers_twice_and_the_events_come_in_order_between() {
    let edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    let id = client.ask("agent", agent("k1", "hello")).await;
    let mut frames = vec![];
    let mut released = false;
    loop {
        let frame = client.any().await;
        let seen = brief(&frame);
        if matches!(seen.as_str(), "health" | "presence" | "tick") {
            continue;
        }
        if seen == "chat delta" && !released {
            gate.add_permits(1);
            released = true;
        }
        let last = frame["type"] == "res" && frame["payload"]["status"] != "accepted";
        frames.push(frame);
        if last {
            break;
        }
    }
    let order: Vec<String> = frames.iter().map(brief).collect();
    let expected = [
        "answer accepted",
        "agent start",
        "agent assistant",
        "chat delta",
        "agent assistant",
        "agent end",
        "chat final",
        "answer ok",
    ];
    assert_eq!(order, expected);
    assert!(
        frames
            .iter()
            .filter(|frame| frame["type"] == "res")
            .all(|frame| frame["id"] == id.as_str())
    );

    let accepted = &frames[0]["payload"];
    assert_eq!(accepted["runId"], "k1", "the run's id is the key");
    assert!(accepted["acceptedAt"].is_u64());
    let inner: Vec<u64> = frames
        .iter()
        .filter(|f| f["event"] == "agent")
        .map(|f| f["payload"]["seq"].as_u64().unwrap())
        .collect();
    assert_eq!(inner, [1, 2, 3, 4]);
    assert_eq!(
        frames[2]["payload"]["data"],
        json!({ "text": "a word", "delta": "a word" })
    );
    assert_eq!(
        frames[4]["payload"]["data"],
        json!({ "text": "a word and another", "delta": " and another" })
    );
    assert_eq!(frames[3]["payload"]["deltaText"], "a word");
    assert_eq!(
        frames[3]["payload"]["message"]["content"],
        json!([{ "type": "text", "text": "a word" }])
    );
    let end = &frames[6]["payload"];
    assert_eq!(
        (&end["sessionKey"], &end["stopReason"]),
        (&json!("main"), &json!("stop")),
        "the key as it was sent"
    );
    assert_eq!(end["usage"]["totalTokens"], 8);

    let result = &frames[7]["payload"];
    assert_eq!(
        (&result["runId"], &result["summary"]),
        (&json!("k1"), &json!("completed"))
    );
    assert_eq!(
        result["result"]["payloads"],
        json!([{ "text": "a word and another", "mediaUrl": null }])
    );
    let meta = &result["result"]["meta"];
    assert_eq!(
        (&meta["aborted"], &meta["agentMeta"]["provider"]),
        (&json!(false), &json!("scripted"))
    );
    assert_eq!(
        meta["agentMeta"]["usage"],
        json!({ "input": 3, "output": 5, "cacheRead": 0, "cacheWrite": 0, "total": 8 })
    );
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn chat_send_answers_started_and_history_has_both_sides() {
    let edge = Edge::start().await;
    edge.runner
        .next([Step::Think("hm"), Step::Say("hello you")]);
    let mut client = edge.owner(SCOPES).await;
    let before = client
        .get("chat.history", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(
        (&before["messages"], before.get("sessionId")),
        (&json!([]), None)
    );
    assert_eq!(
        client.get("chat.send", chat("k1", "hello")).await,
        json!({ "runId": "k1", "status": "started" })
    );
    assert_eq!(end_of(&mut client, "k1").await["state"], "final");
    let history = client
        .get("chat.history", json!({ "sessionKey": "agent:main:main" }))
        .await;
    let messages = history["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(
        (&messages[0]["role"], &messages[0]["content"]),
        (
            &json!("user"),
            &json!([{ "type": "text", "text": "hello" }])
        )
    );
    let parts =
        json!([{ "type": "thinking", "thinking": "hm" }, { "type": "text", "text": "hello you" }]);
    assert_eq!(
        (&messages[1]["role"], &messages[1]["content"]),
        (&json!("assistant"), &parts)
    );
    assert_eq!(
        (&messages[1]["stopReason"], &messages[1]["runId"]),
        (&json!("stop"), &json!("k1"))
    );
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_run_survives_its_caller_who_comes_back_for_the_answer() {
    let edge = Edge::start().await;
    let gate = hold(&edge);
    let mut caller = edge.owner(SCOPES).await;
    assert_eq!(
        caller.call("agent", agent("k1", "hello")).await["payload"]["status"],
        "accepted"
    );
    caller.leave().await;
    let mut back = edge.owner(SCOPES).await;
    let history = back
        .get("chat.history", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(
        history["activeRun"]["runId"], "k1",
        "what is going on can be seen: {history}"
    );
    let waiting = back.ask("agent.wait", json!({ "runId": "k1" })).await;
    gate.add_permits(1);
    let waited = back.answer(&waiting).await["payload"].clone();
    assert_eq!(
        (&waited["status"], &waited["runId"]),
        (&json!("ok"), &json!("k1"))
    );
    assert!(
        waited["startedAt"].is_u64() && waited["endedAt"].is_u64(),
        "{waited}"
    );
    let repeat = back.get("agent", agent("k1", "hello")).await;
    assert_eq!(
        repeat["result"]["payloads"][0]["text"],
        "a word and another"
    );
    drop(back);
    edge.stopped().await;
}

#[tokio::test]
async fn agent_wait_for_an_unknown_run_times_out() {
    let edge = Edge::start().await;
    let mut client = edge.owner(SCOPES).await;
    let waited = client
        .get("agent.wait", json!({ "runId": "nobody", "timeoutMs": 0 }))
        .await;
    assert_eq!(waited, json!({ "runId": "nobody", "status": "timeout" }));
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn messages_during_a_run_wait_their_turn_in_order() {
    let edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    client.get("chat.send", chat("k1", "one")).await;
    turns(&edge, 1).await;
    for (key, message) in [("k2", "two"), ("k3", "three")] {
        let started = client.get("chat.send", chat(key, message)).await;
        assert_eq!(
            started,
            json!({ "runId": key, "status": "started", "queued": true })
        );
    }
    let history = client
        .get("chat.history", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(
        history["queued"],
        json!([{ "runId": "k2", "text": "two" }, { "runId": "k3", "text": "three" }])
    );
    gate.add_permits(1);
    for key in ["k1", "k2", "k3"] {
        assert_eq!(end_of(&mut client, key).await["state"], "final");
    }
    let heard: Vec<String> = edge
        .runner
        .turns()
        .iter()
        .map(|turn| turn.history.last().unwrap().body.text())
        .collect();
    assert_eq!(heard, ["one", "two", "three"]);
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_back() {
    let edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    client.get("chat.send", chat("k0", "zero")).await;
    turns(&edge, 1).await;
    for number in 1..=4 {
        client
            .get("chat.send", chat(&format!("k{number}"), "more"))
            .await;
    }
    let busy = client.call("chat.send", chat("k5", "too many")).await["error"].clone();
    assert_eq!(
        (&busy["code"], &busy["retryable"]),
        (&json!("UNAVAILABLE"), &json!(true)),
        "{busy}"
    );
    assert!(
        busy["retryAfterMs"].as_u64().is_some_and(|ms| ms > 0),
        "{busy}"
    );
    gate.add_permits(1);
    end_of(&mut client, "k4").await;
    client.get("chat.send", chat("k5", "too many")).await;
    assert_eq!(
        end_of(&mut client, "k5").await["state"],
        "final",
        "the refused key is free"
    );
    drop(client);
    edge.stopped().await;
}
