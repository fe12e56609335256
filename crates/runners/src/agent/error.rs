//! What a refusal means: a status, a body, or a connection that was not made. Never a key, never a
//! header; a provider's own words are cut and cleaned.

use std::error::Error;

use serde_json::Value;
use tidegate_core::Secret;
use tidegate_core::run::FailureKind;

use super::failure::Failure;
use super::retry::may_retry;

/// Characters of a provider's own words that a person is shown.
const SAID_CHARS: usize = 300;
/// A shorter key is no secret, and taking it out would only make holes.
const SHORTEST_KEY: usize = 4;

/// Reads a refusal: its status and the beginning of its body.
pub(crate) fn of_response(
    provider: &str,
    model: &str,
    status: u16,
    body: &str,
    key: Option<&Secret<String>>,
) -> Failure {
    let (said, code) = words_of(body);
    let at = format!("models.providers.{provider}");
    let low = format!("{code} {said}").to_lowercase();
    let has = |needles: &[&str]| needles.iter().any(|needle| low.contains(needle));
    let failure = if status == 413 || (status <= 500 && status != 429 && has(TOO_LONG)) {
        Failure::lasting(
            FailureKind::ContextLength,
            format!("cannot take this conversation, it is too long for {model} ({status})"),
            "Start a new conversation, or choose a model with a larger context.",
        )
    } else if has(NO_CREDIT) {
        Failure::lasting(
            FailureKind::Unknown,
            format!("has no credit left ({status})"),
            "Check the account's billing there.",
        )
    } else if status < 500
        && has(&[
            "content_filter",
            "content_policy",
            "content management policy",
        ])
    {
        Failure::lasting(
            FailureKind::Refusal,
            format!("refused the content ({status})"),
            "Say it in other words.",
        )
    } else {
        by_status(status, model, &at)
    };
    Failure {
        said: Some(clean(&said, key)).filter(|said| !said.is_empty()),
        ..failure
    }
}

/// How servers say that a conversation is too long.
const TOO_LONG: &[&str] = &[
    "context_length",
    "context length",
    "context window",
    "context limit",
    "context size",
    "exceed_context",
    "prompt is too long",
    "request_too_large",
    "too many tokens",
];
/// How they say that nobody pays.
const NO_CREDIT: &[&str] = &[
    "insufficient_quota",
    "credit balance",
    "billing_error",
    "billing_hard_limit",
];

fn by_status(status: u16, model: &str, at: &str) -> Failure {
    use FailureKind::{Auth, RateLimit, Timeout, Unknown};
    match status {
        401 => Failure::lasting(Auth, "refused the key (401)", format!("Check {at}.apiKey.")),
        402 => Failure::lasting(
            Unknown,
            "wants to be paid (402)",
            "Check the account's billing there.",
        ),
        403 => Failure::lasting(
            Auth,
            "does not allow this (403)",
            format!("Check that the key of {at}.apiKey may use {model}."),
        ),
        404 => Failure::lasting(
            Unknown,
            format!("has no model {model}, or nothing at this address (404)"),
            format!("Check the model's name and {at}.baseUrl (most end with /v1)."),
        ),
        300..=399 => Failure::lasting(
            Unknown,
            format!("sends requests elsewhere ({status}), and a key is not carried there"),
            format!("Set {at}.baseUrl to the address where the server really is."),
        ),
        408 | 504 => Failure::passing(Timeout, format!("took too long ({status})"), ""),
        429 => Failure::passing(RateLimit, "is limiting requests (429)", ""),
        503 | 529 => Failure::passing(Unknown, format!("is overloaded ({status})"), ""),
        500.. => Failure {
            retry: may_retry(status),
            ..Failure::passing(Unknown, format!("had a failure of its own ({status})"), "")
        },
        _ => Failure {
            retry: may_retry(status),
            ..Failure::lasting(
                Unknown,
                format!("refused the request ({status})"),
                format!("Check the model {model} and {at}."),
            )
        },
    }
}

/// Reads why nothing came back.
pub(crate) fn of_transport(
    provider: &str,
    base: &str,
    error: &reqwest::Error,
    key: Option<&Secret<String>>,
) -> Failure {
    if error.is_connect() {
        let why = clean(&innermost(error), key);
        let advice = format!("Is the server running? Check models.providers.{provider}.baseUrl.");
        let kind = if error.is_timeout() {
            FailureKind::Timeout
        } else {
            FailureKind::Unknown
        };
        return Failure::passing(kind, format!("cannot be reached at {base} ({why})"), advice);
    }
    Failure::passing(
        FailureKind::Unknown,
        "closed the connection before it answered",
        "",
    )
}

/// The last cause of an error: what the system said.
fn innermost(error: &dyn Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// The words and the code of an error body: JSON as the dialects write it, else plain text.
fn words_of(body: &str) -> (String, String) {
    let Ok(value) = serde_json::from_str::<Value>(body) else {
        let text = body.trim_start();
        return (
            if text.starts_with('<') {
                String::new()
            } else {
                text.to_owned()
            },
            String::new(),
        );
    };
    let root = value.get(0).unwrap_or(&value);
    let error = root
        .get("error")
        .filter(|error| !error.is_null())
        .unwrap_or(root);
    let text =
        |value: &Value, field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
    let said = error
        .as_str()
        .map(str::to_owned)
        .or_else(|| text(error, "message"))
        .or_else(|| text(root, "message"))
        .or_else(|| {
            root.get("detail").map(|detail| {
                detail
                    .as_str()
                    .map_or_else(|| detail.to_string(), str::to_owned)
            })
        })
        .unwrap_or_default();
    let codes: Vec<String> = ["code", "type"]
        .iter()
        .filter_map(|field| text(error, field))
        .collect();
    (said, codes.join(" "))
}

/// Takes out the key, control characters and invisible marks; at most [`SAID_CHARS`].
pub(crate) fn clean(text: &str, key: Option<&Secret<String>>) -> String {
    let text = match key
        .map(Secret::expose)
        .filter(|key| key.len() >= SHORTEST_KEY)
    {
        Some(key) => text.replace(key.as_str(), "[key]"),
        None => text.to_owned(),
    };
    let spaced = text.replace(|c: char| c.is_control() || invisible(c), " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let joined = words.join(" ");
    match joined.char_indices().nth(SAID_CHARS) {
        Some((at, _)) => format!("{}…", joined.split_at(at).0),
        None => joined,
    }
}

/// Marks that reorder or hide text.
const fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests;
