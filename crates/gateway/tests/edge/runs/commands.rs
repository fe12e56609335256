//! Slash commands: answered by the gateway, as one final step and no agent updates (V3 6.5).

use serde_json::{Value, json};

use super::{SCOPES, chat, end_of};
use crate::common::Edge;

#[tokio::test]
async fn commands_answer_without_the_model() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    for (number, (command, word)) in [
        ("/help", "**Commands**"),
        ("/status", "scripted/model-1"),
        ("/model", "`scripted/model-1`"),
        ("/new", "new conversation"),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("k{number}");
        client.get("chat.send", chat(&key, command)).await;
        let event = client
            .event_where(|event| matches!(event["event"].as_str(), Some("chat" | "agent")))
            .await;
        assert_eq!(event["event"], "chat", "{command}: {event}");
        let end = &event["payload"];
        assert_eq!(
            (&end["runId"], &end["state"]),
            (&json!(key), &json!("final"))
        );
        let text = end
            .pointer("/message/content/0/text")
            .and_then(Value::as_str)
            .unwrap();
        assert!(text.contains(word), "{command}: {text}");
        assert_eq!(end["message"]["stopReason"], "injected");
        assert_eq!(end["message"]["usage"]["totalTokens"], 0);
    }
    assert!(edge.runner.turns().is_empty());
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn new_begins_a_conversation_that_the_model_sees_alone() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    for (key, message) in [("k1", "remember me"), ("k2", "/new"), ("k3", "who am I?")] {
        client.get("chat.send", chat(key, message)).await;
        end_of(&mut client, key).await;
    }
    let turns = edge.runner.turns();
    let seen: Vec<String> = turns[1]
        .history
        .iter()
        .map(|message| message.body.text())
        .collect();
    assert!(
        !seen.iter().any(|text| text.contains("remember")),
        "{seen:?}"
    );
    assert_eq!(seen.last().map(String::as_str), Some("who am I?"));
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_line_of_the_system_is_told_to_the_model_once() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    client
        .get("system-event", json!({ "text": "the door bell rang" }))
        .await;
    assert_eq!(
        client.get("status", json!({})).await["queuedSystemEvents"],
        json!(["the door bell rang"])
    );
    for key in ["k1", "k2"] {
        client.get("chat.send", chat(key, "hello")).await;
        end_of(&mut client, key).await;
    }
    let prompts: Vec<Option<String>> = edge
        .runner
        .turns()
        .into_iter()
        .map(|turn| turn.system_prompt)
        .collect();
    assert!(
        prompts[0]
            .as_ref()
            .is_some_and(|prompt| prompt.contains("the door bell rang")),
        "{prompts:?}"
    );
    assert_eq!(prompts[1], None);
    drop(client);
    edge.stopped().await;
}

/// What `sessions.reset` and `sessions.patch` need, `/new` and `/model x` need too (T23).
#[tokio::test]
async fn a_command_gives_no_right_that_its_caller_lacks() {
    let edge = Edge::start().await;
    let mut writer = edge.owner(SCOPES).await;
    let before = writer
        .get("chat.history", json!({ "sessionKey": "main" }))
        .await;
    for (key, message) in [("k1", "/new"), ("k2", "/model scripted/other")] {
        writer.get("chat.send", chat(key, message)).await;
        let end = end_of(&mut writer, key).await;
        assert!(
            end.to_string().contains("operator.admin"),
            "{message}: {end}"
        );
    }
    let after = writer.get("sessions.list", json!({})).await;
    let row = &after["sessions"][0];
    assert_eq!(row["model"], "model-1", "{before} {row}");
    drop(writer);
    edge.stopped().await;
}

#[tokio::test]
async fn the_model_may_be_the_configured_one_again() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    for (key, message, words, model) in [
        ("k1", "/model scripted/other", "`scripted/other`", "other"),
        (
            "k2",
            "/model Default",
            "again: `scripted/model-1`",
            "model-1",
        ),
    ] {
        client.get("chat.send", chat(key, message)).await;
        let end = end_of(&mut client, key).await;
        assert!(end.to_string().contains(words), "{message}: {end}");
        let list = client.get("sessions.list", json!({})).await;
        assert_eq!(list["sessions"][0]["model"], model, "{list}");
    }
    let patched = client.get("sessions.patch", json!({ "key": "main" })).await;
    let entry = patched["entry"].as_object().unwrap();
    assert!(!entry.contains_key("modelOverride"), "{patched}");
    drop(client);
    edge.stopped().await;
}
