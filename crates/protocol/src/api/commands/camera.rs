//! Cameras of a node.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Media, NoCommandParams};
use crate::macros::commands;

/// Answer of `camera.list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CameraListResult {
    /// What there is.
    pub devices: Vec<CameraDevice>,
}

/// One camera.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CameraDevice {
    /// Its id, for `deviceId`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `front`, `back` or `unspecified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// What kind of camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_type: Option<String>,
}

/// Params of `camera.snap`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CameraSnapParams {
    /// `front` or `back`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    pub facing: Option<String>,
    /// Greatest width in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 16_384))]
    pub max_width: Option<u32>,
    /// Quality, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<f64>,
    /// `jpg`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 8))]
    pub format: Option<String>,
    /// Time for the camera to wake up, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 60_000))]
    pub delay_ms: Option<u32>,
    /// Which camera, of `camera.list`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub device_id: Option<String>,
}

/// Params of `camera.clip`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CameraClipParams {
    /// `front` or `back`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    pub facing: Option<String>,
    /// How long, in milliseconds; 3000 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 60_000))]
    pub duration_ms: Option<u32>,
    /// Whether with sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_audio: Option<bool>,
    /// `mp4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 8))]
    pub format: Option<String>,
    /// Which camera, of `camera.list`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub device_id: Option<String>,
}

commands! {
    /// The cameras of the node.
    pub CameraList = "camera.list" {
        params: NoCommandParams,
        result: CameraListResult,
        risk: Plain,
        platforms: [Ios, Android, Macos, Linux],
        queueable: false,
        scope: Write,
    }
    /// Takes a picture.
    pub CameraSnap = "camera.snap" {
        params: CameraSnapParams,
        result: Media,
        risk: Dangerous,
        platforms: [Ios, Android, Macos, Linux],
        queueable: false,
        scope: Write,
    }
    /// Takes a film.
    pub CameraClip = "camera.clip" {
        params: CameraClipParams,
        result: Media,
        risk: Dangerous,
        platforms: [Ios, Android, Macos, Linux],
        queueable: false,
        scope: Write,
    }
}
