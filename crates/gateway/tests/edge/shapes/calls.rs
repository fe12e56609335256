//! Calls that need nothing but a gateway with an account on a network.

use serde_json::{Value, json};

/// A method and its params.
type Calls = Vec<(&'static str, Value)>;

/// Good calls of methods, in an order in which each has something to say.
pub(super) fn calls() -> Calls {
    [
        sessions(),
        gateway(),
        networks(),
        canvases_and_rules(),
        ends_of_sessions(),
    ]
    .concat()
}

/// Messages, and the sessions that they make.
fn sessions() -> Calls {
    let everything = json!({
        "includeDerivedTitles": true, "includeLastMessage": true, "includeGlobal": true, "includeUnknown": true,
        "search": "hello", "agentId": "main",
    });
    vec![
        (
            "chat.send",
            json!({ "sessionKey": "notes", "message": "hello", "idempotencyKey": "c1" }),
        ),
        ("agent.wait", json!({ "runId": "c1" })),
        (
            "chat.send",
            json!({ "sessionKey": "notes", "message": "hello", "idempotencyKey": "c1" }),
        ),
        (
            "chat.send",
            json!({ "sessionKey": "notes", "message": "stop", "idempotencyKey": "c2" }),
        ),
        ("chat.abort", json!({ "sessionKey": "notes" })),
        (
            "send",
            json!({ "to": "main", "message": "news", "idempotencyKey": "s1", "mediaUrl": "https://example.com/a" }),
        ),
        (
            "sessions.patch",
            json!({ "key": "notes", "label": "Notes", "thinkingLevel": "high", "verboseLevel": "on",
            "reasoningLevel": "stream", "model": "scripted/model-1", "responseUsage": "full", "sendPolicy": "allow",
            "groupActivation": "always", "execHost": "node" }),
        ),
        ("chat.history", json!({ "sessionKey": "notes" })),
        ("chat.history", json!({ "sessionKey": "notes", "limit": 1 })),
        ("chat.history", json!({ "sessionKey": "nothing yet" })),
        ("sessions.list", everything),
        ("sessions.list", json!({})),
        (
            "sessions.preview",
            json!({ "keys": ["notes", "main", "nothing", " "] }),
        ),
        ("sessions.resolve", json!({ "label": "Notes" })),
        ("sessions.resolve", json!({ "key": "notes" })),
    ]
}

/// The gateway itself: who is there, its health, agents and config.
fn gateway() -> Calls {
    vec![
        (
            "system-event",
            json!({ "text": "Node: attic (10.0.0.5) · app 1 · mode ui · reason x", "lastInputSeconds": 4.0 }),
        ),
        ("system-presence", json!({})),
        ("status", json!({})),
        ("health", json!({ "probe": true })),
        ("last-heartbeat", json!({})),
        ("agent.identity.get", json!({ "sessionKey": "notes" })),
        ("agents.list", json!({})),
        ("models.list", json!({ "view": "configured" })),
        ("config.get", json!({})),
        ("config.schema", json!({})),
        ("logs.tail", json!({ "limit": 10 })),
        ("dashboard.link", json!({})),
    ]
}

/// Accounts on networks, people, and what is sent to them.
fn networks() -> Calls {
    vec![
        ("channels.status", json!({ "probe": true })),
        ("channels.pairing.list", json!({})),
        ("channels.senders.list", json!({})),
        (
            "channels.pairing.dismiss",
            json!({ "channel": "paper", "senderId": "9" }),
        ),
        (
            "send",
            json!({ "channel": "paper", "to": "-5", "message": "news", "idempotencyKey": "n1" }),
        ),
        (
            "poll",
            json!({ "channel": "paper", "to": "5", "question": "Which?", "options": ["a", "b"],
            "idempotencyKey": "n2" }),
        ),
        ("outbox.list", json!({ "state": "open" })),
        ("outbox.retry", json!({ "no": 1 })),
        ("outbox.drop", json!({ "no": 1 })),
        ("messages.trace", json!({ "id": "m1" })),
    ]
}

/// Canvases, and the rules of programs.
fn canvases_and_rules() -> Calls {
    vec![
        (
            "canvas.push",
            json!({ "sessionKey": "main", "messages": [{ "beginRendering": { "surfaceId": "a", "root": "r" } }] }),
        ),
        ("canvas.state", json!({ "sessionKey": "main" })),
        (
            "canvas.open",
            json!({ "sessionKey": "main", "view": "a2ui" }),
        ),
        (
            "canvas.present",
            json!({ "sessionKey": "main", "view": "a2ui" }),
        ),
        ("canvas.reset", json!({ "sessionKey": "main" })),
        (
            "canvas.action",
            json!({ "sessionKey": "notes", "action": { "name": "close" }, "idempotencyKey": "v1" }),
        ),
        ("exec.approvals.get", json!({})),
        (
            "exec.approvals.set",
            json!({ "file": { "version": 1, "agents": { "main": { "allowlist": [{ "pattern": "/bin/ls" }] } } } }),
        ),
    ]
}

/// Sessions end; after everything that reads them.
fn ends_of_sessions() -> Calls {
    vec![
        ("sessions.reset", json!({ "key": "notes" })),
        ("sessions.delete", json!({ "key": "notes" })),
        ("sessions.delete", json!({ "key": "never was" })),
    ]
}
