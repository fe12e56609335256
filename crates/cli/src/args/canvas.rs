//! `canvas`.

use clap::{Args, Subcommand};

use super::Connection;

/// `canvas`.
#[derive(Debug, Subcommand)]
pub(crate) enum CanvasCommand {
    /// Open its pages in a browser, in a window of their own
    Open(CanvasOpenArgs),
    /// The folder of its files, on the gateway's machine
    Path(CanvasPathArgs),
}

/// `canvas open`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CanvasOpenArgs {
    /// The conversation
    #[arg(value_name = "SESSION", default_value = "main")]
    pub(crate) session: String,
    /// Only print the address
    #[arg(long)]
    pub(crate) no_open: bool,
    #[command(flatten)]
    pub(crate) connection: Connection,
}

/// `canvas path`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CanvasPathArgs {
    /// The conversation
    #[arg(value_name = "SESSION", default_value = "main")]
    pub(crate) session: String,
    #[command(flatten)]
    pub(crate) connection: Connection,
}
