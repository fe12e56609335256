//! `cargo xtask proof`: what takes too long for every commit.

mod autobahn;
mod verdict;

use std::path::Path;

use anyhow::Result;
use clap::Subcommand;

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
