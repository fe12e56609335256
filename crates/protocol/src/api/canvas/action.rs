//! What people do on a canvas.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{IdempotencyKey, RunId};

/// Params of `canvas.action`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CanvasActionParams {
    /// The session whose canvas it is.
    #[schemars(length(min = 1, max = 512))]
    pub session_key: String,
    /// What was done.
    pub action: CanvasAction,
    /// Recognises a repetition; the action's own id is best.
    pub idempotency_key: IdempotencyKey,
}

/// What somebody did on a canvas, as the page tells it. Nothing in it is believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanvasAction {
    /// Name of the action.
    #[schemars(length(min = 1, max = 256))]
    pub name: String,
    /// The surface on which it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub surface_id: Option<String>,
    /// The component with which it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub source_component_id: Option<String>,
    /// Values that go with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
}

/// Payload of the event `canvas.action` of a node: what somebody did on the canvas that it shows.
/// Nothing in it is believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeCanvasAction {
    /// Its own id, which recognises a repetition.
    pub id: String,
    /// What was done.
    #[serde(flatten)]
    pub action: CanvasAction,
}

/// Name of the event of a node with [`NodeCanvasAction`].
pub const NODE_CANVAS_ACTION: &str = "canvas.action";

/// Answer of `canvas.action`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanvasActionResult {
    /// The run in which the agent answers it.
    pub run_id: RunId,
}
