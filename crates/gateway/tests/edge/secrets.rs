//! Canaries (T22): every secret and every word of a conversation is a marker that occurs nowhere
//! else; none of them may be found, in any common form, in a log line, an error, a metric, or a
//! frame to somebody who may not know it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tidegate_core::run::FailureKind;
use tidegate_core::secret::hex;
use tracing_subscriber::fmt::MakeWriter;

use crate::common::{Client, Device, Edge, FORWARDED, Setup, Step, asks, get, settle};

const TOKEN: &str = "canary+token/0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const PASSWORD: &str = "canary password & 9d8c7b6a5f4e3d2c1b0a99887766";
const MESSAGE: &str = "canary-message: meet me at the old harbour, pier 7c1d9";
const ANSWER: &str = "canary-answer: the tide is at 5h42, bring the 8e3fa rope";
const THINKING: &str = "canary-thinking: the user wants 2b77d to leave";

/// Keeps every log line of this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// What was found of the secrets.
struct Hunt {
    /// Name, and each form as it may stand in a text.
    forms: Vec<(String, String)>,
}

impl Hunt {
    fn new(secrets: &[(&str, &str)]) -> Self {
        let mut forms = Vec::new();
        for (name, secret) in secrets {
            // The middle is the same wherever the encoding of the neighbours begins.
            let base64 = |engine: &dyn Fn(&[u8]) -> String| {
                (0..3).map(|skip| engine(&secret.as_bytes()[skip..])).map(|text| text[..text.len() - 3].to_owned()).collect::<Vec<_>>()
            };
            let escaped = serde_json::to_string(secret).unwrap();
            let mut all = vec![
                (*secret).to_owned(),
                escaped.trim_matches('"').to_owned(),
                hex(secret.as_bytes()),
                hex(secret.as_bytes()).to_uppercase(),
                url_encoded(secret),
                secret.chars().rev().collect(),
                // A part is a leak too.
                secret.chars().skip(8).take(20).collect(),
            ];
            all.extend(base64(&|bytes| STANDARD_NO_PAD.encode(bytes)));
            all.extend(base64(&|bytes| URL_SAFE_NO_PAD.encode(bytes)));
            forms.extend(all.into_iter().map(|form| ((*name).to_owned(), form)));
        }
        Self { forms }
    }

    fn none_in(&self, place: &str, text: &str) {
        for (name, form) in &self.forms {
            if let Some(at) = text.find(form.as_str()) {
                let around: String = text[..at].chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("{name} as {form:?} in {place}, after: {around}");
            }
        }
    }
}

fn url_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            all.push(char::from(byte));
        } else {
            all.push_str(&format!("%{byte:02X}"));
        }
        all
    })
}

#[tokio::test]
async fn no_secret_and_no_word_leaves_where_it_should_not() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let edge = Edge::with(Setup { token: TOKEN, password: Some(PASSWORD), ..Setup::default() }).await;
    let (code, _) = edge.engine.one_time_code();

    // Two who may know nothing of the conversation, and hear everything that they may.
    let node = Device::number(9);
    let mut node_params = asks(4, &[]);
    node_params["role"] = "node".into();
    node_params["auth"] = json!({ "token": TOKEN });
    let mut outsiders = vec![Client::open(edge.addr).await, Client::open(edge.addr).await];
    outsiders[0].connect_as(&node, &node_params).await;
    let mut approver = asks(4, &["operator.approvals"]);
    approver["auth"] = json!({ "password": PASSWORD });
    outsiders[1].connect(&approver).await;

    // A device joins by a code, comes back by its token; and everything goes wrong once.
    let mut errors: Vec<Value> = Vec::new();
    let device = Device::number(1);
    let scopes = &["operator.admin", "operator.read", "operator.write"];
    let mut by_code = asks(4, scopes);
    by_code["auth"] = json!({ "bootstrapToken": code.expose() });
    let mut client = Client::open(edge.addr).await;
    let hello = client.connect_as(&device, &by_code).await;
    let device_token = hello["payload"]["auth"]["deviceToken"].as_str().unwrap().to_owned();
    for (auth, headers) in [
        (json!({ "token": TOKEN[..20].to_owned() + "x" }), &[][..]),
        (json!({ "token": device_token }), &[FORWARDED]),
        (json!({ "password": TOKEN }), &[]),
        (json!({ "token": PASSWORD }), &[]),
        (json!({ "bootstrapToken": code.expose() }), &[]),
        (json!({ "token": TOKEN, "password": 7 }), &[]),
        (json!({ "token": TOKEN, "pass\u{2}word": PASSWORD }), &[]),
    ] {
        for (newest, with_device) in [(3, false), (4, false), (4, true)] {
            let mut params = asks(newest, scopes);
            params["auth"] = auth.clone();
            let mut other = Client::open_with(edge.addr, headers).await;
            let answer =
                if with_device { other.connect_as(&Device::number(5), &params).await } else { other.connect(&params).await };
            if answer["ok"] == false {
                errors.push(answer);
                errors.push(json!(other.closed().await.map(|(_, reason)| reason)));
            }
        }
    }
    let mut late = Client::open(edge.addr).await;
    late.say(&format!("{{\"type\":\"req\",\"id\":\"1\",\"method\":\"{TOKEN}\"")).await;
    errors.push(json!(late.closed().await.map(|(_, reason)| reason)));

    // The conversation: an answer, a failure, a panic, an abort, and words in the wrong places.
    edge.runner.next([Step::Think(THINKING), Step::Say(ANSWER)]);
    edge.runner.next([Step::Say(ANSWER), Step::Fail(FailureKind::Unknown, "the provider is down")]);
    edge.runner.next([Step::Say(ANSWER), Step::Panic]);
    for key in ["k1", "k2", "k3"] {
        let run = client.ask("agent", json!({ "sessionKey": "main", "message": MESSAGE, "idempotencyKey": key })).await;
        client.answer(&run).await;
        let last = client.answer(&run).await;
        if last["ok"] == false {
            errors.push(last);
        }
    }
    client.get("send", json!({ "to": "main", "message": MESSAGE, "idempotencyKey": "s1" })).await;
    for (method, params) in [
        ("chat.send", json!({ "sessionKey": "main", "message": { "text": MESSAGE }, "idempotencyKey": "k9" })),
        ("chat.send", json!({ "sessionKey": "main", "message": MESSAGE, "idempotencyKey": "k9", "deliver": MESSAGE })),
        ("agent", json!({ "message": MESSAGE, "idempotencyKey": "k1" })),
        ("sessions.list", json!({ "limit": MESSAGE })),
        ("system-event", json!({ "text": " ", "host": MESSAGE })),
    ] {
        let answer = client.call(method, params).await;
        assert_eq!(answer["ok"], false, "{method}: {answer}");
        errors.push(answer);
    }
    let bearer = format!("Bearer {TOKEN}");
    let metrics = get(edge.addr, "/metrics", &[("Authorization", &bearer)]).await.body;
    let mut pages = String::new();
    for path in ["/", "/healthz", "/readyz", "/nothing", &format!("/?token={}", url_encoded(TOKEN))] {
        let answer = get(edge.addr, path, &[("Authorization", &bearer), ("Cookie", &format!("x={TOKEN}"))]).await;
        pages.push_str(&format!("{answer:?}"));
    }
    let config = client.get("config.get", json!({})).await;
    let health = client.get("health", json!({})).await;
    let status = client.get("status", json!({})).await;
    let presence = client.get("system-presence", json!({})).await;
    settle().await;
    let mut overheard = String::new();
    for outsider in &mut outsiders {
        while outsider.pending().await {
            overheard.push_str(&outsider.any().await.to_string());
        }
    }
    assert!(overheard.contains("\"presence\""), "they did listen");
    drop((client, outsiders));
    edge.stopped().await;

    let secrets = Hunt::new(&[
        ("the token", TOKEN),
        ("the password", PASSWORD),
        ("a device token", &device_token),
        ("a one-time code", code.expose()),
        ("a message", MESSAGE),
        ("an answer", ANSWER),
        ("thinking", THINKING),
    ]);
    let lines = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for sign in ["connected", "handshake refused", "request", "a runner panicked", "turn"] {
        assert!(lines.contains(sign), "the log was heard: {sign}");
    }
    secrets.none_in("the log", &lines);
    secrets.none_in("an error", &json!(errors).to_string());
    secrets.none_in("/metrics", &metrics);
    secrets.none_in("a page", &pages);
    secrets.none_in("events to whoever may not read", &overheard);
    for (place, state) in [("config.get", config), ("health", health), ("status", status), ("presence", presence)] {
        secrets.none_in(place, &state.to_string());
    }
}

#[tokio::test]
async fn the_hunt_finds_each_form() {
    let hunt = Hunt::new(&[("the token", TOKEN)]);
    let around = |text: String| std::panic::catch_unwind(|| hunt.none_in("here", &format!("before {text} after"))).is_err();
    assert!(around(TOKEN.to_owned()));
    assert!(around(hex(TOKEN.as_bytes())));
    assert!(around(url_encoded(TOKEN)));
    for skip in 0..3 {
        let shifted = format!("{}{TOKEN}", &"Basic"[..skip]);
        assert!(around(STANDARD_NO_PAD.encode(&shifted)), "{skip}");
        assert!(around(URL_SAFE_NO_PAD.encode(&shifted)), "{skip}");
    }
    assert!(!around("nothing of it".to_owned()));
}
