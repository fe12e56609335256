//! The real client, from npm.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::ci::tools::Tools;

/// The client and the two overrides that it needs where git hosts are out of reach. Without a
/// lock: its users have none either.
const MANIFEST: &str = include_str!("package.json");

/// Installs the client (1.3 GB) unless this very manifest was installed before, and gives the path
/// of its command. Its install scripts do not run: they build what this test does not need.
pub(super) fn january(tools: &Tools, dir: &Path) -> Result<PathBuf> {
    let command = dir.join("node_modules/.bin/clawdbot");
    let stamp = dir.join("node_modules/.tidegate-installed");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == MANIFEST) && command.exists() {
        return Ok(command);
    }
    fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    fs::write(dir.join("package.json"), MANIFEST)?;
    tools
        .cmd("npm", dir)
        .args(["install", "--ignore-scripts", "--no-audit", "--no-fund"])
        .run()
        .context("fix: npm must reach its registry")?;
    fs::write(&stamp, MANIFEST)?;
    Ok(command)
}
