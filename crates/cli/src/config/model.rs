//! The keys of the configuration file: what a value means, its default and its unit.
//!
//! Each field's first sentence becomes the help of `config.schema`; every key here is read by
//! something, and a key that nothing reads does not exist.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::model_agents::{AgentsConfig, ModelsConfig};
use super::model_canvas::CanvasHostConfig;
use super::model_channels::{BindingConfig, ChannelConfig, NoticesConfig};
use super::model_network::{DiscoveryConfig, NodesConfig, RemoteConfig, TlsConfig};
use super::model_sessions::{MessagesConfig, SessionConfig};
use super::model_tools::ToolsConfig;
use super::secret_ref::SecretRef;

/// The port of the gateway where none is set.
pub(crate) const DEFAULT_PORT: u16 = 18_789;
/// The port of the profile `dev` where none is set.
pub(crate) const DEV_PORT: u16 = 19_001;

/// Configuration of Tidegate: `tidegate.json` in the state directory, JSON5 with comments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Config {
    /// The server: where it listens and who gets in.
    pub(crate) gateway: GatewayConfig,
    /// How the gateway can be found.
    pub(crate) discovery: DiscoveryConfig,
    /// The web page's own listener.
    pub(crate) webchat: WebchatConfig,
    /// Pages that agents make.
    pub(crate) canvas_host: CanvasHostConfig,
    /// Providers of models.
    pub(crate) models: ModelsConfig,
    /// The agents.
    pub(crate) agents: AgentsConfig,
    /// What agents do on machines.
    pub(crate) tools: ToolsConfig,
    /// Chat networks, by the family's word for each. Default none. reload: restart.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) channels: BTreeMap<String, ChannelConfig>,
    /// Which agent answers where. Default: the default agent everywhere. reload: restart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000))]
    pub(crate) bindings: Vec<BindingConfig>,
    /// Where the owner is told that a channel died.
    #[serde(skip_serializing_if = "NoticesConfig::is_empty")]
    pub(crate) notices: NoticesConfig,
    /// How messages are queued.
    pub(crate) messages: MessagesConfig,
    /// How conversations are named and when they end.
    pub(crate) session: SessionConfig,
    /// The log.
    pub(crate) logging: LoggingConfig,
    /// What programs noted about this file.
    #[serde(skip_serializing_if = "Meta::is_empty")]
    pub(crate) meta: Meta,
}

/// The server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct GatewayConfig {
    /// Where the gateway runs: `local` is the only mode there is. Default `local`. reload: restart.
    pub(crate) mode: GatewayMode,
    /// TCP port of the WebSocket, the page and the health answers; 0 takes a free one. Default 18789 (19001 in the profile `dev`). reload: restart.
    pub(crate) port: u16,
    /// Which addresses are listened on. Default `loopback`. Anything else is reachable for others; its traffic is encrypted with `gateway.tls` only. reload: restart.
    pub(crate) bind: Bind,
    /// The IP address that `bind: "custom"` listens on. No default. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_bind_host: Option<String>,
    /// The shared secrets that let a client in.
    pub(crate) auth: AuthConfig,
    /// The address under which others reach this gateway, such as `https://gate.example.org`: its host name is accepted in the Host header. No default. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) public_url: Option<String>,
    /// Rules for web pages.
    pub(crate) control_ui: ControlUiConfig,
    /// TLS on the ports.
    pub(crate) tls: TlsConfig,
    /// A gateway on another host, for the commands of this one.
    #[serde(skip_serializing_if = "RemoteConfig::is_empty")]
    pub(crate) remote: RemoteConfig,
    /// Which commands nodes may be sent.
    #[serde(skip_serializing_if = "NodesConfig::is_empty")]
    pub(crate) nodes: NodesConfig,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            mode: GatewayMode::Local,
            port: DEFAULT_PORT,
            bind: Bind::Loopback,
            custom_bind_host: None,
            auth: AuthConfig::default(),
            public_url: None,
            control_ui: ControlUiConfig::default(),
            tls: TlsConfig::default(),
            remote: RemoteConfig::default(),
            nodes: NodesConfig::default(),
        }
    }
}

/// Where the gateway runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum GatewayMode {
    /// On this host.
    #[default]
    Local,
}

/// Which addresses are listened on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Bind {
    /// `127.0.0.1` and `::1`.
    #[default]
    Loopback,
    /// Every IPv4 address of the host.
    Lan,
    /// The host's Tailscale address, and loopback.
    Tailnet,
    /// Loopback; in a container, where loopback is out of reach, every address.
    Auto,
    /// The address in `gateway.customBindHost`, and loopback.
    Custom,
}

impl Bind {
    /// Every value, for messages and arguments.
    pub(crate) const ALL: [Self; 5] = [
        Self::Loopback,
        Self::Lan,
        Self::Tailnet,
        Self::Auto,
        Self::Custom,
    ];

    /// The word in the file.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Loopback => "loopback",
            Self::Lan => "lan",
            Self::Tailnet => "tailnet",
            Self::Auto => "auto",
            Self::Custom => "custom",
        }
    }
}

impl std::fmt::Display for Bind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Bind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|bind| bind.as_str() == text)
            .ok_or_else(|| "one of loopback, lan, tailnet, auto, custom".to_owned())
    }
}

/// The shared secrets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct AuthConfig {
    /// The owner's secret; at least 32 characters where the gateway is reachable for others. Default: the one that the gateway made in `gateway.token`. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) token: Option<SecretRef>,
    /// A password for those who cannot carry a token; at least 12 characters where the gateway is reachable for others. No default. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<SecretRef>,
}

/// Rules for web pages.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ControlUiConfig {
    /// Origins of pages, besides our own, that may connect: `https://host` or `https://host:port`. Default none. reload: restart.
    #[schemars(length(max = 64))]
    pub(crate) allowed_origins: Vec<String>,
}

/// The web page's own listener.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct WebchatConfig {
    /// A second TCP port, on the addresses of `gateway.bind`, that serves the page too; 18788 is customary. Default: none, the page is on `gateway.port`. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) port: Option<u16>,
}

/// The log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct LoggingConfig {
    /// The least important lines that are kept. Default `info`. reload: restart.
    pub(crate) level: LogLevel,
    /// The log file, as an absolute path; older ones get the date behind their name. Default: a file for each day in `logs` of the state directory. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub(crate) file: Option<String>,
}

/// How important a line of the log is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogLevel {
    /// Something failed.
    Error,
    /// Something is odd.
    Warn,
    /// What happened.
    #[default]
    Info,
    /// For looking for faults.
    Debug,
    /// Everything.
    Trace,
}

/// What programs noted about this file. Other keys are kept and mean nothing here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Meta {
    /// Keys with dots that a newer version wrote: they are kept, ignored and reported instead of refused. Default none. reload: restart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) newer_keys: Vec<String>,
    /// Anything else.
    #[serde(flatten)]
    pub(crate) other: Map<String, Value>,
}

impl Meta {
    /// Whether nothing was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.newer_keys.is_empty() && self.other.is_empty()
    }
}
