//! Licences, bans and sources of everything that we build, by cargo-deny with `deny.toml`.
//! Advisories are left out: their database cannot be reached from CI.

use std::path::Path;

use anyhow::{Result, anyhow};

use crate::ci::tools::Tools;

pub(crate) fn run(root: &Path) -> Result<()> {
    check(root, &Tools::find(root)?.with_cargo_deny()?)
}

pub(crate) fn check(root: &Path, tools: &Tools) -> Result<()> {
    tools
        .cmd("cargo", root)
        .args([
            "deny",
            "--workspace",
            "--locked",
            "--log-level",
            "warn",
            "check",
        ])
        .args([
            "--hide-inclusion-graph",
            "--deny",
            "unmatched-skip",
            "--deny",
            "unnecessary-skip",
        ])
        .args(["licenses", "bans", "sources"])
        .run()
        .map_err(|error| {
            anyhow!("{error}\nfix: `cargo tree -i <crate>` tells who wants it; then deny.toml")
        })
}
