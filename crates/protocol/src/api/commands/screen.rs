//! The screen of a node.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Media;
use crate::macros::commands;

/// Params of `screen.record`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScreenRecordParams {
    /// Which screen, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 64))]
    pub screen_index: Option<u32>,
    /// How long, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 120_000))]
    pub duration_ms: Option<u32>,
    /// Pictures a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fps: Option<f64>,
    /// `mp4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 8))]
    pub format: Option<String>,
    /// Whether with sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_audio: Option<bool>,
}

commands! {
    /// Films the screen.
    pub ScreenRecord = "screen.record" {
        params: ScreenRecordParams,
        result: Media,
        risk: Dangerous,
        platforms: [Ios, Android, Macos, Linux],
        queueable: false,
        scope: Write,
    }
}
