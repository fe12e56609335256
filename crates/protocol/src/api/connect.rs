//! The handshake, and what every connection hears.

mod refused;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::access::Role;
use crate::api::health::PresenceEntry;
use crate::frame::StateVersion;
use crate::macros::{events, methods};
use crate::value::Nullable;

pub use refused::{
    AUTH_BOOTSTRAP_TOKEN_INVALID, AUTH_DEVICE_TOKEN_MISMATCH, AUTH_PASSWORD_MISMATCH,
    AUTH_PASSWORD_MISSING, AUTH_RATE_LIMITED, AUTH_TOKEN_MISMATCH, AUTH_TOKEN_MISSING,
    CODE_WRONG_ROLE, TOKEN_REVOKED,
};

/// Client ids that a protocol-3 client may use; newer clients may use any.
pub const CLIENT_IDS: [&str; 28] = [
    "webchat-ui",
    "clawdbot-control-ui",
    "webchat",
    "cli",
    "gateway-client",
    "clawdbot-macos",
    "clawdbot-ios",
    "clawdbot-android",
    "node-host",
    "test",
    "fingerprint",
    "clawdbot-probe",
    "moltbot-control-ui",
    "moltbot-macos",
    "moltbot-ios",
    "moltbot-android",
    "moltbot-probe",
    "openclaw-control-ui",
    "openclaw-macos",
    "openclaw-ios",
    "openclaw-android",
    "openclaw-probe",
    "openclaw-tui",
    "openclaw-linux",
    "openclaw-watchos",
    "openclaw-browser-copilot",
    "tidegate-webchat",
    "tidegate-probe",
];

/// Client modes that a protocol-3 client may use; newer clients may use any.
pub const CLIENT_MODES: [&str; 7] = ["webchat", "cli", "ui", "backend", "node", "probe", "test"];

/// The first request of every connection. Closed for a client that asks for protocol 3 at most;
/// from 4 on unknown keys are ignored (DECISIONS D2).
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ConnectParams {
    /// Lowest protocol that the client speaks.
    #[schemars(range(min = 1))]
    pub min_protocol: u32,
    /// Highest protocol that the client speaks.
    #[schemars(range(min = 1))]
    pub max_protocol: u32,
    /// Who is calling.
    pub client: ClientInfo,
    /// Abilities of the client, for example `tool-events`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(min = 1)), length(max = 128))]
    pub caps: Vec<String>,
    /// Commands that a node offers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(inner(length(min = 1)), length(max = 512))]
    pub commands: Vec<String>,
    /// What a node's operating system permits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub permissions: BTreeMap<String, bool>,
    /// The `PATH` of a node host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_env: Option<String>,
    /// `operator` (default) or `node`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub role: Option<String>,
    /// Rights that the client asks for; none asked for is none given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(inner(length(min = 1)), length(max = 64))]
    pub scopes: Option<Vec<String>>,
    /// The device's identity and its signature over the challenge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceProof>,
    /// Secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<ConnectAuth>,
    /// Language of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// Browser's user agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// Who is calling. Nothing in it grants anything.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ClientInfo {
    /// Kind of program.
    #[schemars(length(min = 1, max = 128), extend("x-known" = CLIENT_IDS))]
    pub id: String,
    /// Its version.
    #[schemars(length(min = 1, max = 128))]
    pub version: String,
    /// Operating system.
    #[schemars(length(min = 1, max = 128))]
    pub platform: String,
    /// How it is used.
    #[schemars(length(min = 1, max = 128), extend("x-known" = CLIENT_MODES))]
    pub mode: String,
    /// Name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub display_name: Option<String>,
    /// For example `iPhone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub device_family: Option<String>,
    /// For example `iPhone17,1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub model_identifier: Option<String>,
    /// One run of one program: lets the presence list keep two windows apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub instance_id: Option<String>,
}

/// A device's public key and its signature over what it asks for.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct DeviceProof {
    /// Hex SHA-256 of the raw public key.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,
    /// Ed25519 key: 32 raw bytes in base64url, or a PEM.
    #[schemars(length(min = 1, max = 1024))]
    pub public_key: String,
    /// Signature over the payload of version 3, 2 or 1, base64url.
    #[schemars(length(min = 1, max = 256))]
    pub signature: String,
    /// When it was signed, in Unix milliseconds; the challenge's `ts` is best.
    pub signed_at: u64,
    /// The challenge's nonce.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub nonce: Option<String>,
}

/// Secrets of the handshake.
#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ConnectAuth {
    /// The shared secret, or a device token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The shared password.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// A device token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
    /// A one-time code of `tidegate dashboard`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootstrap_token: Option<String>,
}

impl std::fmt::Debug for ConnectAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ConnectAuth(..)")
    }
}

/// The answer to `connect`: both generations' fields.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HelloOk {
    /// Always `hello-ok`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The protocol of this connection.
    pub protocol: u32,
    /// About the gateway.
    pub server: ServerInfo,
    /// What this caller may call and hear.
    pub features: Features,
    /// State at the moment of joining; no event falls between it and the first `seq`.
    pub snapshot: Snapshot,
    /// Where a node of protocol 3 finds its canvas; the address is a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canvas_host_url: Option<String>,
    /// Where a node of protocol 4 finds its surfaces, by their names: `canvas`. Secrets too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin_surface_urls: Option<BTreeMap<String, String>>,
    /// What was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth: Option<HelloAuth>,
    /// Numbers to respect.
    pub policy: Policy,
}

/// About the gateway.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    /// Version of the program.
    pub version: String,
    /// Host name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// This connection.
    pub conn_id: String,
    /// This start of the gateway.
    pub boot_id: String,
}

/// What this caller may call and hear.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Features {
    /// Methods that dispatch will accept from this caller.
    pub methods: Vec<String>,
    /// Events that this caller may hear.
    pub events: Vec<String>,
}

/// State at the moment of joining.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Who is connected, newest first.
    pub presence: Vec<PresenceEntry>,
    /// The health summary; empty before it was first computed.
    #[schemars(with = "Value")]
    pub health: Box<RawValue>,
    /// Versions of both.
    pub state_version: StateVersion,
    /// How long the gateway runs, in milliseconds.
    pub uptime_ms: u64,
    /// Path of the configuration file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_path: Option<String>,
    /// Path of the state directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_dir: Option<String>,
    /// Names of the main session.
    pub session_defaults: SessionDefaults,
    /// How the gateway authenticates: `token` or `password`.
    pub auth_mode: String,
}

/// Names of the main session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionDefaults {
    /// The agent that answers by default.
    pub default_agent_id: String,
    /// The alias of the main session.
    pub main_key: String,
    /// The canonical key of the main session.
    pub main_session_key: String,
    /// `per-sender`.
    pub scope: String,
    /// Whether a model is configured; without one the offline agent answers.
    pub model_configured: bool,
}

/// What was granted.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HelloAuth {
    /// The device's token; absent without a device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_token: Option<String>,
    /// The role of this connection.
    pub role: Role,
    /// The scopes of this connection.
    pub scopes: Vec<String>,
    /// When the device token was made, in Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_at_ms: Option<u64>,
    /// Tokens for other roles that came with a setup code, which works once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_tokens: Vec<HelloDeviceToken>,
}

/// A token for a role that this connection does not have.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HelloDeviceToken {
    /// The token.
    pub device_token: String,
    /// The role.
    pub role: Role,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// When it was made, in Unix milliseconds.
    pub issued_at_ms: u64,
}

impl std::fmt::Debug for HelloDeviceToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HelloDeviceToken")
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for HelloAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HelloAuth")
            .field("role", &self.role)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Numbers to respect; exactly the ones that are enforced.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Largest inbound message in bytes.
    pub max_payload: u64,
    /// Largest backlog of events in bytes.
    pub max_buffered_bytes: u64,
    /// Interval of `tick` in milliseconds.
    pub tick_interval_ms: u64,
}

/// The challenge that a device signs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ConnectChallenge {
    /// Random; good for this connection only.
    pub nonce: String,
    /// The gateway's clock in Unix milliseconds.
    pub ts: u64,
}

/// A sign of life.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Tick {
    /// The gateway's clock in Unix milliseconds.
    pub ts: u64,
}

/// The gateway is about to close every connection.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Shutdown {
    /// `gateway stopping` or `gateway restarting`.
    pub reason: String,
    /// When it will be back, in milliseconds; null if it will not by itself.
    pub restart_expected_ms: Nullable<u64>,
}

/// No params.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoParams {}

/// A one-time code for a browser.
#[derive(Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DashboardLinkResult {
    /// Goes into the fragment of the page's address, as `#code=…`.
    pub code: String,
    /// When it stops working, in Unix milliseconds.
    pub expires_at_ms: u64,
}

impl std::fmt::Debug for DashboardLinkResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DashboardLinkResult(..)")
    }
}

methods! {
    /// Opens a connection. Only valid as the first request.
    pub Connect = "connect" {
        params: ConnectParams,
        result: HelloOk,
        access: handshake,
        effect: idempotent,
        since: 3,
    }
    /// Makes a one-time code with which one browser may join as the owner's device, within ten
    /// minutes.
    pub DashboardLink = "dashboard.link" {
        params: NoParams,
        result: DashboardLinkResult,
        access: operator(Admin),
        effect: idempotent,
        since: 4,
    }
}

events! {
    /// The first frame of a connection: what a device must sign.
    pub Challenge = "connect.challenge" {
        payload: ConnectChallenge,
        access: handshake,
        delivery: Must,
    }
    /// A sign of life every `policy.tickIntervalMs`.
    pub Ticked = "tick" {
        payload: Tick,
        access: any,
        delivery: Latest,
    }
    /// The gateway stops; every connection is closed with 1012 next.
    pub ShuttingDown = "shutdown" {
        payload: Shutdown,
        access: any,
        delivery: Must,
    }
}
