//! The steps that need Node: the page by itself, and the page in a browser.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::steps::Stage;

/// Types, unit tests, and: the checked-in page is the one that its sources give.
pub(crate) fn page(stage: &mut Stage<'_>) -> Result<()> {
    let ui = stage.root.join("ui");
    stage
        .tools
        .cmd("npm", &ui)
        .args(["run", "--silent", "check"])
        .run()?;
    let report = stage.target().join("vitest.json");
    let tests = stage
        .tools
        .cmd("npm", &ui)
        .args([
            "test",
            "--silent",
            "--",
            "--reporter=default",
            "--reporter=json",
        ])
        .args([format!("--outputFile.json={}", report.display())])
        .run();
    let text = fs::read_to_string(&report).context("vitest wrote no report");
    text.and_then(|text| stage.tally.vitest(&text)).and(tests)?;

    is_fresh(stage, "build", "dist")?;
    is_fresh(stage, "build:a2ui", "dist-a2ui")
}

/// Whether a checked-in folder of `ui` is what the npm script makes of its sources.
fn is_fresh(stage: &Stage<'_>, script: &str, folder: &str) -> Result<()> {
    let ui = stage.root.join("ui");
    // Built beside the checked-in one: a check must not change what it checks.
    let fresh = stage.target().join(format!("ui-{folder}"));
    stage
        .tools
        .cmd("npm", &ui)
        .args(["run", "--silent", script, "--", "--emptyOutDir", "--outDir"])
        .args([&fresh])
        .run()?;
    compare(&ui.join(folder), &fresh)
        .with_context(|| format!("ui/{folder} is stale\nfix: npm --prefix ui run {script}"))
}

/// The page in Chromium, against the binary as it is released but for link-time optimisation.
pub(crate) fn browser(stage: &mut Stage<'_>) -> Result<()> {
    stage
        .cargo(&["build", "--locked", "--quiet", "--package", "tidegate-cli"])
        .args(["--profile", "ci-release"])
        .run()?;
    let binary = stage.target().join("ci-release/tidegate");
    let tally = &mut stage.tally;
    let good = stage
        .tools
        .cmd("npm", &stage.root.join("ui"))
        .args(["run", "--silent", "e2e"])
        .env("TIDEGATE_BIN", binary)
        .lines(|line| {
            tally.node_line(line);
            println!("{line}");
        })?;
    if good {
        Ok(())
    } else {
        bail!("a test in the browser failed")
    }
}

/// Two folders, byte by byte.
fn compare(checked_in: &Path, fresh: &Path) -> Result<()> {
    let (old, new) = (files(checked_in)?, files(fresh)?);
    let names = old.keys().chain(new.keys());
    let mut differ: Vec<String> = names
        .filter(|name| old.get(*name) != new.get(*name))
        .map(|name| name.display().to_string())
        .collect();
    differ.sort();
    differ.dedup();
    if differ.is_empty() {
        return Ok(());
    }
    bail!(
        "not what its sources give; different: {}",
        differ.join(", ")
    )
}

fn files(dir: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut found = BTreeMap::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.insert(path.strip_prefix(dir)?.to_path_buf(), fs::read(&path)?);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_compared_by_bytes_and_by_names() {
        let dir = std::env::temp_dir().join(format!("xtask-ui-{}", std::process::id()));
        let (old, new) = (dir.join("old"), dir.join("new"));
        for folder in [&old, &new] {
            fs::create_dir_all(folder.join("assets")).unwrap();
            fs::write(folder.join("assets/a.js"), "a").unwrap();
        }
        compare(&old, &new).unwrap();
        fs::write(new.join("b.js"), "b").unwrap();
        fs::write(new.join("assets/a.js"), "c").unwrap();
        let error = compare(&old, &new).unwrap_err().to_string();
        assert!(error.ends_with("different: assets/a.js, b.js"), "{error}");
        fs::remove_dir_all(&dir).unwrap();
    }
}
