//! Which proof.

use std::path::Path;

use anyhow::Result;
use clap::Subcommand;

use super::{autobahn, soak};

/// One proof.
#[derive(Subcommand)]
pub(crate) enum Proof {
    /// Autobahn's fuzzing client against our WebSocket, on the real path
    Autobahn(autobahn::Options),
    /// Thousands of messages through every chat network at once, with trouble: each answered exactly
    /// once, and memory that does not grow
    Soak(soak::Options),
}

/// What CI runs of the proofs. Autobahn needs a Python 2 that Debian no longer has: where pyenv has
/// none either, that is said instead.
pub(crate) fn short(root: &Path) -> Result<()> {
    if autobahn::has_python(root)? {
        autobahn::run(root, &autobahn::Options { short: true })?;
    } else {
        println!("autobahn: NOT RUN, this machine has no Python 2.7 (pyenv install 2.7.18)");
    }
    soak::run(root, &soak::Options::short())
}

pub(crate) fn run(root: &Path, proof: &Proof) -> Result<()> {
    match proof {
        Proof::Autobahn(options) => autobahn::run(root, options),
        Proof::Soak(options) => soak::run(root, options),
    }
}
