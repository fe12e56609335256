//! The rounds, and where their results go.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::measure::round;
use super::process::load;
use super::report::{keep, table};
use super::tools::Bench;
use crate::ci::tools::Tools;
use crate::docs::write_between;

/// How to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Rounds; the table shows medians
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The folder with the load generators
    #[arg(long, default_value = "../shared/bench")]
    sources: PathBuf,
    /// The build that is measured: `release`, or the quicker `ci-release`
    #[arg(long, default_value = "release")]
    profile: String,
    /// Prints only, and writes nothing into docs/
    #[arg(long)]
    dry: bool,
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let tools = Tools::find(root)?;
    let bench = Bench::build(root, &tools, &root.join(&options.sources), &options.profile)?;
    let load = load();
    let mut rounds = Vec::new();
    for number in 1..=options.rounds {
        println!("\n== round {number} of {}", options.rounds);
        rounds.push(round(&bench, tempfile::tempdir()?.path())?);
    }
    let table = table(&rounds, &load, &options.profile);
    println!("\n{table}");
    if !options.dry {
        let raw = keep(root, &rounds)?;
        println!("raw results: {}", raw.display());
        write_between(&root.join("docs/performance.md"), "bench", &table)?;
    }
    Ok(())
}
