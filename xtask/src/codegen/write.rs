//! The generated files: written, or held against what is checked in.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use super::{api_md, bundle, ts};

#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail if a file is not current
    #[arg(long)]
    pub(crate) check: bool,
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let mut stale = Vec::new();
    for (path, text) in files(tidegate_protocol::schema::bundle())? {
        let file = root.join(path);
        if fs::read_to_string(&file).is_ok_and(|present| present == text) {
            continue;
        }
        if options.check {
            stale.push(path);
            continue;
        }
        if let Some(dir) = file.parent() {
            fs::create_dir_all(dir)?;
        }
        fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
        println!("codegen: wrote {path}");
    }
    if stale.is_empty() {
        println!("codegen: current");
        return Ok(());
    }
    bail!(
        "not what the catalog gives: {}\nfix: cargo xtask codegen",
        stale.join(", ")
    )
}

/// Every generated file with its text. The same catalog gives the same bytes.
fn files(mut bundle: Value) -> Result<[(&'static str, String); 3]> {
    let catalog = bundle::catalog(&bundle).context("the schema bundle is not understood")?;
    bundle.sort_all_objects();
    Ok([
        (
            "crates/protocol/gen/schema.json",
            serde_json::to_string_pretty(&bundle)? + "\n",
        ),
        ("crates/protocol/gen/api.md", api_md::emit(&catalog)),
        ("clients/ts/src/generated.ts", ts::emit(&catalog)),
    ])
}
