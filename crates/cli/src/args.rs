//! The command line.

mod approvals;
mod canvas;
mod channel_secrets;
mod channels;
mod client;
mod devices;
mod given_name;
mod globals;
mod node;
mod nodes;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::exit::HELP as EXIT_CODES;
pub(crate) use approvals::{
    AllowlistAddArgs, AllowlistCommand, AllowlistRemoveArgs, ApprovalArgs, ApprovalsCommand,
    ApprovalsListArgs, ApproveArgs, PolicyCommand, PolicySetArgs,
};
pub(crate) use canvas::{CanvasCommand, CanvasOpenArgs, CanvasPathArgs};
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
pub(crate) use globals::{Connection, Globals, connection, takes_connection};
pub(crate) use node::{NodeCommand, NodeEntryArgs, NodeRunArgs};
pub(crate) use nodes::{
    NodeArgs, NodesCommand, NodesCommandsArgs, NodesInvokeArgs, NodesPendingArgs, NodesRenameArgs,
};

/// The heading of what every command takes.
const COMMON: &str = "Common";

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
    /// What the agent shows beside a conversation
    Canvas {
        #[command(subcommand)]
        command: CanvasCommand,
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

#[cfg(test)]
mod channel_tests;
#[cfg(test)]
mod tests;
