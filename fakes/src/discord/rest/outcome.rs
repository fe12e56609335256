//! Answers on their way to HTTP: bodies, rate limit headers, 429.

use axum::body::Body;
use axum::http::Response;
use bytes::Bytes;
use serde_json::{Value, json};

use super::error::ApiError;
use super::limits::{Standing, Wait};

/// An answer before it is HTTP.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) body: Bytes,
    pub(super) headers: Vec<(&'static str, String)>,
}

pub(super) fn into_http(outcome: Outcome) -> Response<Body> {
    let mut builder = Response::builder().status(outcome.status);
    if !outcome.content_type.is_empty() {
        builder = builder.header("content-type", outcome.content_type);
    }
    for (name, value) in outcome.headers {
        builder = builder.header(name, value);
    }
    // Statuses and headers are ours and well formed; a wrong one would be an empty 200.
    builder.body(Body::from(outcome.body)).unwrap_or_default()
}

pub(super) fn json_outcome(status: u16, body: &Value) -> Outcome {
    Outcome {
        status,
        content_type: "application/json",
        body: body.to_string().into(),
        headers: Vec::new(),
    }
}

pub(super) fn refused(error: &ApiError) -> Outcome {
    json_outcome(error.status, &error.body)
}

pub(super) fn page(status: u16, text: &'static str) -> Outcome {
    Outcome {
        status,
        content_type: "text/html",
        body: Bytes::from_static(text.as_bytes()),
        headers: Vec::new(),
    }
}

/// 429: the body counts in seconds with a fraction, `Retry-After` in whole ones.
pub(super) fn too_many(wait: &Wait) -> Outcome {
    let mut outcome = json_outcome(
        429,
        &json!({
            "message": "You are being rate limited.", "retry_after": as_seconds(wait.after_ms),
            "global": wait.global,
        }),
    );
    outcome
        .headers
        .push(("retry-after", wait.after_ms.div_ceil(1000).to_string()));
    let scope = if wait.global { "global" } else { "user" };
    outcome
        .headers
        .push(("x-ratelimit-scope", scope.to_owned()));
    if wait.global {
        outcome
            .headers
            .push(("x-ratelimit-global", "true".to_owned()));
    }
    if let Some(standing) = &wait.standing {
        outcome.headers.extend(standing_headers(standing));
    }
    outcome
}

pub(super) fn standing_headers(standing: &Standing) -> Vec<(&'static str, String)> {
    vec![
        ("x-ratelimit-bucket", standing.bucket.to_owned()),
        ("x-ratelimit-limit", standing.limit.to_string()),
        ("x-ratelimit-remaining", standing.remaining.to_string()),
        (
            "x-ratelimit-reset",
            format!("{:.3}", as_seconds(standing.reset_ms)),
        ),
        (
            "x-ratelimit-reset-after",
            format!("{:.3}", as_seconds(standing.reset_after_ms)),
        ),
    ]
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of this century are exact in an f64"
)]
fn as_seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}
