//! What is sent with a command: its params as text, the gateway's word in them, and its time.

use std::time::Duration;

use serde_json::Value;
use tidegate_core::exec::Grant;

use super::bounds::{DEFAULT_TIMEOUT, LONGEST_TIMEOUT, PARAMS_BYTES};
use super::error::NodeError;
use super::invoke::Approved;

/// How long the node may take.
pub(super) fn time_of(timeout: Option<Duration>) -> Duration {
    timeout.unwrap_or(DEFAULT_TIMEOUT).min(LONGEST_TIMEOUT)
}

/// Params as they are sent; none of nothing.
pub(super) fn text_of(params: &Value) -> Result<Option<String>, NodeError> {
    if params.is_null() {
        return Ok(None);
    }
    let text = params.to_string();
    if text.len() > PARAMS_BYTES {
        return Err(NodeError::Invalid(format!(
            "the params are larger than {PARAMS_BYTES} bytes"
        )));
    }
    Ok(Some(text))
}

/// The caller's params with the gateway's word in them, which is used up here.
pub(super) fn granted(approved: &Approved, params: &Value) -> Result<Value, NodeError> {
    let invalid = |text: &str| NodeError::Invalid(text.to_owned());
    let run_id = approved.run_id.clone();
    let grant = match approved.decision {
        Some(decision) => Grant::new(decision, run_id),
        None => Some(Grant::of_rules(run_id)),
    };
    let grant = grant.ok_or_else(|| invalid("the run was not approved"))?;
    let params = params
        .as_object()
        .cloned()
        .ok_or_else(|| invalid("only a command with params can be approved"))?;
    let written = grant
        .write_into(params)
        .map_err(|error| invalid(&error.to_string()))?;
    Ok(Value::Object(written))
}
