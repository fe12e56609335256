//! What a method comes to, and how it is written down.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

/// A method that was carried out.
#[derive(Debug)]
pub(super) struct Granted {
    pub(super) result: Value,
    /// A remark beside the result; webhooks have one.
    pub(super) remark: Option<&'static str>,
}

impl From<Value> for Granted {
    fn from(result: Value) -> Self {
        Self {
            result,
            remark: None,
        }
    }
}

/// A method that was refused, in the vendor's words.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: u16,
    pub(super) description: String,
    parameters: Option<Value>,
}

/// What a method comes to.
pub(super) type Answer = Result<Granted, Refusal>;

impl Refusal {
    pub(super) fn new(code: u16, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            parameters: None,
        }
    }

    /// 400 with the vendor's prefix.
    pub(super) fn bad(what: impl AsRef<str>) -> Self {
        Self::new(400, format!("Bad Request: {}", what.as_ref()))
    }

    /// 403 with the vendor's prefix.
    pub(super) fn forbidden(what: &str) -> Self {
        Self::new(403, format!("Forbidden: {what}"))
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, "Unauthorized")
    }

    pub(super) fn too_many(retry_after_s: u64) -> Self {
        let retry_after_s = retry_after_s.max(1);
        Self {
            parameters: Some(json!({ "retry_after": retry_after_s })),
            ..Self::new(
                429,
                format!("Too Many Requests: retry after {retry_after_s}"),
            )
        }
    }

    pub(super) fn migrated(to: i64) -> Self {
        Self {
            parameters: Some(json!({ "migrate_to_chat_id": to })),
            ..Self::bad("group chat was upgraded to a supergroup chat")
        }
    }

    /// The vendor's words for a bare status, for faults that ask for one.
    pub(super) fn of_status(code: u16) -> Self {
        let words = match code {
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            409 => "Conflict",
            500 => "Internal Server Error",
            502 => "Bad Gateway",
            504 => "Gateway Timeout",
            _ => "Bad Request",
        };
        Self::new(code, words)
    }
}

/// The envelope that every method answers with.
pub(super) fn response(answer: &Answer) -> Response {
    let (code, envelope) = match answer {
        Ok(granted) => {
            let mut envelope = json!({ "ok": true, "result": granted.result });
            if let Some(remark) = granted.remark {
                put(&mut envelope, "description", json!(remark));
            }
            (200, envelope)
        }
        Err(refusal) => {
            let mut envelope = json!({
                "ok": false,
                "error_code": refusal.code,
                "description": refusal.description,
            });
            if let Some(parameters) = &refusal.parameters {
                put(&mut envelope, "parameters", parameters.clone());
            }
            (refusal.code, envelope)
        }
    };
    let mut response = Response::new(Body::from(envelope.to_string()));
    *response.status_mut() = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST);
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        header::HeaderValue::from_static("application/json"),
    );
    response
}

/// Sets a field of an object; anything else is left alone.
pub(super) fn put(object: &mut Value, field: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
}
