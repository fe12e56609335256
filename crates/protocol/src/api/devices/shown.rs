//! A device as it is shown, to those who decide: everything but its tokens.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::ids::DeviceId;

/// How far the owner trusts a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TrustLevel {
    /// Nobody said anything of it.
    Untrusted,
    /// Somebody made sure that it is the device that it says it is.
    Verified,
    /// It is the owner's own.
    Trusted,
}

/// A device that wants to join, or wants more. All names are what it says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingDevice {
    /// The request; another one of the device with other contents voids it.
    pub request_id: String,
    /// The device: hex SHA-256 of its key.
    pub device_id: DeviceId,
    /// Its key, base64url.
    pub public_key: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// What kind of device it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_family: Option<String>,
    /// The program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// How it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_mode: Option<String>,
    /// The role that it wants.
    pub role: Role,
    /// The same as a list, as older clients read it.
    pub roles: Vec<Role>,
    /// The scopes that it wants.
    pub scopes: Vec<String>,
    /// The scopes that it has in this role.
    pub granted_scopes: Vec<String>,
    /// The commands that it offers as a node: what is approved is that it may be sent these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// The commands that it may be sent already, on a machine of the system that it says it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub granted_commands: Vec<String>,
    /// From where it asks; absent if that is this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
    /// Always false: what needs nobody's decision is not asked.
    pub silent: bool,
    /// Whether the device is known and wants more.
    pub is_repair: bool,
    /// When the request is void, in Unix milliseconds.
    pub expires_at_ms: u64,
    /// When, in Unix milliseconds.
    pub ts: u64,
}

/// The token of a device for one role, without the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceTokenLine {
    /// The role.
    pub role: Role,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// When the device first got this role, in Unix milliseconds.
    pub created_at_ms: u64,
    /// When the token was made, if that was later, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated_at_ms: Option<u64>,
    /// When it was revoked, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at_ms: Option<u64>,
    /// When it was last shown, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at_ms: Option<u64>,
    /// From where; absent if that was this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_from: Option<String>,
    /// Until when it is good, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<u64>,
}

/// One change of the trust in a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrustChangeLine {
    /// What it was.
    pub from: TrustLevel,
    /// What it is from then on.
    pub to: TrustLevel,
    /// Who changed it: `owner`, or `device:` and its id.
    pub by: String,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
}

/// A device that may join.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PairedDevice {
    /// Hex SHA-256 of its key.
    pub device_id: DeviceId,
    /// Its key, base64url.
    pub public_key: String,
    /// What the owner calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its operating system, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// What kind of device it is, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_family: Option<String>,
    /// The program, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// How it is used, as it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_mode: Option<String>,
    /// The role whose token is the newest.
    pub role: Role,
    /// Every role that it has.
    pub roles: Vec<Role>,
    /// What it may do as an operator.
    pub scopes: Vec<String>,
    /// From where it last came; absent if that was this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
    /// Its tokens, by role.
    pub tokens: Vec<DeviceTokenLine>,
    /// When it was paired, in Unix milliseconds.
    pub created_at_ms: u64,
    /// When it was last given more than it had, in Unix milliseconds.
    pub approved_at_ms: u64,
    /// How far it is trusted.
    pub trust: TrustLevel,
    /// How that came, newest first, at most 20.
    pub trust_changes: Vec<TrustChangeLine>,
    /// Whether it is connected now.
    pub connected: bool,
    /// Whether it is the device that asks.
    pub own: bool,
}
