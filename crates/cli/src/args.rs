//! The command line.

mod approvals;
mod channel_secrets;
mod channels;
mod client;
mod devices;
mod node;
mod nodes;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use tidegate_client::Fingerprint;

use crate::exit::HELP as EXIT_CODES;
pub(crate) use approvals::{
    AllowlistAddArgs, AllowlistCommand, AllowlistRemoveArgs, ApprovalArgs, ApprovalsCommand,
    ApprovalsListArgs, ApproveArgs, PolicyCommand, PolicySetArgs,
};
pub(crate) use channel_secrets::{SecretArgs, SecretSource};
pub(crate) use channels::{
    AccountArgs, ChannelsAddArgs, ChannelsAskArgs, ChannelsCommand, ChannelsLoginArgs,
    ChannelsRemoveArgs, ChannelsTestArgs, MessageCommand, OutboxCommand, OutboxListArgs,
    OutboxPartArgs, PairingApproveArgs, PairingCommand, PairingDismissArgs, PairingListArgs,
    PollArgs, TraceArgs,
};
#[cfg(feature = "mdns")]
pub(crate) use client::DiscoverArgs;
pub(crate) use client::{
    AgentArgs, AgentsCommand, CallArgs, DashboardArgs, LogsArgs, SendArgs, SessionsArgs,
    SessionsCommand,
};
pub(crate) use devices::{
    DeviceArgs, DeviceRoleArgs, DevicesApproveArgs, DevicesCodeArgs, DevicesCommand,
    DevicesRejectArgs, DevicesRenameArgs, DevicesRotateArgs, DevicesTrustArgs,
};
pub(crate) use node::{NodeCommand, NodeEntryArgs, NodeRunArgs};
pub(crate) use nodes::{
    NodeArgs, NodesCommand, NodesInvokeArgs, NodesPendingArgs, NodesRenameArgs,
};

/// The heading of what every command takes.
const COMMON: &str = "Common";

/// What every command gets.
#[derive(Debug, Clone)]
pub(crate) struct Globals {
    /// A state directory of its own, by name.
    pub(crate) profile: Option<String>,
    /// Machine-readable output.
    pub(crate) json: bool,
    /// The gateway's address.
    pub(crate) url: Option<String>,
    /// The gateway's secret, on the command line.
    pub(crate) token: Option<String>,
    /// The gateway's secret, in a file.
    pub(crate) token_file: Option<PathBuf>,
    /// The gateway's password, in a file.
    pub(crate) password_file: Option<PathBuf>,
    /// The certificate that the gateway must show.
    pub(crate) tls_fingerprint: Option<Fingerprint>,
    /// How long to try, in milliseconds.
    pub(crate) timeout_ms: u64,
    /// No colours.
    pub(crate) no_color: bool,
}

/// Tidegate: one gateway for your agents, your devices and your conversations.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, after_help = EXIT_CODES, propagate_version = false)]
pub(crate) struct Cli {
    /// Keep state in a directory of its own (~/.tidegate-NAME)
    #[arg(long, global = true, value_name = "NAME", help_heading = COMMON)]
    pub(crate) profile: Option<String>,
    /// Print the gateway's answer as JSON
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) json: bool,
    /// No colours (also: the variable NO_COLOR)
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) no_color: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How to reach the gateway. Without any of these: the one of this user on this host.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Connection")]
pub(crate) struct Connection {
    /// Address of the gateway, such as ws://127.0.0.1:18789
    #[arg(long)]
    pub(crate) url: Option<String>,
    /// Secret of the gateway; other users of this host can see it here, so prefer --token-file
    #[arg(long, conflicts_with = "token_file")]
    pub(crate) token: Option<String>,
    /// File with the secret of the gateway
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// File with the password of the gateway
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// SHA-256 of the certificate that a wss:// gateway must show, whoever vouches for it
    #[arg(long, value_name = "SHA256")]
    pub(crate) tls_fingerprint: Option<Fingerprint>,
    /// How long to try, in milliseconds
    #[arg(long = "timeout", value_name = "MS", default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(1..=86_400_000))]
    pub(crate) timeout_ms: u64,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the gateway in the foreground, or ask the one that runs
    #[command(args_conflicts_with_subcommands = true)]
    Gateway {
        #[command(flatten)]
        run: GatewayRunArgs,
        #[command(subcommand)]
        command: Option<GatewayCommand>,
    },
    /// Is the gateway well?
    Health(Connection),
    /// The gateway, its page, its agent and its recent sessions
    Status(Connection),
    /// Give the agent a message and wait for its answer
    Agent(AgentArgs),
    /// The agents, their models and their workspaces
    Agents {
        #[command(subcommand)]
        command: Option<AgentsCommand>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Conversations, newest first
    Sessions {
        #[command(subcommand)]
        command: Option<SessionsCommand>,
        #[command(flatten)]
        list: SessionsArgs,
    },
    /// Accounts on chat networks
    Channels {
        #[command(subcommand)]
        command: Option<ChannelsCommand>,
        #[command(flatten)]
        connection: Connection,
    },
    /// People on chat networks who ask to be let in
    Pairing {
        #[command(subcommand)]
        command: PairingCommand,
    },
    /// Commands of agents that wait for you, and the rules that say which do
    Approvals {
        #[command(subcommand)]
        command: Option<ApprovalsCommand>,
        #[command(flatten)]
        list: ApprovalsListArgs,
    },
    /// Messages to conversations, without any agent
    Message {
        #[command(subcommand)]
        command: MessageCommand,
    },
    /// Messages that could not be delivered
    Outbox {
        #[command(subcommand)]
        command: Option<OutboxCommand>,
        #[command(flatten)]
        list: OutboxListArgs,
    },
    /// Where a message went, with times
    Trace(TraceArgs),
    /// Devices: who may join, with which rights
    Devices {
        #[command(subcommand)]
        command: Option<DevicesCommand>,
        #[command(flatten)]
        connection: Connection,
    },
    /// Nodes: machines that offer commands
    Nodes {
        #[command(subcommand)]
        command: Option<NodesCommand>,
        #[command(flatten)]
        connection: Connection,
    },
    /// This machine as a node of a gateway
    Node {
        #[command(subcommand)]
        command: NodeCommand,
    },
    /// The gateway's log
    Logs(LogsArgs),
    /// Open the page in a browser, signed in by a link that works once
    Dashboard(DashboardArgs),
    /// Read and check the configuration
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Completions for a shell, on standard output
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// `tidegate gateway`: how to run.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct GatewayRunArgs {
    /// Port to listen on (default: the configuration's, else 18789)
    #[arg(long)]
    pub(crate) port: Option<u16>,
    /// Addresses to listen on: loopback, lan, tailnet, auto or custom
    #[arg(long)]
    pub(crate) bind: Option<String>,
    /// Shared secret; other users of this host can see it here, so prefer --token-file
    #[arg(long, conflicts_with = "token_file")]
    pub(crate) token: Option<String>,
    /// File with the shared secret
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// File with the password
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: Option<PathBuf>,
    /// Stop whatever program of yours listens on the port first
    #[arg(long)]
    pub(crate) force: bool,
    /// Show handshakes, requests and events, a line each, never their content
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Start without a configuration file and write none
    #[arg(long)]
    pub(crate) allow_unconfigured: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GatewayCommand {
    /// Run the gateway in the foreground (the same as `tidegate gateway`)
    Run(GatewayRunArgs),
    /// Is the gateway well?
    Health(Connection),
    /// The gateway, its page, its agent and its recent sessions
    Status(Connection),
    /// Gateways of which the local network tells; what it says is not proved
    #[cfg(feature = "mdns")]
    Discover(DiscoverArgs),
    /// Call a method of the protocol; `call <METHOD> --help` tells its params
    Call(CallArgs),
    /// Deliver a message to a conversation, without any agent
    Send(SendArgs),
    /// Give the agent a message and wait for its answer
    Agent(AgentArgs),
}

/// `config`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ConfigCommand {
    /// The configuration in force, or one key of it; secrets are hidden
    Get {
        /// A key with dots, such as gateway.port
        path: Option<String>,
    },
    /// The path of the configuration file
    Path,
    /// The JSON Schema of the configuration file
    Schema,
    /// Where each value comes from: default, file, environment or argument
    Explain {
        /// A key with dots, such as gateway.port
        path: Option<String>,
    },
    /// Check the configuration file
    Validate,
}

impl Cli {
    /// The common part, with the connection of one command.
    pub(crate) fn globals(&self, connection: Option<&Connection>) -> Globals {
        let base = Globals {
            profile: self.profile.clone(),
            json: self.json,
            url: None,
            token: None,
            token_file: None,
            password_file: None,
            tls_fingerprint: None,
            timeout_ms: 10_000,
            no_color: self.no_color,
        };
        let Some(connection) = connection.cloned() else {
            return base;
        };
        let Connection {
            url,
            token,
            token_file,
            password_file,
            tls_fingerprint,
            timeout_ms,
        } = connection;
        Globals {
            url,
            token,
            token_file,
            password_file,
            tls_fingerprint,
            timeout_ms,
            ..base
        }
    }
}

#[cfg(test)]
mod channel_tests;
#[cfg(test)]
mod tests;
