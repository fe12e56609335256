//! All rules over all files.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::rules::RULES;
use super::{exceptions, files, siblings};

pub(crate) fn run(root: &Path) -> Result<()> {
    let sources = files::sources(root)?;
    let mut problems = Vec::new();
    for source in &sources {
        for rule in RULES {
            rule(source, &mut problems);
        }
    }
    problems.extend(siblings::check(&sources));
    let list = fs::read_to_string(root.join(exceptions::FILE))
        .with_context(|| format!("cannot read {}", exceptions::FILE))?;
    problems.extend(exceptions::check(&sources, &list)?);
    if problems.is_empty() {
        println!("tidy: {} files", sources.len());
        return Ok(());
    }
    let count = problems.len();
    bail!(
        "{}\n{count} lines are not tidy\nfix: mend the lines named above, then: cargo xtask tidy",
        problems.join("\n")
    )
}
