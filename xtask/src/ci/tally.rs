//! Counting tests, from what the runners print.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::metadata::Package;

/// What all runners together have run.
#[derive(Default)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    /// Names of tests that were there and were not run.
    pub(crate) skipped: BTreeSet<String>,
    /// Tests passed, by package of ours.
    packages: BTreeMap<String, u64>,
}

impl Tally {
    pub(crate) fn closing_line(&self) -> String {
        let Self {
            passed,
            failed,
            skipped,
            ..
        } = self;
        format!(
            "{passed} passed, {failed} failed, {} skipped",
            skipped.len()
        )
    }

    /// Holds the packages that had a passing test against those of the workspace: the line to
    /// print, and what is wrong with it.
    pub(crate) fn compare_packages<'a>(
        &self,
        members: impl Iterator<Item = &'a Package>,
    ) -> (String, Option<String>) {
        let all: BTreeSet<&str> = members.map(|package| &*package.name).collect();
        let untested: Vec<&str> = all
            .iter()
            .copied()
            .filter(|name| !self.packages.contains_key(*name))
            .collect();
        let tested = all.len() - untested.len();
        if untested.is_empty() {
            return (
                format!(
                    "packages: {tested} tested of {} in the workspace",
                    all.len()
                ),
                None,
            );
        }
        let missing = untested.join(", ");
        let line = format!(
            "packages: {tested} tested of {} in the workspace, not {missing}",
            all.len()
        );
        (line, Some(format!("no test ran in: {missing}")))
    }

    /// Takes what nextest printed.
    pub(crate) fn add(&mut self, nextest: Nextest) -> Result<()> {
        let Some(summary) = nextest.summary else {
            bail!("nextest printed no summary")
        };
        let listed: u64 = nextest.packages.values().sum();
        if summary.failed == 0 && listed != summary.passed {
            bail!(
                "nextest counts {} passed tests and names {listed}",
                summary.passed
            );
        }
        let names = u64::try_from(nextest.skipped.len())?;
        if names != summary.skipped {
            bail!(
                "nextest counts {} skipped tests and names {names}",
                summary.skipped
            );
        }
        self.passed += summary.passed;
        self.failed += summary.failed;
        self.skipped.extend(nextest.skipped);
        for (package, count) in nextest.packages {
            *self.packages.entry(package).or_default() += count;
        }
        Ok(())
    }

    /// Takes one line of `cargo test --doc`.
    pub(crate) fn doctest_line(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("test result: ") {
            self.passed += number_before(rest, " passed");
            self.failed += number_before(rest, " failed");
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... ignored"))
        {
            self.skipped.insert(name.to_owned());
        }
    }

    /// Takes one line of node's test runner, in either of the two forms that it prints.
    pub(crate) fn node_line(&mut self, line: &str) {
        let line = line.trim_start();
        let fact = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "));
        match fact.and_then(|fact| fact.split_once(' ')) {
            Some(("pass", count)) => self.passed += count.trim().parse().unwrap_or(0),
            Some(("fail" | "cancelled", count)) => {
                self.failed += count.trim().parse().unwrap_or(0);
            }
            _ if line.contains(" # SKIP") || line.contains(" # TODO") => {
                self.skipped
                    .insert(line.trim_start_matches("﹣ ").to_owned());
            }
            _ => {}
        }
    }

    /// Takes the JSON report of vitest.
    pub(crate) fn vitest(&mut self, report: &str) -> Result<()> {
        let report: Vitest =
            serde_json::from_str(report).context("vitest's report is not known")?;
        for test in report
            .test_results
            .into_iter()
            .flat_map(|file| file.assertion_results)
        {
            match &*test.status {
                "passed" => self.passed += 1,
                "failed" => self.failed += 1,
                _ => _ = self.skipped.insert(test.full_name),
            }
        }
        Ok(())
    }
}

/// The number right before `word`, or 0.
fn number_before(text: &str, word: &str) -> u64 {
    let before = text
        .split(word)
        .next()
        .filter(|before| before.len() < text.len());
    before
        .and_then(|before| before.split_whitespace().last()?.parse().ok())
        .unwrap_or(0)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Vitest {
    test_results: Vec<VitestFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestFile {
    assertion_results: Vec<VitestTest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VitestTest {
    full_name: String,
    status: String,
}

/// What nextest prints, read line by line.
#[derive(Default)]
pub(crate) struct Nextest {
    packages: BTreeMap<String, u64>,
    skipped: BTreeSet<String>,
    summary: Option<Summary>,
}

struct Summary {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Nextest {
    /// Forgets what was skipped: of a run that wants some tests only, the others ran elsewhere.
    pub(crate) fn forget_skipped(&mut self) {
        self.skipped.clear();
        if let Some(summary) = &mut self.summary {
            summary.skipped = 0;
        }
    }

    /// Reads one line; says whether a person wants to see it in the log of a whole run.
    pub(crate) fn line(&mut self, line: &str) -> bool {
        // `PASS [   0.004s] (   1/1774) tidegate-core::some_test name`
        let (word, rest) = line
            .trim_start()
            .split_once(" [")
            .unwrap_or((line.trim(), ""));
        let mut rest = rest
            .split_once("] (")
            .map_or("", |(_, rest)| rest.trim_start())
            .splitn(3, ' ');
        let (binary, name) = (rest.nth(1), rest.next());
        match (word, binary, name) {
            // Passed, and left a child process or an open pipe behind: nextest counts it as passed.
            ("PASS" | "LEAK", Some(binary), Some(_)) => {
                *self.packages.entry(package_of(binary)).or_default() += 1;
                word == "LEAK"
            }
            ("SKIP", Some(binary), Some(name)) => {
                self.skipped.insert(format!("{binary} {name}"));
                true
            }
            ("Summary", ..) => {
                let passed = number_before(line, " passed");
                self.summary = Some(Summary {
                    passed,
                    failed: number_before(line, " tests run")
                        .max(number_before(line, " test run"))
                        .saturating_sub(passed),
                    skipped: number_before(line, " skipped"),
                });
                true
            }
            _ => !["Compiling ", "Downloaded ", "Downloading "]
                .iter()
                .any(|s| word.starts_with(s)),
        }
    }
}

/// `tidegate-core::bin/x` is a binary of `tidegate-core`.
fn package_of(binary: &str) -> String {
    binary.split("::").next().unwrap_or(binary).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "
   Compiling nx-a v0.1.0 (/tmp/nx)
    Starting 4 tests across 2 binaries (2 tests skipped)
        SKIP [         ] (───) nx-a tests::b
        SKIP [         ] (───) nx-a tests::b2
        PASS [   0.004s] (   1/4) nx-a tests::a
        PASS [   0.004s] (2/4) nx-b::it c d
        LEAK [   0.210s] (4/4) nx-a tests::leak
     Summary [   0.210s] 3 tests run: 3 passed (1 leaky), 2 skipped";

    fn read(run: &str) -> (Nextest, Vec<&str>) {
        let mut nextest = Nextest::default();
        let shown = run.lines().filter(|line| nextest.line(line)).collect();
        (nextest, shown)
    }

    #[test]
    fn nextest_is_counted_by_package() {
        let (nextest, shown) = read(RUN);
        assert!(
            !shown
                .iter()
                .any(|line| line.contains("PASS") || line.contains("Compiling"))
        );
        assert!(shown.iter().any(|line| line.contains("LEAK")));
        let mut tally = Tally::default();
        tally.add(nextest).unwrap();
        assert_eq!(tally.closing_line(), "3 passed, 0 failed, 2 skipped");
        assert_eq!(
            tally.packages,
            BTreeMap::from([("nx-a".into(), 2), ("nx-b".into(), 1)])
        );
        assert!(tally.skipped.contains("nx-a tests::b"));
    }

    #[test]
    fn a_failed_run_counts_everything_that_did_not_pass() {
        let line = "     Summary [   0.2s] 6 tests run: 3 passed, 2 failed, 1 timed out, 0 skipped";
        let (nextest, _) = read(line);
        let summary = nextest.summary.unwrap();
        assert_eq!((summary.passed, summary.failed), (3, 3));
        let (nextest, _) = read("     Summary [   0.210s] 1 test run: 1 passed, 0 skipped");
        assert_eq!(nextest.summary.unwrap().failed, 0);
    }

    #[test]
    fn a_count_that_does_not_match_the_names_is_an_error() {
        let (nextest, _) = read(
            &RUN.replace("3 passed", "2 passed")
                .replace("3 tests", "2 tests"),
        );
        assert!(Tally::default().add(nextest).is_err());
        let (nextest, _) = read(&RUN.replace("2 skipped", "3 skipped"));
        assert!(Tally::default().add(nextest).is_err());
        assert!(Tally::default().add(Nextest::default()).is_err());
    }

    #[test]
    fn a_package_without_a_test_is_named() {
        let package = |name: &str| Package {
            id: name.into(),
            name: name.into(),
            dependencies: Vec::new(),
            features: BTreeMap::new(),
        };
        let members = [package("nx-a"), package("nx-c")];
        let mut tally = Tally::default();
        tally.add(read(RUN).0).unwrap();
        let (line, problem) = tally.compare_packages(members.iter());
        assert_eq!(line, "packages: 1 tested of 2 in the workspace, not nx-c");
        assert!(problem.is_some());
        let (line, problem) = tally.compare_packages(members.iter().take(1));
        assert_eq!(line, "packages: 1 tested of 1 in the workspace");
        assert!(problem.is_none());
    }

    #[test]
    fn examples_in_documentation_are_counted() {
        let mut tally = Tally::default();
        tally.doctest_line("test src/lib.rs - x (line 2) ... ignored");
        tally.doctest_line(
            "test result: ok. 11 passed; 0 failed; 1 ignored; 0 measured; 0 filtered",
        );
        assert_eq!(tally.closing_line(), "11 passed, 0 failed, 1 skipped");
    }

    #[test]
    fn both_forms_of_nodes_runner_are_counted() {
        for lines in [
            ["# pass 3", "# fail 1", "ok 4 - later # SKIP no reason"],
            ["ℹ pass 3", "ℹ fail 1", "﹣ later (0.07ms) # SKIP"],
        ] {
            let mut tally = Tally::default();
            for line in lines {
                tally.node_line(line);
            }
            assert_eq!(tally.closing_line(), "3 passed, 1 failed, 1 skipped");
        }
    }

    #[test]
    fn vitest_is_counted() {
        let mut tally = Tally::default();
        let report = r#"{"testResults": [{"assertionResults": [
            {"fullName": "a", "status": "passed"}, {"fullName": "b", "status": "failed"},
            {"fullName": "c", "status": "pending"}, {"fullName": "d", "status": "todo"}]}]}"#;
        tally.vitest(report).unwrap();
        assert_eq!(tally.closing_line(), "1 passed, 1 failed, 2 skipped");
    }
}
