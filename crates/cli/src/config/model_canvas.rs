//! The keys of the configuration about canvases.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far the port of canvases is from the gateway's where none is set: 18793 beside 18789.
const BESIDE: u16 = 4;

/// Pages that agents make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct CanvasHostConfig {
    /// Whether agents have canvases, and people see them. Default true. reload: restart.
    pub(crate) enabled: bool,
    /// A TCP port, on the addresses of `gateway.bind`, that shows canvases and nothing else: an origin of their own; 0 takes a free one. If it is taken, canvases are on `gateway.port` alone. Default `gateway.port` + 4, which is 18793; 0 if that is 0. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
    /// The folder that has a folder for each session; an absolute path, on one file system. Default: `canvas` in the state directory. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub(crate) root: Option<String>,
    /// Whether a page is loaded again when its files change. Default true. reload: restart.
    pub(crate) live_reload: bool,
}

impl Default for CanvasHostConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            port: None,
            root: None,
            live_reload: true,
        }
    }
}

impl CanvasHostConfig {
    /// The port beside that of the gateway.
    pub(crate) fn port_beside(&self, gateway: u16) -> u16 {
        self.port.unwrap_or(match gateway {
            0 => 0,
            port => port.checked_add(BESIDE).unwrap_or(0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_beside_the_gateway_s() {
        let config = CanvasHostConfig::default();
        assert_eq!(config.port_beside(18_789), 18_793);
        assert_eq!(config.port_beside(0), 0);
        assert_eq!(config.port_beside(u16::MAX), 0);
        let set = CanvasHostConfig {
            port: Some(7),
            ..config
        };
        assert_eq!(set.port_beside(18_789), 7);
    }
}
