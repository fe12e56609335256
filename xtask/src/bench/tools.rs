//! The programs that measure: two load generators from outside the repository, and the reference
//! server. The generators are built from a copy, with their own locks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::ci::tools::Tools;

/// Where everything that a run needs is.
pub(super) struct Bench {
    gwload: PathBuf,
    wsload: PathBuf,
    pub(super) plain_tcp: PathBuf,
    pub(super) gateway: PathBuf,
}

impl Bench {
    /// Builds what is not built. `sources` holds the folders `gwload` and `wsload`.
    pub(super) fn build(root: &Path, tools: &Tools, sources: &Path, profile: &str) -> Result<Self> {
        let dir = root.join("target/tools/bench");
        let cargo = |args: &[&str]| {
            let build = tools
                .cmd("cargo", root)
                .args(["build", "--locked", "--quiet"]);
            build.args(["--profile", profile]).args(args).run()
        };
        cargo(&["--package", "tidegate-cli"])?;
        cargo(&["--package", "tidegate-gateway", "--example", "plain_tcp"])?;
        let built = root.join("target").join(profile);
        Ok(Self {
            gwload: generator(tools, sources, &dir, "gwload")?,
            wsload: generator(tools, sources, &dir, "wsload")?,
            plain_tcp: built.join("examples/plain_tcp"),
            gateway: built.join("tidegate"),
        })
    }

    /// Load that speaks our protocol.
    pub(super) fn gwload(&self, dir: &Path, args: &[&str]) -> Result<Value> {
        json_of(&self.gwload, dir, args)
    }

    /// Load that speaks WebSocket.
    pub(super) fn wsload(&self, dir: &Path, args: &[&str]) -> Result<Value> {
        json_of(&self.wsload, dir, args)
    }
}

fn generator(tools: &Tools, sources: &Path, dir: &Path, name: &str) -> Result<PathBuf> {
    let (from, to) = (sources.join(name), dir.join(name));
    if !to.join("Cargo.toml").is_file() {
        copy(&from, &to)
            .with_context(|| format!("fix: --sources, {} is not readable", from.display()))?;
    }
    tools
        .cmd("cargo", &to)
        .args(["build", "--locked", "--quiet", "--release"])
        .run()?;
    Ok(to.join("target/release").join(name))
}

/// Copies a folder of sources, but not what was built there.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let target = to.join(name);
        if path.is_dir() {
            if name != "target" {
                copy(&path, &target)?;
            }
        } else {
            // The contents alone: the copy must be writable.
            fs::write(target, fs::read(&path)?)?;
        }
    }
    Ok(())
}

fn json_of(program: &Path, dir: &Path, args: &[&str]) -> Result<Value> {
    let text = crate::shell::Cmd::new(program, dir).args(args).stdout()?;
    serde_json::from_str(&text).with_context(|| format!("{} printed no JSON", program.display()))
}
