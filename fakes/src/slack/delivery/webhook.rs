//! The Events API: signed POSTs instead of a socket.

use std::sync::Arc;

use serde_json::{Value, json};

use super::dispatch::Failure;
use super::outgoing::{Kind, Outgoing};
use super::signature::signature;
use crate::common::{DialError, Reply, Request, dial};
use crate::slack::core::Core;
use crate::slack::json::field;
use crate::slack::trace::Step;
use crate::slack::world::{World, names};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// One attempt; what a command or button was answered comes back.
pub(super) async fn attempt(
    core: &Arc<Core>,
    url: &str,
    outgoing: &Outgoing,
    attempt: u32,
    last_reason: &str,
) -> Result<Value, Failure> {
    core.step(Step::Sent {
        item: outgoing.item.clone(),
        attempt,
        socket: None,
    });
    let (kind, body) = body(outgoing);
    let number = attempt.to_string();
    let retry = [
        ("X-Slack-Retry-Num", number.as_str()),
        ("X-Slack-Retry-Reason", last_reason),
    ];
    let retry = if attempt == 0 { &[][..] } else { &retry[..] };
    let failure = match post(core, url, kind, body.as_bytes(), retry).await {
        Ok(reply) if (200..300).contains(&reply.status) => return Ok(answer(&reply)),
        Ok(reply) => Failure {
            reason: "http_error",
            last: reply.header("x-slack-no-retry") == Some("1"),
        },
        Err(DialError::Late) => failed("http_timeout"),
        Err(_) => failed("connection_failed"),
    };
    core.step(Step::Unacked {
        item: outgoing.item.clone(),
        attempt,
        reason: failure.reason,
    });
    Err(failure)
}

/// Asks the URL whether it is the app's: it must repeat the challenge, as it is or in JSON.
///
/// # Errors
/// What it did instead.
pub(in crate::slack) async fn verify(core: &Core, url: &str) -> Result<(), String> {
    let challenge = core.world(World::next_uuid);
    let body = json!({
        "token": "verification-tokens-are-obsolete", "challenge": challenge,
        "type": "url_verification",
    });
    let reply = post(core, url, JSON, body.to_string().as_bytes(), &[])
        .await
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&reply.body);
    let repeated = said.trim() == challenge
        || serde_json::from_str::<Value>(&said)
            .is_ok_and(|said| *field(&said, "challenge") == challenge)
        || said.trim() == format!("challenge={challenge}");
    if reply.status == 200 && repeated {
        Ok(())
    } else {
        Err(format!("{} without the challenge", reply.status))
    }
}

async fn post(
    core: &Core,
    url: &str,
    kind: &str,
    body: &[u8],
    more: &[(&str, &str)],
) -> Result<Reply, DialError> {
    let now_s = core.clock.now_s();
    let (timestamp, signature) = (
        now_s.to_string(),
        signature(names::SIGNING_SECRET, now_s, body),
    );
    let mut headers = vec![
        ("Content-Type", kind),
        ("Accept", "*/*"),
        ("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)"),
        ("X-Slack-Request-Timestamp", &timestamp),
        ("X-Slack-Signature", &signature),
    ];
    headers.extend_from_slice(more);
    let request = Request {
        method: "POST",
        url,
        headers: &headers,
        body,
        deadline: core.rules.ack_within,
    };
    dial(&request).await
}

/// Events are JSON; a command is a form, a button JSON within a form.
fn body(outgoing: &Outgoing) -> (&'static str, String) {
    match outgoing.kind {
        Kind::Event => (JSON, outgoing.payload.to_string()),
        Kind::Command => (FORM, form(&outgoing.payload)),
        Kind::Interaction => (
            FORM,
            form(&json!({"payload": outgoing.payload.to_string()})),
        ),
    }
}

fn form(fields: &Value) -> String {
    let pairs = fields.as_object().into_iter().flatten();
    let pairs = pairs.filter_map(|(name, value)| Some((name, value.as_str()?)));
    let pairs: Vec<_> = pairs
        .map(|(name, value)| format!("{name}={}", percent_encode(value)))
        .collect();
    pairs.join("&")
}

fn percent_encode(plain: &str) -> String {
    plain
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => {
                char::from(byte).to_string()
            }
            b' ' => "+".to_owned(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// What a command was answered: JSON, plain words, or nothing.
fn answer(reply: &Reply) -> Value {
    let said = String::from_utf8_lossy(&reply.body);
    match serde_json::from_str::<Value>(&said) {
        Ok(said @ Value::Object(_)) => said,
        _ if said.trim().is_empty() => Value::Null,
        _ => json!({"text": said}),
    }
}

fn failed(reason: &'static str) -> Failure {
    Failure {
        reason,
        last: false,
    }
}
