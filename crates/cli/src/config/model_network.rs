//! The keys of the configuration about the network: TLS, another host's gateway, and being found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// TLS on the gateway's ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct TlsConfig {
    /// Whether every listener speaks TLS (`wss://`, `https://`) and nothing else. Default false. reload: restart.
    pub(crate) enabled: bool,
    /// Whether the gateway makes a certificate for itself, once, in `tls` of the state directory, where `certPath` names none; clients pin its fingerprint. Default true. reload: restart.
    pub(crate) auto_generate: bool,
    /// The certificate chain as a PEM file, the gateway's own certificate first; an absolute path. Wants `keyPath`. Default: the made one. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub(crate) cert_path: Option<String>,
    /// The private key of the certificate as a PEM file that not everybody can read; an absolute path. Wants `certPath`. Default: the made one. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub(crate) key_path: Option<String>,
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            auto_generate: true,
            cert_path: None,
            key_path: None,
        }
    }
}

/// A gateway on another host, for the commands of this one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct RemoteConfig {
    /// Its address, such as `wss://gate.example.org:18789`; commands go there with `--url`. No default. reload: hot.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    pub(crate) url: Option<String>,
    /// SHA-256 of the certificate that it must show: 64 hex digits, with colons or without, also with `sha256:` before them. Wants a `url` with `wss://`. No default. reload: hot.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 64, max = 128))]
    pub(crate) tls_fingerprint: Option<String>,
}

impl RemoteConfig {
    /// Whether nothing is set.
    pub(crate) const fn is_empty(&self) -> bool {
        self.url.is_none() && self.tls_fingerprint.is_none()
    }
}

/// Which commands nodes may be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct NodesConfig {
    /// Commands that nodes may be sent beside those that are on by default, such as `camera.snap` or `sms.send`: dangerous ones, and those of foreign nodes, are off until they stand here. Default none. reload: restart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 512), inner(length(min = 1, max = 128)))]
    pub(crate) allow_commands: Vec<String>,
    /// Commands that no node is sent, also where `allowCommands` names them. Default none. reload: restart.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 512), inner(length(min = 1, max = 128)))]
    pub(crate) deny_commands: Vec<String>,
}

impl NodesConfig {
    /// Whether nothing is set.
    pub(crate) const fn is_empty(&self) -> bool {
        self.allow_commands.is_empty() && self.deny_commands.is_empty()
    }
}

/// Being found by others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct DiscoveryConfig {
    /// In the local network.
    pub(crate) mdns: MdnsConfig,
}

/// Multicast DNS.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct MdnsConfig {
    /// What the gateway tells the local network about itself, where it listens beyond loopback. Nobody should trust it: it is not proved. A program without the feature `mdns` knows `off` only. Default `off`. reload: restart.
    pub(crate) mode: MdnsMode,
}

/// What is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MdnsMode {
    /// Nothing.
    #[default]
    Off,
    /// That there is a gateway, its port, and whether it wants TLS.
    Minimal,
    /// Also the host's name and the fingerprint of the certificate.
    Full,
}
