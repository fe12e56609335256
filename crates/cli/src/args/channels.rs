//! Arguments of the commands about chat networks and their messages.

use clap::{Args, Subcommand};

use super::{Connection, SecretArgs, SendArgs};

/// `channels`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ChannelsCommand {
    /// The accounts, and how each is (the same as `tidegate channels`)
    List(Connection),
    /// Connect an account: asks for what it needs, checks it, and notes it in the configuration
    Add(ChannelsAddArgs),
    /// Take an account out of the configuration, with the secrets that are kept for it
    Remove(ChannelsRemoveArgs),
    /// Give an account a new secret: asks for it, checks it, and keeps it
    Login(ChannelsLoginArgs),
    /// Stop an account and delete the secret that the gateway keeps for it
    Logout(ChannelsAskArgs),
    /// Ask the networks who we are there
    Test(ChannelsTestArgs),
}

/// An account, in the configuration.
#[derive(Debug, Clone, Args)]
pub(crate) struct AccountArgs {
    /// The network, by its key in the configuration
    #[arg(value_name = "CHANNEL")]
    pub(crate) channel: String,
    /// The account, by a name of your choice
    #[arg(long, value_name = "ID", default_value = "default")]
    pub(crate) account: String,
}

/// `channels remove`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ChannelsRemoveArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// Forget also the people who were let in through it; asks the running gateway
    #[arg(long)]
    pub(crate) forget_senders: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `channels add`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ChannelsAddArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    /// Name of the account for people
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// How messages come in, where a network has several ways: polling, socket or webhook
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<String>,
    /// Address of the network's API, for servers of your own
    #[arg(long, value_name = "URL")]
    pub(crate) api_root: Option<String>,
    /// Public address that leads to this gateway's /webhooks/CHANNEL/ACCOUNT
    #[arg(long, value_name = "URL")]
    pub(crate) webhook_url: Option<String>,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
}

/// `channels login`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ChannelsLoginArgs {
    #[command(flatten)]
    pub(crate) account: AccountArgs,
    #[command(flatten)]
    pub(crate) secrets: SecretArgs,
}

/// An account, of a running gateway.
#[derive(Debug, Clone, Args)]
pub(crate) struct ChannelsAskArgs {
    /// The network, by its key in the configuration
    #[arg(value_name = "CHANNEL")]
    pub(crate) channel: String,
    /// The account (default: the network's default one)
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `channels test`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ChannelsTestArgs {
    /// Only this network
    #[arg(value_name = "CHANNEL")]
    pub(crate) channel: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `pairing`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PairingCommand {
    /// People on chat networks who wait to be let in
    List(PairingListArgs),
    /// Let in whoever was shown this code
    Approve(PairingApproveArgs),
    /// Refuse somebody who waits, or forget somebody who was let in
    Dismiss(PairingDismissArgs),
    /// People who were let in
    Senders(PairingListArgs),
}

/// `pairing list` and `pairing senders`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PairingListArgs {
    /// Only on this network
    #[arg(value_name = "CHANNEL")]
    pub(crate) channel: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `pairing approve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PairingApproveArgs {
    /// The network, by its key in the configuration
    #[arg(value_name = "CHANNEL")]
    pub(crate) channel: String,
    /// The code that the person was shown
    #[arg(value_name = "CODE")]
    pub(crate) code: String,
    /// It is you: in chats this person may do what your devices may
    #[arg(long)]
    pub(crate) owner: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `pairing dismiss`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PairingDismissArgs {
    /// The network, by its key in the configuration
    #[arg(value_name = "CHANNEL")]
    pub(crate) channel: String,
    /// The person's id there, as `pairing list` and `pairing senders` show it
    #[arg(value_name = "ID")]
    pub(crate) sender: String,
    /// The account (default: the network's default one)
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `message`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum MessageCommand {
    /// Deliver a message to a conversation, without any agent
    Send(SendArgs),
    /// Ask a question with answers to choose from
    Poll(PollArgs),
}

/// `message poll`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PollArgs {
    /// The network, by its key in the configuration
    #[arg(long)]
    pub(crate) channel: String,
    /// To whom: a conversation on the network
    #[arg(
        long,
        visible_alias = "target",
        value_name = "ID",
        allow_negative_numbers = true
    )]
    pub(crate) to: String,
    /// The question
    #[arg(long, visible_alias = "poll-question", value_name = "TEXT")]
    pub(crate) question: String,
    /// An answer; 2 to 12 of them
    #[arg(
        long = "option",
        visible_alias = "poll-option",
        value_name = "TEXT",
        required = true
    )]
    pub(crate) options: Vec<String>,
    /// How many may be chosen
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=12))]
    pub(crate) most: u32,
    /// How long it is open, in hours (default: as the network does)
    #[arg(long, visible_alias = "poll-duration-hours", value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) hours: Option<u32>,
    /// The account (default: the network's default one)
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// The thread or topic
    #[arg(long, value_name = "ID")]
    pub(crate) thread: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `outbox`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum OutboxCommand {
    /// Messages that were given up (the same as `tidegate outbox`)
    List(OutboxListArgs),
    /// Try messages again that were given up
    Retry(OutboxPartArgs),
    /// Drop messages that were given up
    Drop(OutboxPartArgs),
}

/// `outbox list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct OutboxListArgs {
    /// Those that wait, instead of those that were given up
    #[arg(long)]
    pub(crate) open: bool,
    /// Only of this network
    #[arg(long)]
    pub(crate) channel: Option<String>,
    /// Only of this account
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100,
          value_parser = clap::value_parser!(u32).range(1..=500))]
    pub(crate) limit: u32,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `outbox retry` and `outbox drop`.
#[derive(Debug, Clone, Args)]
pub(crate) struct OutboxPartArgs {
    /// Numbers of messages, as `outbox list` shows them, or ids, as `trace` takes them
    #[arg(value_name = "NO|ID", required = true)]
    pub(crate) letters: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `trace`.
#[derive(Debug, Clone, Args)]
pub(crate) struct TraceArgs {
    /// A network's id of a message or event, a run, or the name of what was sent
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
