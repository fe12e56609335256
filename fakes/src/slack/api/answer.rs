//! What the Web API says: HTTP 200 with `ok`, whatever happened, but for 429 and faults.

use std::fmt;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::slack::json::put;

/// `ok: false`: the vendor's word, and what it adds for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// `channel_not_found` and so on.
    pub error: String,
    /// `response_metadata.messages`.
    pub messages: Vec<String>,
}

impl From<&str> for Refusal {
    fn from(error: &str) -> Self {
        Self {
            error: error.to_owned(),
            messages: Vec::new(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.error)
    }
}

impl std::error::Error for Refusal {}

impl Refusal {
    /// An argument that is not there.
    pub(super) fn missing(name: &str) -> Self {
        Self {
            error: "invalid_arguments".to_owned(),
            messages: vec![format!("[ERROR] missing required field: {name}")],
        }
    }

    /// The body of the answer.
    pub(super) fn to_json(&self, method: &str) -> Value {
        let mut body = json!({"ok": false, "error": self.error});
        if !self.messages.is_empty() {
            put(
                &mut body,
                "response_metadata",
                json!({"messages": self.messages}),
            );
        }
        if self.error == "unknown_method" {
            put(&mut body, "req_method", json!(method));
        }
        body
    }
}

/// The body of success: `ok` first, then the method's own fields, then a warning if there is one.
pub(super) fn success(fields: Value, warning: Option<&str>) -> Value {
    let mut body = Map::new();
    body.insert("ok".to_owned(), json!(true));
    if let Value::Object(fields) = fields {
        body.extend(fields);
    }
    if let Some(warning) = warning {
        body.insert("warning".to_owned(), json!(warning));
        let metadata = body.entry("response_metadata").or_insert_with(|| json!({}));
        put(metadata, "warnings", json!([warning]));
    }
    Value::Object(body)
}

/// 200 and JSON.
pub(super) fn respond(body: &Value) -> Response {
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    let mut response = (StatusCode::OK, body.to_string()).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
