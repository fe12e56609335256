//! What the edge must know of the configuration.

use std::collections::BTreeSet;
use std::sync::Arc;

use tidegate_core::Secret;
use tidegate_protocol::api::config::{ConfigGetResult, ConfigSchemaResult};
use tidegate_protocol::api::system::LogsTailResult;

use crate::auth::locality::Known;
use crate::canvas::CanvasHost;
use crate::tls::Tls;

/// Reads configuration and its schema for `config.get` and `config.schema`.
pub type ConfigReader<T> = Arc<dyn Fn() -> T + Send + Sync>;

/// Reads the end of the log: (cursor, most lines, most bytes).
pub type LogTail =
    Arc<dyn Fn(Option<u64>, usize, usize) -> std::io::Result<LogsTailResult> + Send + Sync>;

/// Where a device finds the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupAddress {
    /// The address: `ws://` or `wss://`.
    pub url: String,
    /// Which key or which listener it comes from.
    pub source: String,
}

/// What the edge must know of the configuration.
pub struct GatewayConfig {
    /// The shared secret.
    pub token: Secret<String>,
    /// The shared password, if one is set; then password mode is on.
    pub password: Option<Secret<String>>,
    /// Lower-case host names that a Host header may carry.
    pub allowed_hosts: BTreeSet<String>,
    /// Origins beside the Host's own, as `scheme://host[:port]`.
    pub allowed_origins: BTreeSet<String>,
    /// What is shown on every listener; without it they speak in the clear.
    pub tls: Option<Tls>,
    /// Where devices are sent by a setup code.
    pub setup: SetupAddress,
    /// The canvases; without it there are none.
    pub canvas: Option<Arc<CanvasHost>>,
    /// Path of the configuration file.
    pub config_path: String,
    /// Path of the state directory.
    pub state_dir: String,
    /// For `config.get`.
    pub read_config: ConfigReader<ConfigGetResult>,
    /// For `config.schema`.
    pub read_schema: ConfigReader<ConfigSchemaResult>,
    /// For `logs.tail`.
    pub log_tail: LogTail,
}

impl GatewayConfig {
    /// What we are called, and whose pages may talk to us.
    pub(crate) const fn known(&self) -> Known<'_> {
        Known {
            hosts: &self.allowed_hosts,
            origins: &self.allowed_origins,
            tls: self.tls.is_some(),
        }
    }
}
