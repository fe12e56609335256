//! Arguments of `tidegate node`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tidegate_client::Fingerprint;

/// `node`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum NodeCommand {
    /// Make this machine a node of a gateway, in the foreground
    Run(NodeRunArgs),
    /// Join a gateway once, and write a service that makes this machine its node at each login
    Install(NodeEntryArgs),
    /// What the node host of this user is doing
    Status,
}

/// `node run`.
#[derive(Debug, Clone, Args)]
pub(crate) struct NodeRunArgs {
    #[command(flatten)]
    pub(crate) entry: NodeEntryArgs,
    /// Say more on standard error
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// Which gateway, and how to get in. What works is remembered: later nothing of it is needed.
#[derive(Debug, Clone, Args)]
pub(crate) struct NodeEntryArgs {
    /// Code of `tidegate devices code --node` on the gateway; - reads it from standard input
    #[arg(long, value_name = "CODE", conflicts_with_all = ["url", "token_file"])]
    pub(crate) setup_code: Option<String>,
    /// Address of the gateway, such as wss://gate.example:18789
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// File with the secret of the gateway
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// SHA-256 of the certificate that a wss:// gateway must show, whoever vouches for it
    #[arg(long, value_name = "SHA256")]
    pub(crate) tls_fingerprint: Option<Fingerprint>,
}
