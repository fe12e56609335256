//! What the arguments say, and what is wrong when nothing can be loaded.

use std::path::PathBuf;

use tidegate_core::Secret;

use super::finding::Finding;
use super::model::Bind;
use super::secrets::SecretError;

/// What the arguments say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Overrides {
    /// `--profile`: a state directory (and for `dev` a port) of its own.
    pub(crate) profile: Option<String>,
    /// `--port`
    pub(crate) port: Option<u16>,
    /// `--bind`
    pub(crate) bind: Option<Bind>,
    /// `--token`
    pub(crate) token: Option<Secret<String>>,
    /// `--token-file`
    pub(crate) token_file: Option<PathBuf>,
    /// `--password-file`
    pub(crate) password_file: Option<PathBuf>,
    /// A configuration file other than that of the state directory.
    pub(crate) config_path: Option<PathBuf>,
    /// A state directory other than the default.
    pub(crate) state_dir: Option<PathBuf>,
    /// `--allow-unconfigured`: start without a configuration file and write none.
    pub(crate) allow_unconfigured: bool,
    /// Whether the daemon asks: it needs every secret.
    pub(crate) for_daemon: bool,
}

/// Why there is no configuration. Always exit code 78: trying again does not help.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file is invalid, and there is no good copy.
    #[error("the configuration {} is invalid:\n{}\nfix it, then check it with: tidegate config validate", path.display(), lines(findings))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        findings: Vec<Finding>,
    },
    /// An argument or a variable is of no use.
    #[error("{0}")]
    Unusable(String),
    /// A secret of the gateway itself cannot be had.
    #[error("{0}\nsee where each value comes from with: tidegate config explain")]
    Secret(#[from] SecretError),
}

fn lines(findings: &[Finding]) -> String {
    findings
        .iter()
        .map(|finding| format!("  {finding}"))
        .collect::<Vec<_>>()
        .join("\n")
}
