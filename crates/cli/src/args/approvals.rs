//! Arguments of `approvals`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Connection;

/// `approvals`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ApprovalsCommand {
    /// Commands that wait for a decision (the same as `tidegate approvals`)
    List(ApprovalsListArgs),
    /// All that a decision about a command covers
    Show(ApprovalArgs),
    /// Let a command run
    Approve(ApproveArgs),
    /// Do not let a command run
    Deny(ApprovalArgs),
    /// The rules: what runs, what is asked about, what is refused
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// Commands that run without asking
    Allowlist {
        #[command(subcommand)]
        command: AllowlistCommand,
    },
}

/// `approvals list`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ApprovalsListArgs {
    /// Stay, and show what comes
    #[arg(long, short)]
    pub(crate) watch: bool,
    /// What was decided in the last day, or ended without a decision, instead of what waits
    #[arg(long, conflicts_with = "watch")]
    pub(crate) ended: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `approvals show` and `approvals deny`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ApprovalArgs {
    /// The id, or its first 8 characters or more
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `approvals approve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ApproveArgs {
    /// The id, or its first 8 characters or more
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// And let exactly the same run again without asking
    #[arg(long)]
    pub(crate) always: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `approvals policy`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum PolicyCommand {
    /// The rules, as JSON
    Get(Connection),
    /// Set the rules from a file
    Set(PolicySetArgs),
}

/// `approvals policy set`.
#[derive(Debug, Clone, Args)]
pub(crate) struct PolicySetArgs {
    /// The rules as JSON, or all that `policy get --json` printed; - reads standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The hash of the rules that they replace (default: that in the file, else the present one)
    #[arg(long, value_name = "HASH")]
    pub(crate) base_hash: Option<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `approvals allowlist`.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum AllowlistCommand {
    /// The entries
    List(Connection),
    /// Let exactly this command run; on the gateway's own machine only
    Add(AllowlistAddArgs),
    /// Take an entry away
    Remove(AllowlistRemoveArgs),
}

/// `approvals allowlist add`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AllowlistAddArgs {
    /// The agent; * for all
    #[arg(long, value_name = "ID", default_value = "*")]
    pub(crate) agent: String,
    /// The directory that it runs in (default: this one)
    #[arg(long, value_name = "DIR")]
    pub(crate) cwd: Option<PathBuf>,
    /// The program and its arguments, exactly
    #[arg(value_name = "COMMAND", required = true, last = true)]
    pub(crate) argv: Vec<String>,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `approvals allowlist remove`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AllowlistRemoveArgs {
    /// The id of the entry, or the pattern of one that has no id
    #[arg(value_name = "ID")]
    pub(crate) entry: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
