//! Arguments of `tidegate nodes`.

use clap::{Args, Subcommand};

use super::Connection;
use super::given_name::given_name;

/// `nodes`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum NodesCommand {
    /// Machines that offer commands (the same as `tidegate nodes`)
    List(Connection),
    /// One machine: what it offers, and what of it is in force
    Describe(NodeArgs),
    /// Give a machine a name of yours
    Rename(NodesRenameArgs),
    /// Send a machine a command and show what it answers
    Invoke(NodesInvokeArgs),
    /// Commands that wait for machines that are away
    Pending(NodesPendingArgs),
    /// The commands that there are, or one with what it takes
    Commands(NodesCommandsArgs),
}

/// `nodes commands`.
#[derive(Debug, Clone, Args)]
pub(crate) struct NodesCommandsArgs {
    /// The command, such as `system.which`
    #[arg(value_name = "COMMAND")]
    pub(crate) name: Option<String>,
}

/// Which machine.
#[derive(Debug, Clone, Args)]
pub(crate) struct NodeArgs {
    /// The machine: its name, or the beginning of its id
    #[arg(value_name = "NODE")]
    pub(crate) node: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `nodes rename`.
#[derive(Debug, Clone, Args)]
pub(crate) struct NodesRenameArgs {
    /// The machine: its name, or the beginning of its id
    #[arg(value_name = "NODE")]
    pub(crate) node: String,
    /// What you call it, at most 64 characters: the name of its device
    #[arg(value_name = "NAME", value_parser = given_name)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `nodes invoke`.
#[derive(Debug, Clone, Args)]
pub(crate) struct NodesInvokeArgs {
    /// The machine: its name, or the beginning of its id
    #[arg(value_name = "NODE")]
    pub(crate) node: String,
    /// The command, such as `system.which`; `tidegate nodes commands` lists them
    #[arg(value_name = "COMMAND")]
    pub(crate) command: String,
    /// What the command takes, as JSON; `@file` reads a file, `-` standard input; `tidegate nodes
    /// commands COMMAND` tells what that is
    #[arg(long, value_name = "JSON")]
    pub(crate) params: Option<String>,
    /// How long the machine may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 30_000,
          value_parser = clap::value_parser!(u64).range(1..=600_000))]
    pub(crate) node_timeout: u64,
    /// Let it wait for the machine if that is away
    #[arg(long)]
    pub(crate) queue: bool,
    /// Your name for this one effect: the same again is not done again (default: a new one)
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `nodes pending`.
#[derive(Debug, Clone, Args)]
pub(crate) struct NodesPendingArgs {
    /// Give this one up, by its id
    #[arg(long, value_name = "ID")]
    pub(crate) cancel: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
