//! Which proof.

use std::path::Path;

use anyhow::Result;
use clap::Subcommand;

use super::autobahn;

/// One proof.
#[derive(Subcommand)]
pub(crate) enum Proof {
    /// Autobahn's fuzzing client against our WebSocket, on the real path
    Autobahn(autobahn::Options),
}

pub(crate) fn run(root: &Path, proof: &Proof) -> Result<()> {
    match proof {
        Proof::Autobahn(options) => autobahn::run(root, options),
    }
}
