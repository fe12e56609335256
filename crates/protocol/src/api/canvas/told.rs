//! What is told of a canvas.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Something about the canvas of a session changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanvasChangedEvent {
    /// The session.
    pub session_key: String,
    /// What changed.
    #[serde(flatten)]
    pub change: CanvasChange,
}

/// Who wants a canvas to be seen: who asked for it needs no word that it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CanvasPresenter {
    /// The agent, by its tool.
    Agent,
    /// Somebody at a client, by `canvas.present`.
    Operator,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "change", rename_all = "camelCase")]
pub enum CanvasChange {
    /// Somebody wants it to be seen.
    Present {
        /// What of it: `page` or `a2ui`.
        view: String,
        /// Who wants it.
        by: CanvasPresenter,
    },
    /// A2UI messages came in addition.
    Push {
        /// The messages.
        messages: Vec<Value>,
    },
    /// So much came in addition that it is not told: ask `canvas.state`.
    Refresh {},
    /// All surfaces were taken away.
    Reset {},
}
