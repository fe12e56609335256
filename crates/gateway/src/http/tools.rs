//! `POST /tools/invoke` (V3 7): a person with the secret calls a tool of the agents. The same rules and
//! the same approvals decide as for an agent.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tidegate_core::session::MAIN;
use tidegate_core::tool::{ToolContent, ToolOutcome};
use tidegate_core::{Action, Permit, Resource, authorize};
use tidegate_engine::{NotInvoked, ToolAsk, ToolInvoked};
use tidegate_protocol::strict;
use tokio_util::sync::CancellationToken;

use super::operations::bearer;
use crate::auth::locality::Locality;
use crate::state::Shared;
use crate::ws::grant;

/// Largest body in bytes (V3 5).
const BODY_BYTES: usize = 2 * 1024 * 1024;
/// Time for a complete body.
const BODY_TIME: Duration = Duration::from_secs(10);
/// Calls at once.
pub(crate) const AT_ONCE: usize = 8;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Ask {
    tool: Option<String>,
    /// For tools that do several things: their argument `action`.
    action: Option<String>,
    #[serde(default)]
    args: Map<String, Value>,
    session_key: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn invoke(
    State(shared): State<Arc<Shared>>,
    Extension(locality): Extension<Locality>,
    request: Request,
) -> Response<Body> {
    if let Err(refused) = bearer(&shared, &locality, request.headers()) {
        return *refused;
    }
    let caller = grant::bearer(&locality);
    let permit = match authorize(&caller, Action::UseTools, &Resource::Gateway) {
        Ok(permit) => permit,
        Err(denied) => return failed(StatusCode::FORBIDDEN, "forbidden", &denied.to_string()),
    };
    let Ok(_room) = shared.tool_calls.try_acquire() else {
        let text = "too many calls at once; try again when one has ended";
        return failed(StatusCode::TOO_MANY_REQUESTS, "busy", text);
    };
    match read(request.into_body()).await {
        Ok(ask) => carry_out(&shared, &permit, ask).await,
        Err(refused) => *refused,
    }
}

async fn read(body: Body) -> Result<Ask, Box<Response<Body>>> {
    let refuse = |status, text: &str| Box::new(failed(status, "invalid_request", text));
    let bytes = match tokio::time::timeout(BODY_TIME, to_bytes(body, BODY_BYTES)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            return Err(refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than 2 MiB",
            ));
        }
        Err(_) => {
            return Err(refuse(
                StatusCode::REQUEST_TIMEOUT,
                "the body did not come in time",
            ));
        }
    };
    let text = str::from_utf8(&bytes)
        .map_err(|_| refuse(StatusCode::BAD_REQUEST, "the body is not UTF-8"))?;
    let value = strict::parse(text)
        .map_err(|error| refuse(StatusCode::BAD_REQUEST, &format!("no JSON object: {error}")))?;
    serde_json::from_value(value)
        .map_err(|error| refuse(StatusCode::BAD_REQUEST, &error.to_string()))
}

async fn carry_out(shared: &Shared, permit: &Permit, ask: Ask) -> Response<Body> {
    let refuse = |text: &str| failed(StatusCode::BAD_REQUEST, "invalid_request", text);
    let Some(name) = ask.tool.filter(|name| !name.trim().is_empty()) else {
        return refuse("tools.invoke requires body.tool");
    };
    let key = ask.session_key.as_deref().unwrap_or(MAIN);
    let session_key = match shared.engine.session_key(key) {
        Ok(key) => key,
        Err(error) => return refuse(&error.to_string()),
    };
    let mut arguments = ask.args;
    if let Some(action) = ask.action {
        arguments.entry("action").or_insert(Value::String(action));
    }
    // Ends the call when the caller is gone: then this future is dropped.
    let stop = CancellationToken::new();
    let _stop_with_us = stop.clone().drop_guard();
    let ask = ToolAsk {
        name,
        arguments,
        session_key,
        dry_run: ask.dry_run,
        stop,
    };
    match shared.engine.invoke_tool(permit, ask).await {
        Ok(ToolInvoked::WouldCall) => {
            answer(StatusCode::OK, &json!({ "ok": true, "dryRun": true }))
        }
        Ok(ToolInvoked::Outcome(outcome)) => told(outcome),
        Err(why @ NotInvoked::NoSuchTool(_)) => {
            failed(StatusCode::NOT_FOUND, "not_found", &why.to_string())
        }
        Err(why @ NotInvoked::NoAgent(_)) => refuse(&why.to_string()),
    }
}

fn told(outcome: ToolOutcome) -> Response<Body> {
    if outcome.is_error {
        return failed(StatusCode::BAD_REQUEST, "tool_error", &words(&outcome));
    }
    let content: Vec<Value> = outcome.content.into_iter().map(part).collect();
    let mut result = json!({ "content": content });
    if let (Some(details), Some(fields)) = (outcome.details, result.as_object_mut()) {
        fields.insert("details".into(), details);
    }
    answer(StatusCode::OK, &json!({ "ok": true, "result": result }))
}

fn words(outcome: &ToolOutcome) -> String {
    let words = outcome.content.iter().filter_map(|content| match content {
        ToolContent::Text { text } => Some(text.clone()),
        ToolContent::Json { value } => Some(value.to_string()),
        ToolContent::Image { .. } => None,
    });
    words.collect::<Vec<_>>().join("\n")
}

fn part(content: ToolContent) -> Value {
    match content {
        ToolContent::Text { text } => json!({ "type": "text", "text": text }),
        ToolContent::Json { value } => json!({ "type": "text", "text": value.to_string() }),
        ToolContent::Image { mime, data } => {
            json!({ "type": "image", "mimeType": mime, "data": data })
        }
    }
}

fn failed(status: StatusCode, kind: &str, message: &str) -> Response<Body> {
    let error = json!({ "type": kind, "message": message });
    answer(status, &json!({ "ok": false, "error": error }))
}

fn answer(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    let kind = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
