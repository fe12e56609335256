//! More rights, asked for on the live connection.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::{Role, Scope};

/// Params of `device.scopes.requestUpgrade`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeviceUpgradeParams {
    /// What the device wants to be able to do, in all; empty for the role of a node.
    #[schemars(length(max = 8))]
    pub scopes: Vec<Scope>,
    /// The role that it wants; `operator` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// Answer of `device.scopes.requestUpgrade`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceUpgradeResult {
    /// The request, for `device.scopes.waitUpgrade` and for whoever decides.
    pub request_id: String,
    /// When it is void, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// How a request for more ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum UpgradeStatus {
    /// The device got it.
    Approved,
    /// Somebody said no, or the device asked for something else since.
    Rejected,
    /// Nobody answered.
    Expired,
}

/// Answer of `device.scopes.waitUpgrade`.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceUpgradeOutcome {
    /// How it ended.
    pub status: UpgradeStatus,
    /// The request.
    pub request_id: String,
    /// If approved: the device's new token, which replaces the one that it has. The rights are
    /// there on the next connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
    /// If approved: what that token is good for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
}

impl std::fmt::Debug for DeviceUpgradeOutcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceUpgradeOutcome")
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}
