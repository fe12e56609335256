//! A skipped test is a failure, unless its name stands in `ci/allowed-skips`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::tally::Tally;

const FILE: &str = "ci/allowed-skips";

/// What is wrong with the tests that were skipped. A name in the file that was not skipped is
/// wrong too, once every test has run.
pub(crate) fn judge(root: &Path, tally: &Tally, every_test_ran: bool) -> Result<Vec<String>> {
    let text =
        fs::read_to_string(root.join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    Ok(compare(&allowed(&text), &tally.skipped, every_test_ran))
}

/// One name a line; `#` starts a line that says why.
fn allowed(text: &str) -> BTreeSet<String> {
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn compare(
    allowed: &BTreeSet<String>,
    skipped: &BTreeSet<String>,
    every_test_ran: bool,
) -> Vec<String> {
    let bad = skipped.difference(allowed).map(|name| {
        format!("skipped: {name} (fix: make it run; only if it cannot, name it in {FILE})")
    });
    let idle = allowed
        .difference(skipped)
        .filter(|_| every_test_ran)
        .map(|name| format!("{FILE} names `{name}`, which was not skipped (fix: take it out)"));
    bad.chain(idle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_named_skip_passes_and_only_while_it_is_needed() {
        let allowed = allowed("# why\na b\n\nc\n");
        let skipped = BTreeSet::from(["a b".to_owned(), "d".to_owned()]);
        let early = compare(&allowed, &skipped, false);
        assert_eq!(early.len(), 1);
        assert!(
            early
                .iter()
                .all(|problem| problem.starts_with("skipped: d "))
        );
        let full = compare(&allowed, &skipped, true);
        assert_eq!(full.len(), 2);
        assert!(full.iter().any(|problem| problem.contains("names `c`")));
    }
}
