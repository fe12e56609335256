//! Stopping runs: by request, by a word, and those that wait.

use serde_json::json;

use super::{SCOPES, agent, chat, end_of, hold, turns};
use crate::common::Edge;

#[tokio::test]
async fn an_abort_ends_the_run_its_own_answer_and_nothing_else() {
    let edge = Edge::start().await;
    hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    let id = client.ask("agent", agent("k1", "hello")).await;
    client.answer(&id).await;
    turns(&edge, 1).await;
    let stopped = client
        .get("chat.abort", json!({ "sessionKey": "main", "runId": "k1" }))
        .await;
    assert_eq!(
        stopped,
        json!({ "ok": true, "aborted": true, "runIds": ["k1"] })
    );
    let last = client.answer(&id).await["payload"].clone();
    assert_eq!(
        (&last["status"], &last["summary"]),
        (&json!("ok"), &json!("aborted"))
    );
    assert_eq!(last["result"]["meta"]["aborted"], true);
    let end = end_of(&mut client, "k1").await;
    assert_eq!(
        (&end["state"], &end["stopReason"], end.get("message")),
        (&json!("aborted"), &json!("rpc"), None)
    );
    let history = client
        .get("chat.history", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(
        history["messages"][1]["stopReason"], "aborted",
        "what was said stays: {history}"
    );
    client.get("chat.send", chat("k2", "and now?")).await;
    assert_eq!(
        end_of(&mut client, "k2").await["state"],
        "final",
        "the lane is free"
    );
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn an_abort_must_name_the_right_session() {
    let edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    client.get("chat.send", chat("k1", "hello")).await;
    turns(&edge, 1).await;
    let refused = client
        .call(
            "chat.abort",
            json!({ "sessionKey": "other", "runId": "k1" }),
        )
        .await["error"]
        .clone();
    assert_eq!(
        (&refused["code"], &refused["message"]),
        (
            &json!("INVALID_REQUEST"),
            &json!("runId does not match sessionKey")
        )
    );
    for unknown in [
        json!({ "sessionKey": "main", "runId": "nobody" }),
        json!({ "sessionKey": "other" }),
    ] {
        let nothing = client.get("chat.abort", unknown).await;
        assert_eq!(
            nothing,
            json!({ "ok": true, "aborted": false, "runIds": [] })
        );
    }
    gate.add_permits(1);
    assert_eq!(
        end_of(&mut client, "k1").await["state"],
        "final",
        "the run was left alone"
    );
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn every_stop_word_ends_all_runs_of_the_session_and_starts_none() {
    let edge = Edge::start().await;
    let mut client = edge.owner(SCOPES).await;
    let words = [
        "/stop",
        "stop",
        "ESC",
        " Abort ",
        "wait",
        "exit",
        "interrupt",
    ];
    for (number, word) in words.into_iter().enumerate() {
        hold(&edge);
        let (at_work, waiting) = (format!("a{number}"), format!("b{number}"));
        client.get("chat.send", chat(&at_work, "hello")).await;
        turns(&edge, number + 1).await;
        client.get("chat.send", chat(&waiting, "next")).await;
        let stopped = client
            .get("chat.send", chat(&format!("w{number}"), word))
            .await;
        assert_eq!(
            stopped,
            json!({ "ok": true, "aborted": true, "runIds": [at_work, waiting] }),
            "{word}"
        );
        for run in [&at_work, &waiting] {
            // The one that waited may be told first.
            let mut watcher = edge.owner(SCOPES).await;
            let ended = watcher.get("agent.wait", json!({ "runId": run })).await;
            assert_eq!(ended["status"], "ok", "{word}: {ended}");
        }
    }
    let idle = client.get("chat.send", chat("idle", "stop")).await;
    assert_eq!(idle, json!({ "ok": true, "aborted": false, "runIds": [] }));
    assert_eq!(edge.runner.turns().len(), words.len());
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_run_that_waits_can_be_taken_out_alone() {
    let edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    client.get("chat.send", chat("k1", "one")).await;
    turns(&edge, 1).await;
    for key in ["k2", "k3"] {
        client.get("chat.send", chat(key, key)).await;
    }
    let stopped = client
        .get("chat.abort", json!({ "sessionKey": "main", "runId": "k2" }))
        .await;
    assert_eq!(stopped["runIds"], json!(["k2"]));
    assert_eq!(end_of(&mut client, "k2").await["state"], "aborted");
    gate.add_permits(1);
    assert_eq!(end_of(&mut client, "k1").await["state"], "final");
    assert_eq!(end_of(&mut client, "k3").await["state"], "final");
    let heard: Vec<String> = edge
        .runner
        .turns()
        .iter()
        .map(|turn| turn.history.last().unwrap().body.text())
        .collect();
    assert_eq!(heard, ["one", "k3"]);
    drop(client);
    edge.stopped().await;
}
