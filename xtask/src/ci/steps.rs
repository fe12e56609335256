//! What each step does.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::run::Step;
use super::tally::{Nextest, Tally};
use super::tools::Tools;
use super::{features, setup, ui};
use crate::{codegen, deps, licences, proof, tidy};

/// What the steps share.
pub(crate) struct Stage<'a> {
    pub(crate) root: &'a Path,
    pub(crate) tools: Tools,
    pub(crate) tally: Tally,
}

impl Stage<'_> {
    pub(crate) fn cargo(&self, args: &[&str]) -> crate::shell::Cmd {
        self.tools.cmd("cargo", self.root).args(args)
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        let given = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        self.root
            .join(given.unwrap_or_else(|| PathBuf::from("target")))
    }
}

pub(crate) fn take(step: Step, stage: &mut Stage<'_>) -> Result<()> {
    match step {
        Step::Setup => setup::run(stage.root, &mut stage.tools),
        Step::Fmt => stage.cargo(&["fmt", "--all", "--check"]).run(),
        Step::Tidy => tidy::run(stage.root),
        Step::Deps => deps::run(stage.root),
        // Clippy checks as `cargo check` does; both would cost two builds of every dependency.
        Step::Clippy => stage
            .cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--locked",
                "--quiet",
            ])
            .args(["--", "-D", "warnings"])
            .run(),
        Step::Features => features::check(stage),
        Step::Codegen => codegen::run(stage.root, &codegen::Options { check: true }),
        Step::Licences => licences::check(stage.root, &stage.tools),
        Step::Tests => tests(stage),
        Step::Loom => loom(stage),
        Step::Ui => ui::page(stage),
        Step::Browser => ui::browser(stage),
        Step::Proof => proof::short(stage.root),
    }
}

fn tests(stage: &mut Stage<'_>) -> Result<()> {
    // Each is worth knowing, whether or not the other is good.
    let tests = nextest(stage, &["--workspace"]);
    let discovery = discovery(stage);
    let examples = doctests(stage);
    tests.and(discovery).and(examples)
}

/// Being found in the network. Its crate turns on features of what tokio stands on, so everything
/// else is built and tested without it.
fn discovery(stage: &mut Stage<'_>) -> Result<()> {
    let wanted = "binary(remote) or test(discovery::)";
    nextest(
        stage,
        &[
            "--package",
            "tidegate-cli",
            "--features",
            "mdns",
            "--filterset",
            wanted,
        ],
    )
}

/// The outbox under every order of its atomic steps. A feature of a crate without tokio, so the
/// rest of the workspace never sees loom's types.
fn loom(stage: &mut Stage<'_>) -> Result<()> {
    nextest(
        stage,
        &["--package", "tidegate-outbox", "--features", "loom"],
    )
}

fn nextest(stage: &mut Stage<'_>, more: &[&str]) -> Result<()> {
    let mut seen = Nextest::default();
    let filtered = more.contains(&"--filterset");
    let good = stage
        .cargo(&[
            "nextest",
            "run",
            "--locked",
            "--no-fail-fast",
            "--color",
            "never",
        ])
        .args(["--status-level", "skip", "--final-status-level", "fail"])
        .args(more)
        .lines(|line| {
            // The names of what a filter leaves out would bury the others.
            let shown = seen.line(line);
            if shown && !(filtered && line.trim_start().starts_with("SKIP")) {
                println!("{line}");
            }
        })?;
    if filtered {
        seen.forget_skipped();
    }
    if !good {
        // The count is then only for the closing line; nextest has said what is wrong.
        _ = stage.tally.add(seen);
        bail!("a test failed, or the tests do not build");
    }
    stage.tally.add(seen)
}

fn doctests(stage: &mut Stage<'_>) -> Result<()> {
    let command = stage.cargo(&["test", "--workspace", "--doc", "--locked", "--quiet"]);
    let tally = &mut stage.tally;
    let good = command
        .args(["--no-fail-fast", "--", "--format", "pretty"])
        .lines(|line| {
            tally.doctest_line(line);
            // The good is in the tally; its counts for each package would bury the bad.
            let good = line.is_empty() || line.ends_with(" ... ok");
            let counts = ["running ", "test result: ok", "all doctests ran"];
            if !good && !counts.iter().any(|start| line.starts_with(start)) {
                println!("{line}");
            }
        })?;
    if good {
        Ok(())
    } else {
        bail!("an example in the documentation failed")
    }
}
