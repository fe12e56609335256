//! Arguments of the commands that talk to a gateway.

use clap::{Args, Subcommand};

use super::Connection;

/// `gateway call`.
#[derive(Debug, Clone, Args)]
#[command(disable_help_flag = true)]
pub(crate) struct CallArgs {
    /// The method, such as sessions.list
    #[arg(required_unless_present = "help")]
    pub(crate) method: Option<String>,
    /// Params as JSON; @FILE reads a file, - reads standard input
    #[arg(long, value_name = "JSON")]
    pub(crate) params: Option<String>,
    /// Where a method answers twice, wait for the second answer
    #[arg(long)]
    pub(crate) expect_final: bool,
    /// Print help; after a method, what it does and takes
    #[arg(long, short)]
    pub(crate) help: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `message send` and `gateway send`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SendArgs {
    /// To whom: a conversation on the network, or a session key
    #[arg(
        long,
        visible_alias = "target",
        value_name = "ID",
        allow_negative_numbers = true
    )]
    pub(crate) to: String,
    /// The message; - reads standard input
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) message: String,
    /// A picture or file to add: a file of up to 10 MiB here, or an address on the web that the
    /// gateway fetches; may be repeated
    #[arg(long, alias = "media-url", value_name = "FILE|URL")]
    pub(crate) media: Vec<String>,
    /// The network, by its key in the configuration; webchat is the page
    #[arg(long)]
    pub(crate) channel: Option<String>,
    /// The account (default: the network's default one)
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// The thread or topic
    #[arg(long, value_name = "ID")]
    pub(crate) thread: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `agent`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AgentArgs {
    /// The message; - reads standard input
    #[arg(long, short, value_name = "TEXT")]
    pub(crate) message: String,
    /// Send the answer to a chat network too: to --to, or to where the conversation was last
    /// spoken to from
    #[arg(long)]
    pub(crate) deliver: bool,
    /// Where --deliver goes: a conversation on the network
    #[arg(
        long,
        visible_alias = "reply-to",
        value_name = "ID",
        allow_negative_numbers = true
    )]
    pub(crate) to: Option<String>,
    /// The network of --to, by its key in the configuration (default: the last one)
    #[arg(long, visible_alias = "reply-channel", requires = "deliver")]
    pub(crate) channel: Option<String>,
    /// The account of --to (default: the last one, else the network's default one)
    #[arg(
        long,
        visible_alias = "reply-account",
        value_name = "ID",
        requires = "deliver"
    )]
    pub(crate) account: Option<String>,
    /// The thread or topic of --to
    #[arg(long, value_name = "ID", requires = "deliver")]
    pub(crate) thread: Option<String>,
    /// The conversation, by its key (default: the main one)
    #[arg(long, value_name = "KEY")]
    pub(crate) session_key: Option<String>,
    /// The agent (default: the default agent)
    #[arg(long, value_name = "ID")]
    pub(crate) agent: Option<String>,
    /// How much to think: off, minimal, low, medium, high or xhigh
    #[arg(long, value_name = "LEVEL")]
    pub(crate) thinking: Option<String>,
    /// Deadline of the run in seconds (default: the configuration's)
    #[arg(long, value_name = "SECONDS")]
    pub(crate) run_timeout: Option<u32>,
    /// Return as soon as the gateway has stored the message
    #[arg(long)]
    pub(crate) no_wait: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCommand {
    /// The agents, their models and their workspaces (the same as `tidegate agents`)
    List(Connection),
}

#[derive(Debug, Subcommand)]
pub(crate) enum SessionsCommand {
    /// Conversations, newest first (the same as `tidegate sessions`)
    List(SessionsArgs),
}

/// `sessions`.
#[derive(Debug, Clone, Args)]
pub(crate) struct SessionsArgs {
    /// Only those with these words in the name or in any message
    #[arg(long, value_name = "WORDS")]
    pub(crate) search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `logs`.
#[derive(Debug, Clone, Args)]
pub(crate) struct LogsArgs {
    /// Go on with what is written from now
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Most lines to begin with
    #[arg(long, value_name = "N", default_value_t = 200,
          value_parser = clap::value_parser!(u32).range(1..=5000))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `dashboard`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DashboardArgs {
    /// Only print the link
    #[arg(long)]
    pub(crate) no_open: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `gateway discover`.
#[cfg(feature = "mdns")]
#[derive(Debug, Clone, Args)]
pub(crate) struct DiscoverArgs {
    /// How long to listen, in milliseconds
    #[arg(long = "timeout", value_name = "MS", default_value_t = 2_000,
          value_parser = clap::value_parser!(u64).range(1..=60_000))]
    pub(crate) timeout_ms: u64,
}
