//! Where a node is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::macros::commands;

/// Params of `location.get`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocationGetParams {
    /// Time for it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 120_000))]
    pub timeout_ms: Option<u32>,
    /// How old the answer may be, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_ms: Option<u64>,
    /// `coarse`, `balanced` or `precise`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    pub desired_accuracy: Option<String>,
}

/// Answer of `location.get`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationGetResult {
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// How exact, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_meters: Option<f64>,
    /// Metres above the sea.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_meters: Option<f64>,
    /// Metres a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_mps: Option<f64>,
    /// Degrees from north.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heading_deg: Option<f64>,
    /// When, as ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// Whether the person allowed the exact place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_precise: Option<bool>,
    /// How it is known, for example `gps` or `config`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

commands! {
    /// Where the node is.
    pub LocationGet = "location.get" {
        params: LocationGetParams,
        result: LocationGetResult,
        risk: Private,
        platforms: [Ios, Android, Macos, Linux],
        queueable: false,
        scope: Write,
    }
}
