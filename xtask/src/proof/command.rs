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

/// What CI runs of the proofs. Autobahn needs a Python 2 that Debian no longer has: where pyenv has
/// none either, that is said instead.
pub(crate) fn short(root: &Path) -> Result<()> {
    if autobahn::has_python(root)? {
        return autobahn::run(root, &autobahn::Options { short: true });
    }
    println!("autobahn: NOT RUN, this machine has no Python 2.7 (pyenv install 2.7.18)");
    Ok(())
}

pub(crate) fn run(root: &Path, proof: &Proof) -> Result<()> {
    match proof {
        Proof::Autobahn(options) => autobahn::run(root, options),
    }
}
