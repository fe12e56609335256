//! The gateway that is put to the proof.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::ci::tools::Tools;

/// Builds the gateway with the echo that Autobahn needs, once for all proofs, and moves it away from
/// where others look for the gateway.
pub(super) fn build(root: &Path) -> Result<PathBuf> {
    Tools::find(root)?
        .cmd("cargo", root)
        .args(["build", "--locked", "--quiet", "--package", "tidegate-cli"])
        .args(["--features", "conformance", "--profile", "ci-release"])
        .run()?;
    let place = root.join("target/tools/proof");
    fs::create_dir_all(&place)?;
    let binary = place.join("tidegate");
    fs::rename(root.join("target/ci-release/tidegate"), &binary)?;
    Ok(binary)
}
