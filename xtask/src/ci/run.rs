//! The order of the steps, and what is said about them.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use super::skips;
use super::steps::{self, Stage};
use super::tally::Tally;
use super::tools::Tools;
use crate::metadata::Metadata;

/// Which steps to run; all of them unless told.
#[derive(Args)]
pub(crate) struct Options {
    /// Only these steps
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Step>,
    /// All but these steps
    #[arg(long, value_enum, value_delimiter = ',')]
    skip: Vec<Step>,
    /// This step and those after it
    #[arg(long, value_enum)]
    from: Option<Step>,
}

/// The steps in the order in which they run: what answers quickly comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Step {
    /// Installs what the machine lacks
    Setup,
    /// cargo fmt --check
    Fmt,
    /// cargo xtask tidy
    Tidy,
    /// cargo xtask deps
    Deps,
    /// cargo clippy, in place of cargo check
    Clippy,
    /// The binary with each chat network alone, and with none
    Features,
    /// cargo xtask codegen --check
    Codegen,
    /// cargo xtask licences
    Licences,
    /// All tests of the workspace, and the examples in its documentation
    Tests,
    /// The model checker on the outbox
    Loom,
    /// Types and unit tests of the page; the checked-in build of it is current
    Ui,
    /// The page in Chromium against the real binary
    Browser,
    /// The short form of the proofs: Autobahn, and the soak of chat networks
    Proof,
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// What a contributor types when this step has failed.
    fn fix(self) -> &'static str {
        match self {
            Self::Setup => "see the command that failed above; apt-get, cargo and npm must work",
            Self::Fmt => "cargo fmt --all",
            Self::Tidy => "mend the lines named above, then: cargo xtask tidy",
            Self::Deps => "mend the Cargo.toml named above, then: cargo xtask deps",
            Self::Clippy => "cargo clippy --workspace --all-targets -- -D warnings",
            Self::Features => "cargo xtask ci --only features",
            Self::Codegen => "cargo xtask codegen",
            Self::Licences => "cargo xtask licences",
            Self::Tests => "cargo nextest run --workspace; cargo test --workspace --doc",
            Self::Loom => "cargo xtask ci --only loom",
            Self::Ui => {
                "npm --prefix ui run build; npm --prefix ui run build:a2ui; npm --prefix ui test"
            }
            Self::Browser => "cargo xtask ci --only browser",
            Self::Proof => "cargo xtask proof soak --short; cargo xtask proof autobahn --short",
        }
    }
}

impl Options {
    fn selects(&self, step: Step) -> bool {
        (self.only.is_empty() || self.only.contains(&step))
            && !self.skip.contains(&step)
            && self.from.is_none_or(|from| step >= from)
    }
}

/// How one step ended.
struct Outcome {
    step: Step,
    took: Duration,
    good: bool,
}

pub(crate) fn run(root: &Path, options: &Options) -> Result<()> {
    let selected: Vec<Step> = Step::value_variants()
        .iter()
        .copied()
        .filter(|step| options.selects(*step))
        .collect();
    let mut stage = Stage {
        root,
        tools: Tools::find(root)?,
        tally: Tally::default(),
    };
    let mut outcomes = Vec::new();
    for step in selected.iter().copied() {
        println!("\n== {}", step.name());
        let (took, result) = timed(|| steps::take(step, &mut stage));
        if let Err(error) = &result {
            println!("{error:#}");
        }
        let good = result.is_ok();
        let end = if good { "ok" } else { "FAILED" };
        println!("== {} {end} after {} s", step.name(), took.as_secs());
        if !good {
            println!("   fix: {}", step.fix());
        }
        outcomes.push(Outcome { step, took, good });
        // A long run tells everything that is wrong, not the first thing; but without the tools
        // every step would only tell that they are missing.
        if step == Step::Setup && !good {
            break;
        }
    }
    close(&stage, &outcomes)
}

/// The table of the steps, and the closing lines.
fn close(stage: &Stage<'_>, outcomes: &[Outcome]) -> Result<()> {
    println!();
    for outcome in outcomes {
        let end = if outcome.good { "ok" } else { "FAILED" };
        println!(
            "{:<10} {:>6} s  {end}",
            outcome.step.name(),
            outcome.took.as_secs()
        );
    }
    let total: Duration = outcomes.iter().map(|outcome| outcome.took).sum();
    println!("{:<10} {:>6} s", "all", total.as_secs());

    let mut problems: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !outcome.good)
        .map(|outcome| {
            format!(
                "{} failed (fix: {})",
                outcome.step.name(),
                outcome.step.fix()
            )
        })
        .collect();
    let ran = |step| outcomes.iter().any(|outcome| outcome.step == step);
    let every_test_ran = [Step::Tests, Step::Loom, Step::Ui, Step::Browser]
        .into_iter()
        .all(ran);
    problems.extend(skips::judge(stage.root, &stage.tally, every_test_ran)?);

    // The second last line is one that CI reads in any language.
    println!("\n{}", stage.tally.closing_line());
    if ran(Step::Tests) {
        let metadata = Metadata::read(stage.root)?;
        let (line, untested) = stage.tally.compare_packages(metadata.members());
        println!("{line}");
        problems.extend(untested);
    }
    if problems.is_empty() {
        Ok(())
    } else {
        bail!("{}", problems.join("\n       "))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a step's seconds on the real clock are the point"
)]
fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = std::time::Instant::now();
    let result = work();
    (start.elapsed(), result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(options: &Options) -> Vec<String> {
        let all = Step::value_variants().iter().copied();
        all.filter(|step| options.selects(*step))
            .map(Step::name)
            .collect()
    }

    #[test]
    fn ci_takes_all_steps_and_a_developer_some() {
        let all = Options {
            only: vec![],
            skip: vec![],
            from: None,
        };
        assert_eq!(names(&all).len(), Step::value_variants().len());
        let only = Options {
            only: vec![Step::Tidy, Step::Fmt],
            ..all
        };
        assert_eq!(names(&only), ["fmt", "tidy"]);
        let late = Options {
            only: vec![],
            skip: vec![Step::Ui],
            from: Some(Step::Loom),
        };
        assert_eq!(names(&late), ["loom", "browser", "proof"]);
    }

    #[test]
    fn every_step_names_a_fix() {
        assert!(
            Step::value_variants()
                .iter()
                .all(|step| !step.fix().is_empty())
        );
    }
}
