//! Canaries (T22): every secret and every word of a conversation is a marker that occurs nowhere
//! else; none of them may be found, in any common form, in a log line, an error, a metric, or a
//! frame to somebody who may not know it.

mod hunt;

use std::fmt::Write as _;

use serde_json::{Value, json};
use tidegate_core::run::FailureKind;

use self::hunt::{Hunt, Log, url_encoded};
use crate::common::{Client, Device, Edge, FORWARDED, Setup, Step, asks, get, settle};

const TOKEN: &str = "canary+token/0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const PASSWORD: &str = "canary password & 9d8c7b6a5f4e3d2c1b0a99887766";
const MESSAGE: &str = "canary-message: meet me at the old harbour, pier 7c1d9";
const ANSWER: &str = "canary-answer: the tide is at 5h42, bring the 8e3fa rope";
const THINKING: &str = "canary-thinking: the user wants 2b77d to leave";
const SCOPES: &[&str] = &["operator.admin", "operator.read", "operator.write"];

/// Two who may know nothing of the conversation, and hear everything that they may.
async fn outsiders(edge: &Edge) -> Vec<Client> {
    let mut node = Client::open(edge.addr).await;
    let mut params = asks(4, &[]);
    params["role"] = "node".into();
    params["auth"] = json!({ "token": TOKEN });
    assert_eq!(
        node.connect_as(&Device::number(9), &params).await["ok"],
        true
    );
    let mut approver = asks(4, &["operator.approvals"]);
    approver["auth"] = json!({ "password": PASSWORD });
    vec![node, edge.join(&approver).await]
}

/// A device that joins by a one-time code, and its token.
async fn browser(edge: &Edge, code: &str) -> (Client, String) {
    let mut params = asks(4, SCOPES);
    params["auth"] = json!({ "bootstrapToken": code });
    let mut client = Client::open(edge.addr).await;
    let hello = client.connect_as(&Device::number(1), &params).await;
    let token = hello["payload"]["auth"]["deviceToken"]
        .as_str()
        .unwrap()
        .to_owned();
    (client, token)
}

/// Secrets in every wrong place of a handshake: what is said to them.
async fn wrong_handshakes(edge: &Edge, device_token: &str, code: &str) -> Vec<Value> {
    let mut said = Vec::new();
    for (auth, headers) in [
        (json!({ "token": TOKEN[..20].to_owned() + "x" }), &[][..]),
        (json!({ "token": device_token }), &[FORWARDED]),
        (json!({ "password": TOKEN }), &[]),
        (json!({ "token": PASSWORD }), &[]),
        (json!({ "bootstrapToken": code }), &[]),
        (json!({ "token": TOKEN, "password": 7 }), &[]),
        (json!({ "token": TOKEN, "pass\u{2}word": PASSWORD }), &[]),
    ] {
        for (newest, with_device) in [(3, false), (4, false), (4, true)] {
            let mut params = asks(newest, SCOPES);
            params["auth"] = auth.clone();
            let mut client = Client::open_with(edge.addr, headers).await;
            let answer = if with_device {
                client.connect_as(&Device::number(5), &params).await
            } else {
                client.connect(&params).await
            };
            if answer["ok"] == false {
                said.push(answer);
                said.push(json!(client.closed().await));
            }
        }
    }
    let mut client = Client::open(edge.addr).await;
    client
        .say(&format!(
            "{{\"type\":\"req\",\"id\":\"1\",\"method\":\"{TOKEN}\""
        ))
        .await;
    said.push(json!(client.closed().await));
    said
}

/// An answer, a failure and a panic; and words in the wrong places. What is said to the latter.
async fn converse(edge: &Edge, client: &mut Client) -> Vec<Value> {
    edge.runner.next([Step::Think(THINKING), Step::Say(ANSWER)]);
    edge.runner.next([
        Step::Say(ANSWER),
        Step::Fail(FailureKind::Unknown, "the provider is down"),
    ]);
    edge.runner.next([Step::Say(ANSWER), Step::Panic]);
    let mut said = Vec::new();
    for key in ["k1", "k2", "k3"] {
        let params = json!({ "sessionKey": "main", "message": MESSAGE, "idempotencyKey": key });
        let run = client.ask("agent", params).await;
        client.answer(&run).await;
        let last = client.answer(&run).await;
        assert_eq!(last["ok"], key == "k1", "{last}");
        if key != "k1" {
            said.push(last);
        }
    }
    client
        .get(
            "send",
            json!({ "to": "main", "message": MESSAGE, "idempotencyKey": "s1" }),
        )
        .await;
    for (method, params) in [
        (
            "chat.send",
            json!({ "sessionKey": "main", "message": { "text": MESSAGE }, "idempotencyKey": "k9" }),
        ),
        (
            "chat.send",
            json!({ "sessionKey": "main", "message": MESSAGE, "idempotencyKey": "k9", "deliver": MESSAGE }),
        ),
        (
            "agent",
            json!({ "message": MESSAGE, "idempotencyKey": "k1" }),
        ),
        ("sessions.list", json!({ "limit": MESSAGE })),
        ("system-event", json!({ "text": " ", "host": MESSAGE })),
    ] {
        let answer = client.call(method, params).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        said.push(answer);
    }
    said
}

/// Every page, asked for by somebody who shows the secret in all places.
async fn pages(edge: &Edge) -> String {
    let bearer = format!("Bearer {TOKEN}");
    let cookie = format!("x={TOKEN}");
    let mut pages = String::new();
    for path in [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/nothing",
        &format!("/?token={}", url_encoded(TOKEN)),
    ] {
        let answer = get(
            edge.addr,
            path,
            &[("Authorization", &bearer), ("Cookie", &cookie)],
        )
        .await;
        let _ = write!(pages, "{answer:?}");
    }
    assert!(pages.contains("gateway_requests_total"));
    pages
}

/// What the state of the gateway looks like to an administrator; conversations aside.
async fn state(client: &mut Client) -> String {
    let mut state = String::new();
    for method in [
        "config.get",
        "health",
        "status",
        "system-presence",
        "agents.list",
        "sessions.list",
    ] {
        let _ = write!(state, "{}", client.get(method, json!({})).await);
    }
    state
}

async fn overheard(outsiders: &mut [Client]) -> String {
    settle().await;
    let mut heard = String::new();
    for outsider in outsiders {
        while outsider.pending().await {
            let _ = write!(heard, "{}", outsider.any().await);
        }
    }
    assert!(heard.contains("\"presence\""), "they did listen");
    heard
}

#[tokio::test]
async fn no_secret_and_no_word_leaves_where_it_should_not() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    // For the whole process: what other tests log meanwhile is searched too.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let edge = Edge::with(Setup {
        token: TOKEN,
        password: Some(PASSWORD),
        ..Setup::default()
    })
    .await;
    let (code, _) = edge.engine.one_time_code();
    let code = code.expose().as_str();

    let mut outsiders = outsiders(&edge).await;
    let (mut client, device_token) = browser(&edge, code).await;
    let mut errors = wrong_handshakes(&edge, &device_token, code).await;
    errors.extend(converse(&edge, &mut client).await);
    let places = [
        ("an error", json!(errors).to_string()),
        ("a page", pages(&edge).await),
        ("the state", state(&mut client).await),
        (
            "events to whoever may not read",
            overheard(&mut outsiders).await,
        ),
    ];
    drop((client, outsiders));
    edge.stopped().await;

    let secrets = Hunt::new(&[
        ("the token", TOKEN),
        ("the password", PASSWORD),
        ("a device token", &device_token),
        ("a one-time code", code),
        ("a message", MESSAGE),
        ("an answer", ANSWER),
        ("thinking", THINKING),
    ]);
    for (place, text) in places {
        secrets.none_in(place, &text);
    }
    let lines = log.text();
    for sign in [
        "connected",
        "handshake refused",
        "request",
        "a runner panicked",
        "turn",
    ] {
        assert!(lines.contains(sign), "the log was heard: {sign}");
    }
    secrets.none_in("the log", &lines);
}
