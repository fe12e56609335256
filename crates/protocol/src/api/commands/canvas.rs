//! The page that a node shows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Done, Media, NoCommandParams};
use crate::macros::commands;

/// Params of `canvas.present`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CanvasPresentParams {
    /// What to show; what it showed before if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 8192))]
    pub url: Option<String>,
    /// Where on the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<CanvasPlacement>,
}

/// A place on the screen, in points.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CanvasPlacement {
    /// From the left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x: Option<f64>,
    /// From the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub y: Option<f64>,
    /// Width.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<f64>,
    /// Height.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<f64>,
}

/// Params of `canvas.navigate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CanvasNavigateParams {
    /// Where to.
    #[schemars(length(min = 1, max = 8192))]
    pub url: String,
}

/// Params of `canvas.eval`. The node refuses it without either.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CanvasEvalParams {
    /// An expression, evaluated in the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 262_144))]
    pub java_script: Option<String>,
    /// The same by its short name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 262_144))]
    pub js: Option<String>,
}

/// Answer of `canvas.eval`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CanvasEvalResult {
    /// The value.
    #[serde(default)]
    pub result: Value,
}

/// Params of `canvas.snapshot`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CanvasSnapshotParams {
    /// `png`, `jpg` or `jpeg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 8))]
    pub format: Option<String>,
    /// Greatest width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 16_384))]
    pub max_width: Option<u32>,
    /// Quality of a `jpg`, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<f64>,
}

/// Params of `canvas.a2ui.push`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CanvasA2uiPushParams {
    /// A2UI messages, in order.
    #[schemars(length(min = 1, max = 1000))]
    pub messages: Vec<Value>,
}

/// Params of `canvas.a2ui.pushJSONL`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CanvasA2uiPushJsonlParams {
    /// A2UI messages, one a line.
    #[schemars(length(min = 1, max = 262_144))]
    pub jsonl: String,
}

commands! {
    /// Shows the canvas.
    pub CanvasPresent = "canvas.present" {
        params: CanvasPresentParams,
        result: Done,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: true,
        scope: Write,
    }
    /// Hides the canvas.
    pub CanvasHide = "canvas.hide" {
        params: NoCommandParams,
        result: Done,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: true,
        scope: Write,
    }
    /// Leads the canvas to a page.
    pub CanvasNavigate = "canvas.navigate" {
        params: CanvasNavigateParams,
        result: Done,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: true,
        scope: Write,
    }
    /// Evaluates an expression in the page.
    pub CanvasEval = "canvas.eval" {
        params: CanvasEvalParams,
        result: CanvasEvalResult,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: false,
        scope: Write,
    }
    /// A picture of the canvas.
    pub CanvasSnapshot = "canvas.snapshot" {
        params: CanvasSnapshotParams,
        result: Media,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: false,
        scope: Write,
    }
    /// Draws with A2UI messages.
    pub CanvasA2uiPush = "canvas.a2ui.push" {
        params: CanvasA2uiPushParams,
        result: Done,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: true,
        scope: Write,
    }
    /// Draws with A2UI messages, one a line.
    pub CanvasA2uiPushJsonl = "canvas.a2ui.pushJSONL" {
        params: CanvasA2uiPushJsonlParams,
        result: Done,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: true,
        scope: Write,
    }
    /// Takes everything that was drawn away.
    pub CanvasA2uiReset = "canvas.a2ui.reset" {
        params: NoCommandParams,
        result: Done,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: true,
        scope: Write,
    }
}
