//! Fresh addresses of a canvas, for nodes that show it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Params of `node.pluginSurface.refresh`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PluginSurfaceParams {
    /// The surface; `canvas` is the only one.
    #[schemars(length(min = 1, max = 64))]
    pub surface: String,
}

/// Answer of `node.pluginSurface.refresh`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PluginSurfaceResult {
    /// The surface.
    pub surface: String,
    /// Where it is now, by its name.
    pub plugin_surface_urls: BTreeMap<String, String>,
    /// When the address ends unless it is used, in Unix milliseconds.
    pub expires_at_ms: u64,
}

impl std::fmt::Debug for PluginSurfaceResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PluginSurfaceResult(..)")
    }
}

/// Answer of `node.canvas.capability.refresh`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CanvasCapabilityResult {
    /// The secret of the address.
    pub canvas_capability: String,
    /// When it ends unless it is used, in Unix milliseconds.
    pub canvas_capability_expires_at_ms: u64,
    /// The address that holds it.
    pub canvas_host_url: String,
}

impl std::fmt::Debug for CanvasCapabilityResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CanvasCapabilityResult(..)")
    }
}
