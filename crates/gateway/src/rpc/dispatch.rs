//! The pipeline of a request, written once: look up, authorise, limit, decode, validate, call,
//! encode. A caller without the right cannot make us build values from its params.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use futures_util::FutureExt;
use jsonschema::Validator;
use serde_json::Value;
use tidegate_core::{Action, Resource, authorize};
use tidegate_engine::EngineError;
use tidegate_protocol::frame::{ID_BYTES, RequestFrame};
use tidegate_protocol::{ErrorCode, ErrorShape, limits, schema, strict};
use tokio::time::Instant;

use crate::error::{ApiError, denied};
use crate::hub::{Conn, InFlight};
use crate::metrics::Outcome;
use crate::rpc::call::Api;
use crate::rpc::refusal::problems;
use crate::rpc::router::{Entry, Request};
use crate::state::Shared;

/// Bad frames up to this size are told what is wrong with them.
const EXPLAINED_BYTES: usize = 64 * 1024;
static REQUEST_FRAME: LazyLock<Option<Validator>> =
    LazyLock::new(|| jsonschema::validator_for(&schema::request_frame()).ok());
/// Deadline of a handler that does not wait for a run.
const HANDLER_DEADLINE: Duration = Duration::from_mins(1);
/// When to try again when too many requests are at work.
const BUSY_RETRY_MS: u64 = 100;

/// Answers one message of a connection that finished the handshake. `None` means that nothing is
/// answered: the message was not JSON.
pub(crate) async fn answer(shared: Arc<Shared>, conn: Arc<Conn>, text: String) -> Option<String> {
    let Some(frame) = RequestFrame::parse(&text) else {
        return bad_frame(&text);
    };
    let began = Instant::now();
    let id = frame.id.clone().into_owned();
    let params = frame.params.map(|raw| raw.get().to_owned());
    let Some(entry) = shared.router.get(&frame.method) else {
        let shape = unknown(&conn, &frame.method);
        shared.metrics.unknown_method();
        return Some(failed(&id, &ApiError::from(shape)));
    };
    drop(frame);
    drop(text);
    let result = call(&shared, &conn, entry, id.clone(), params).await;
    let outcome = result
        .as_ref()
        .map_or_else(|error| outcome_of(&error.shape), |_| Outcome::Ok);
    let elapsed = began.elapsed();
    shared
        .metrics
        .request(entry.spec.name, outcome, elapsed.as_secs_f64());
    tracing::info!(
        target: "tidegate::wire",
        conn_id = %conn.id, method = entry.spec.name, outcome = outcome.as_str(), ms = tenths(elapsed),
        "request"
    );
    Some(match result {
        Ok(payload) if payload.len() > limits::REPLY_MAX_BYTES => failed(&id, &too_large().into()),
        Ok(payload) => succeeded(&id, &payload),
        Err(error) => failed(&id, &error),
    })
}

/// Milliseconds with one decimal, for people.
fn tenths(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 10_000.0).round() / 10.0
}

async fn call(
    shared: &Arc<Shared>,
    conn: &Arc<Conn>,
    entry: &Entry,
    id: String,
    params: Option<String>,
) -> Result<String, ApiError> {
    if !conn.stands() {
        return Err(EngineError::TakenBack.into());
    }
    let permit = authorize(&conn.chain, Action::Call(entry.spec), &Resource::Gateway)
        .map_err(|why| denied(why, conn.protocol))?
        .while_it_holds(conn.standing.clone());
    let (counter, most) = if entry.spec.waits {
        (&conn.waiting, limits::WAITING_PER_CONN)
    } else {
        (&conn.in_flight, limits::IN_FLIGHT_PER_CONN)
    };
    let _room = InFlight::begin(counter, most).ok_or_else(|| {
        ErrorShape::busy(
            "too many requests of this connection are at work; wait for answers",
            BUSY_RETRY_MS,
        )
    })?;
    let params = decode(shared, entry, params.as_deref())?;
    let request = Request {
        api: Api(Arc::clone(shared)),
        permit,
        conn: Arc::clone(conn),
        id,
        params,
    };
    let work = AssertUnwindSafe((entry.run)(request)).catch_unwind();
    let result = if entry.spec.waits {
        work.await
    } else {
        tokio::time::timeout(HANDLER_DEADLINE, work)
            .await
            .map_err(|_| {
                ErrorShape::busy(
                    format!(
                        "{} took longer than {} s",
                        entry.spec.name,
                        HANDLER_DEADLINE.as_secs()
                    ),
                    1_000,
                )
            })?
    };
    result.unwrap_or_else(|_| {
        tracing::error!(method = entry.spec.name, "a handler panicked");
        Err(ErrorShape::new(ErrorCode::Unavailable, "internal error").into())
    })
}

/// The params as a value that the method's schema accepts; missing params are an empty object.
fn decode(shared: &Shared, entry: &Entry, params: Option<&str>) -> Result<Value, ApiError> {
    let name = entry.spec.name;
    let refuse = |why: &str| {
        shared.metrics.schema_refused(name);
        ApiError::invalid(format!("invalid {name} params: {why}"))
    };
    let value = match params {
        None => Value::Object(serde_json::Map::new()),
        Some(text) => strict::parse(text).map_err(|error| refuse(&error.to_string()))?,
    };
    let Some(validator) = entry.validator() else {
        return Err(ErrorShape::new(ErrorCode::Unavailable, "internal error").into());
    };
    // The cheap question first: the text is made only for bad params.
    if !validator.is_valid(&value) {
        let text = problems(validator, &value).unwrap_or_else(|| "refused by the schema".into());
        return Err(refuse(&text));
    }
    Ok(value)
}

fn unknown(conn: &Conn, method: &str) -> ErrorShape {
    match authorize(&conn.chain, Action::CallUnknown, &Resource::Gateway) {
        Err(why) if conn.protocol == tidegate_protocol::version::Protocol::V3 => {
            denied(why, conn.protocol)
        }
        _ => {
            let name: String = method
                .chars()
                .filter(|c| !c.is_control())
                .take(128)
                .collect();
            ErrorShape::invalid(format!("unknown method: {name}"))
        }
    }
}

fn too_large() -> ErrorShape {
    ErrorShape::invalid(format!(
        "the answer would be larger than {} bytes; ask for less (a smaller limit)",
        limits::REPLY_MAX_BYTES
    ))
}

/// JSON that is no valid request: answered with what is wrong, under whatever id it carries. Of a
/// large one only that it is wrong: nobody has shown a right to have it read.
fn bad_frame(text: &str) -> Option<String> {
    if text.len() > EXPLAINED_BYTES {
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
        return Some(failed(
            "invalid",
            &ApiError::invalid("invalid request frame: must be a request of this protocol"),
        ));
    }
    // Not the strict parser: a key that stands twice is what may have to be told.
    let value: Value = serde_json::from_str(text).ok()?;
    let why = REQUEST_FRAME
        .as_ref()
        .and_then(|validator| problems(validator, &value))
        .unwrap_or_else(|| "must be an object with each key once".into());
    let id = value
        .get("id")
        .filter(|id| id.as_str().is_none_or(|id| id.len() <= ID_BYTES))
        .cloned()
        .unwrap_or_else(|| Value::String("invalid".into()));
    let error = ErrorShape::invalid(format!("invalid request frame: {why}"));
    serde_json::to_string(
        &serde_json::json!({ "type": "res", "id": id, "ok": false, "error": error }),
    )
    .ok()
}

fn succeeded(id: &str, payload: &str) -> String {
    let mut text = String::with_capacity(payload.len() + id.len() + 48);
    text.push_str("{\"type\":\"res\",\"id\":");
    text.push_str(&Value::String(id.to_owned()).to_string());
    text.push_str(",\"ok\":true,\"payload\":");
    text.push_str(payload);
    text.push('}');
    text
}

fn failed(id: &str, error: &ApiError) -> String {
    let frame =
        tidegate_protocol::frame::ResponseFrame::failed(id, error.payload.as_deref(), &error.shape);
    serde_json::to_string(&frame).unwrap_or_default()
}

fn outcome_of(shape: &ErrorShape) -> Outcome {
    match shape.code {
        ErrorCode::Forbidden => Outcome::Denied,
        ErrorCode::InvalidRequest if shape.message.starts_with("missing scope: ") => {
            Outcome::Denied
        }
        ErrorCode::InvalidRequest => Outcome::Invalid,
        ErrorCode::Unavailable if shape.retryable == Some(true) => Outcome::Busy,
        ErrorCode::Unavailable
        | ErrorCode::NotLinked
        | ErrorCode::NotPaired
        | ErrorCode::AgentTimeout => Outcome::Failed,
    }
}
