//! Runs that fail, and the codes of the runbook (D3). `NOT_PAIRED` is made in `handshake::rights`,
//! `FORBIDDEN` for every method in `authz_matrix`.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_core::run::FailureKind;

use super::{SCOPES, agent, chat, end_of, turns};
use crate::common::{Client, Edge, Step, jump, settle};

/// Starts `agent` and gives its last answer; `between` happens while the run is at work.
async fn failed(
    edge: &Edge,
    client: &mut Client,
    params: Value,
    between: impl AsyncFnOnce(),
) -> Value {
    let before = edge.runner.turns().len();
    let id = client.ask("agent", params).await;
    assert_eq!(client.answer(&id).await["payload"]["status"], "accepted");
    turns(edge, before + 1).await;
    between().await;
    let answer = client.answer(&id).await;
    assert_eq!(answer["ok"], false, "{answer}");
    assert_eq!(answer["payload"]["status"], "error");
    assert_eq!(answer["payload"]["summary"], answer["error"]["message"]);
    answer["error"].clone()
}

async fn lane_is_free(client: &mut Client) {
    client.get("chat.send", chat("after", "still there?")).await;
    assert_eq!(end_of(client, "after").await["state"], "final");
}

#[tokio::test]
async fn an_answer_for_a_channel_that_is_not_connected_is_not_linked_before_it_runs() {
    let edge = Edge::start().await;
    let mut client = edge.owner(SCOPES).await;
    let mut params = agent("k1", "hello");
    params["channel"] = "telegram".into();
    params["deliver"] = true.into();
    let answer = client.call("agent", params).await;
    assert_eq!(answer["error"]["code"], "NOT_LINKED", "{answer}");
    assert!(edge.runner.turns().is_empty());
    lane_is_free(&mut client).await;
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_run_past_its_deadline_ends_with_agent_timeout_even_if_the_runner_hears_nothing() {
    let edge = Edge::start().await;
    edge.runner.next([Step::Say("so far"), Step::Hang]);
    let mut client = edge.owner(SCOPES).await;
    let mut params = agent("k1", "hello");
    params["timeout"] = 5.into();
    let error = failed(&edge, &mut client, params, async || {
        jump(Duration::from_secs(5)).await;
        // The grace of a runner that does not return.
        jump(Duration::from_secs(2)).await;
    })
    .await;
    assert_eq!(
        (&error["code"], &error["message"]),
        (
            &json!("AGENT_TIMEOUT"),
            &json!("the run took longer than 5 s and was ended")
        )
    );
    let end = end_of(&mut client, "k1").await;
    assert_eq!(
        (&end["state"], &end["errorKind"]),
        (&json!("error"), &json!("timeout"))
    );
    assert_eq!(end["errorMessage"], error["message"]);
    lane_is_free(&mut client).await;
    let history = client
        .get("chat.history", json!({ "sessionKey": "main" }))
        .await;
    assert_eq!(
        history["messages"][1]["content"],
        json!([{ "type": "text", "text": "so far" }])
    );
    assert_eq!(history["messages"][1]["stopReason"], "error");
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_silent_runner_runs_into_the_idle_deadline() {
    let edge = Edge::start().await;
    edge.runner.next([Step::Say("so far"), Step::Hang]);
    let mut client = edge.owner(SCOPES).await;
    let error = failed(&edge, &mut client, agent("k1", "hello"), async || {
        jump(Duration::from_mins(2)).await;
        jump(Duration::from_secs(2)).await;
    })
    .await;
    assert_eq!(error["code"], "AGENT_TIMEOUT");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("said nothing for 120 s"),
        "{error}"
    );
    lane_is_free(&mut client).await;
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn what_the_provider_says_is_told_and_the_lane_is_free() {
    let edge = Edge::start().await;
    let mut client = edge.owner(SCOPES).await;
    for (number, (kind, word)) in [
        (FailureKind::RateLimit, "rate_limit"),
        (FailureKind::ContextLength, "context_length"),
        (FailureKind::Refusal, "refusal"),
        (FailureKind::Auth, "unknown"),
    ]
    .into_iter()
    .enumerate()
    {
        edge.runner
            .next([Step::Say("half"), Step::Fail(kind, "provider x: no")]);
        let key = format!("k{number}");
        let error = failed(&edge, &mut client, agent(&key, "hello"), async || {}).await;
        assert_eq!(
            error,
            json!({ "code": "UNAVAILABLE", "message": "provider x: no" })
        );
        let end = end_of(&mut client, &key).await;
        assert_eq!(
            (&end["state"], &end["errorKind"]),
            (&json!("error"), &json!(word))
        );
        assert_eq!(end["errorMessage"], "provider x: no");
    }
    lane_is_free(&mut client).await;
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_runner_that_panics_costs_its_own_turn() {
    let edge = Edge::start().await;
    edge.runner.next([Step::Say("half"), Step::Panic]);
    let mut client = edge.owner(SCOPES).await;
    let error = failed(&edge, &mut client, agent("k1", "hello"), async || {}).await;
    assert_eq!(error["code"], "UNAVAILABLE");
    assert!(
        !error["message"]
            .as_str()
            .unwrap()
            .contains("the script says so"),
        "no internals: {error}"
    );
    lane_is_free(&mut client).await;
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn what_cannot_be_done_is_refused_with_its_reason() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let send = |to: &str, channel: &str| json!({ "to": to, "message": "x", "idempotencyKey": "k", "channel": channel });
    for (method, params, text) in [
        (
            "agent",
            json!({ "message": "x", "idempotencyKey": "k", "agentId": "nobody" }),
            "invalid agent params: unknown agent id \"nobody\"",
        ),
        (
            "agent",
            json!({ "message": "x", "idempotencyKey": "k", "channel": "pigeon" }),
            "invalid agent params: unknown channel: pigeon",
        ),
        (
            "agent",
            json!({ "message": "x", "idempotencyKey": "k", "agentId": "work", "sessionKey": "agent:main:x" }),
            "invalid agent params: agent \"work\" does not match session key \"agent:main:x\"",
        ),
        (
            "agent",
            json!({ "message": "", "idempotencyKey": "k" }),
            "invalid agent params: at /message: must NOT have fewer than 1 characters",
        ),
        (
            "agent",
            json!({ "message": "x" }),
            "invalid agent params: must have required property 'idempotencyKey'",
        ),
        (
            "agent",
            json!({ "message": "x", "idempotencyKey": "k", "attachments": [{}] }),
            "attachments are not supported yet: send the message without them",
        ),
        (
            "chat.send",
            json!({ "sessionKey": "agent:nobody:x", "message": "x", "idempotencyKey": "k" }),
            "unknown agent id \"nobody\": add it to agents.list to go on here; what was said stays readable",
        ),
        (
            "chat.send",
            json!({ "sessionKey": " ", "message": "x", "idempotencyKey": "k" }),
            "session key is empty",
        ),
        (
            "send",
            send("+15550001", "pigeon"),
            "unsupported channel: pigeon",
        ),
        (
            "send",
            json!({ "to": "+15550001", "message": "x", "idempotencyKey": "k" }),
            "unsupported channel: whatsapp",
        ),
        (
            "send",
            json!({ "to": "main", "message": "x", "idempotencyKey": "k", "mediaUrl": "file:///etc/passwd" }),
            "mediaUrl must be an http or https address without blanks",
        ),
        (
            "sessions.delete",
            json!({ "key": "main" }),
            "Cannot delete the main session (agent:main:main).",
        ),
        (
            "sessions.patch",
            json!({ "key": "x", "thinkingLevel": "enormous" }),
            "invalid thinkingLevel (use off|minimal|low|medium|high|xhigh)",
        ),
        (
            "sessions.resolve",
            json!({ "key": "nothing" }),
            "No session found: nothing",
        ),
        ("system-event", json!({ "text": "  " }), "text required"),
        ("no.such", json!({}), "unknown method: no.such"),
    ] {
        let answer = client.call(method, params.clone()).await;
        let error = json!({ "code": "INVALID_REQUEST", "message": text });
        assert_eq!(answer["error"], error, "{method} {params}");
    }
    settle().await;
    assert!(edge.runner.turns().is_empty(), "none of them ran");
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_session_that_refuses_messages_says_so() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let quiet = json!({ "key": "main", "sendPolicy": "deny" });
    client.get("sessions.patch", quiet).await;
    for (method, params) in [("chat.send", chat("k1", "x")), ("agent", agent("k2", "x"))] {
        let refused = client.call(method, params).await;
        assert_eq!(
            refused["error"]["message"],
            "send blocked by session policy"
        );
    }
    drop(client);
    edge.stopped().await;
}
