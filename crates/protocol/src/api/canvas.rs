//! Canvases: pages that an agent makes for a session, where to look at them, and what people do
//! there.

mod action;
mod address;
mod told;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::connect::NoParams;
use crate::macros::{events, methods};

pub use action::{
    CanvasAction, CanvasActionParams, CanvasActionResult, NODE_CANVAS_ACTION, NodeCanvasAction,
};
pub use address::{CanvasCapabilityResult, PluginSurfaceParams, PluginSurfaceResult};
pub use told::{CanvasChange, CanvasChangedEvent, CanvasPresenter};

/// What of a canvas is shown: its pages, or its A2UI surfaces.
pub const CANVAS_VIEWS: [&str; 2] = ["page", "a2ui"];

/// Params of `canvas.state` and `canvas.reset`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CanvasParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub session_key: String,
}

/// Answer of `canvas.state`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanvasStateResult {
    /// The session, by its canonical key.
    pub session_key: String,
    /// Whether its folder has a page.
    pub page: bool,
    /// The A2UI messages that show its surfaces, in order; what a page that was loaded again is
    /// filled with.
    pub messages: Vec<Value>,
}

/// Params of `canvas.open`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CanvasOpenParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub session_key: String,
    /// `page` (default) or `a2ui`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = CANVAS_VIEWS))]
    pub view: Option<String>,
    /// Whether the address is for a window of its own and outlives this connection: until ten minutes
    /// after its last use, for an hour at most, and no longer than the right of the caller's device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<bool>,
}

/// Params of `canvas.present`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CanvasViewParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub session_key: String,
    /// `page` (default) or `a2ui`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = CANVAS_VIEWS))]
    pub view: Option<String>,
}

/// Answer of `canvas.open`. The addresses are a secret: whoever has one sees the canvas.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanvasOpenResult {
    /// Where the canvas is, on its own port if the gateway is called by its own.
    pub url: String,
    /// The same on the port by which the gateway is called: for whoever cannot reach `url`.
    pub path: String,
    /// When the address ends unless it is used, in Unix milliseconds. Unless it is kept, it also ends
    /// with this connection.
    pub expires_at_ms: u64,
    /// The folder on the gateway's machine; for callers who may administer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

impl std::fmt::Debug for CanvasOpenResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CanvasOpenResult(..)")
    }
}

/// Params of `canvas.push`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CanvasPushParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub session_key: String,
    /// A2UI messages of version 0.8 or 0.9; all are taken, or none.
    #[schemars(length(min = 1, max = 200))]
    pub messages: Vec<Value>,
}

/// Answer of `canvas.push`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CanvasPushResult {
    /// Ids of the surfaces that there are now.
    pub surfaces: Vec<String>,
}

/// Answer of `canvas.present` and `canvas.reset`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CanvasDone {
    /// Always true.
    pub ok: bool,
}

methods! {
    /// What there is to see on a session's canvas.
    pub CanvasState = "canvas.state" {
        params: CanvasParams,
        result: CanvasStateResult,
        access: operator(Read),
        effect: read,
        since: 4,
    }
    /// An address of a session's canvas, good for ten minutes after its last use and, unless it is kept,
    /// as long as this connection.
    pub CanvasOpen = "canvas.open" {
        params: CanvasOpenParams,
        result: CanvasOpenResult,
        access: operator(Read),
        effect: idempotent,
        since: 4,
    }
    /// Asks everyone who looks at the session to show its canvas.
    pub CanvasPresent = "canvas.present" {
        params: CanvasViewParams,
        result: CanvasDone,
        access: operator(Write),
        effect: idempotent,
        since: 4,
    }
    /// Adds A2UI messages to a session's canvas.
    pub CanvasPush = "canvas.push" {
        params: CanvasPushParams,
        result: CanvasPushResult,
        access: operator(Write),
        effect: idempotent,
        since: 4,
    }
    /// Takes all A2UI surfaces of a session away.
    pub CanvasReset = "canvas.reset" {
        params: CanvasParams,
        result: CanvasDone,
        access: operator(Write),
        effect: idempotent,
        since: 4,
    }
    /// Tells the agent what the caller did on a session's canvas: a run of that session.
    pub CanvasAct = "canvas.action" {
        params: CanvasActionParams,
        result: CanvasActionResult,
        access: operator(Write),
        effect: keyed,
        since: 4,
    }
    /// A fresh address of a surface for a node.
    pub PluginSurfaceRefresh = "node.pluginSurface.refresh" {
        params: PluginSurfaceParams,
        result: PluginSurfaceResult,
        access: node,
        effect: idempotent,
        since: 4,
    }
    /// A fresh address of the canvas for a node of the family's spring releases.
    pub CanvasCapabilityRefresh = "node.canvas.capability.refresh" {
        params: NoParams,
        result: CanvasCapabilityResult,
        access: node,
        effect: idempotent,
        since: 3,
    }
}

events! {
    /// A canvas is to be shown, or what it shows in A2UI changed.
    pub CanvasChanged = "canvas.changed" {
        payload: CanvasChangedEvent,
        access: operator(Read),
        delivery: Must,
    }
}
