//! What a node answers and tells, and what it is told of that.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::value::Nullable;

/// Params of `node.invoke.result`: what came of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeInvokeResultParams {
    /// The id of the request.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,
    /// The node's own id.
    #[schemars(length(min = 1, max = 128))]
    pub node_id: String,
    /// Whether it was done.
    pub ok: bool,
    /// The answer as a value.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub payload: Value,
    /// The answer as JSON text; anything else counts as `payload`.
    #[serde(
        default,
        rename = "payloadJSON",
        skip_serializing_if = "Value::is_null"
    )]
    pub payload_json: Value,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub error: Nullable<NodeFailure>,
}

fn is_nothing<T>(value: &Nullable<T>) -> bool {
    value.0.is_none()
}

/// Why a node did not do a command, in its own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeFailure {
    /// Its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub code: Option<String>,
    /// Its sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 8192))]
    pub message: Option<String>,
}

/// Answer of `node.invoke.result`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeInvokeResultAck {
    /// Always true.
    pub ok: bool,
    /// True if nobody waits for it any more, or it was never asked of this connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<bool>,
}

/// Params of `node.event`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeEventParams {
    /// What happened; unknown words are let through and mean nothing.
    #[schemars(length(min = 1, max = 128))]
    pub event: String,
    /// The particulars as a value.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub payload: Value,
    /// The particulars as JSON text.
    #[serde(
        default,
        rename = "payloadJSON",
        skip_serializing_if = "Value::is_null"
    )]
    pub payload_json: Value,
}

/// Answer of `node.event`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeEventResult {
    /// Always true.
    pub ok: bool,
}

/// Answer of `skills.bins`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SkillsBinsResult {
    /// Programs that the skills of this gateway need, sorted.
    pub bins: Vec<String>,
}
