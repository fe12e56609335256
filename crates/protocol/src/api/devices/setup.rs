//! Setup codes: an address, and a code that works once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a setup code is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SetupAccess {
    /// Every right of an operator, and to be a node.
    Full,
    /// To read, to write, to decide on commands and questions, and to be a node: no administration.
    Limited,
    /// To be a node.
    Node,
}

/// What somebody may ask a setup code to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SetupProfile {
    /// [`SetupAccess::Limited`].
    Limited,
    /// [`SetupAccess::Node`].
    Node,
}

/// Params of `device.pair.setupCode`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DevicePairSetupCodeParams {
    /// The address that the device shall use, in place of the gateway's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    pub public_url: Option<String>,
    /// Clients of the family send it; there is one address here, `gateway.publicUrl` first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefer_remote_url: Option<bool>,
    /// Clients of the family send it; whoever shows the code draws its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_qr: Option<bool>,
    /// What the code shall be good for, if not for everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap_profile: Option<SetupProfile>,
}

/// A setup code: with it one device joins, once, within ten minutes.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DevicePairSetupCodeResult {
    /// Base64url of a JSON object: [`SetupPayload`].
    pub setup_code: String,
    /// The address in it.
    pub gateway_url: String,
    /// How the gateway authenticates: `token` or `password`. Neither is in the code.
    pub auth: String,
    /// Where the address comes from.
    pub url_source: String,
    /// What the code is good for.
    pub access: SetupAccess,
    /// It is good for less than was asked because its address is not encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_downgraded: Option<bool>,
    /// When it stops working, in Unix milliseconds.
    pub expires_at_ms: u64,
}

impl std::fmt::Debug for DevicePairSetupCodeResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DevicePairSetupCodeResult(..)")
    }
}

/// What is in a setup code. Never the long-lived secret (SECURITY T20).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SetupPayload {
    /// The gateway's address: `ws://` or `wss://`.
    pub url: String,
    /// What the device shows as `auth.bootstrapToken`.
    pub bootstrap_token: String,
    /// When it stops working, in Unix milliseconds.
    pub expires_at_ms: u64,
    /// SHA-256 of the gateway's certificate, hex, for the device to pin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_fingerprint: Option<String>,
}

impl std::fmt::Debug for SetupPayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SetupPayload(..)")
    }
}
