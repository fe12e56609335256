//! `ci/tidy_exceptions.txt`: files that may be longer than the rest, each with its own limit.
//! The list may only shrink, and nothing writes it but a person.

use std::collections::BTreeMap;

use anyhow::{Context, Result};

use super::files::Source;
use super::rules::MAX_LINES;
use super::rust::without_tests;

pub(super) const FILE: &str = "ci/tidy_exceptions.txt";

/// How many lines the list has. Lower it with every entry that goes; it never rises.
const ENTRIES: usize = 0;

/// One entry a line: the path and the number of lines that it has now.
fn entries(text: &str) -> Result<BTreeMap<&str, usize>> {
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let entry = |line| {
        let (path, lines) = str::split_once(line, ' ')?;
        Some((path, lines.parse().ok()?))
    };
    lines
        .map(|line| entry(line).with_context(|| format!("{FILE}: not `path lines`: {line}")))
        .collect()
}

/// Tells the files that are too long, and the entries that are not needed in this form.
pub(super) fn check(sources: &[Source], text: &str) -> Result<Vec<String>> {
    Ok(judge(sources, &entries(text)?, ENTRIES))
}

fn judge(sources: &[Source], allowed: &BTreeMap<&str, usize>, entries: usize) -> Vec<String> {
    let mut problems = Vec::new();
    if allowed.len() != entries {
        let has = allowed.len();
        problems.push(format!(
            "{FILE} has {has} entries, not {entries}: the list only shrinks"
        ));
    }
    let rust = sources.iter().filter(|source| source.is_rust());
    let lengths: BTreeMap<&str, usize> = rust
        .map(|source| (&*source.path, without_tests(&source.text).len()))
        .collect();
    for (path, lines) in &lengths {
        match allowed.get(path) {
            None if *lines > MAX_LINES => problems.push(format!(
                "{path}: {lines} lines without tests, {MAX_LINES} allowed: split it by what it does"
            )),
            Some(limit) if lines > limit => {
                problems.push(format!(
                    "{path}: {lines} lines, {limit} allowed: it may not grow"
                ));
            }
            Some(limit) if lines < limit => {
                problems.push(format!(
                    "{FILE}: {path} has {lines} lines now: lower its {limit}"
                ));
            }
            Some(_) if *lines <= MAX_LINES => {
                problems.push(format!(
                    "{FILE}: {path} needs no entry any more: take it out"
                ));
            }
            _ => {}
        }
    }
    let gone = allowed.keys().filter(|path| !lengths.contains_key(*path));
    problems.extend(gone.map(|path| format!("{FILE}: {path} is no file of ours: take it out")));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(lines: usize, list: &str) -> Vec<String> {
        let sources = [Source::new("a.rs", &"x\n".repeat(lines))];
        let allowed = entries(list).unwrap();
        judge(&sources, &allowed, allowed.len())
    }

    #[test]
    fn a_long_file_needs_an_entry_and_the_entry_must_fit() {
        assert!(problems(600, "").is_empty());
        assert_eq!(problems(601, "").len(), 1);
        assert!(problems(700, "# why\na.rs 700\n").is_empty());
        assert!(problems(701, "a.rs 700\n")[0].contains("may not grow"));
        assert!(problems(690, "a.rs 700\n")[0].contains("lower its 700"));
        assert!(problems(500, "a.rs 500\n")[0].contains("needs no entry"));
        assert!(problems(1, "b.rs 700\n")[0].contains("no file of ours"));
    }

    #[test]
    fn the_list_may_not_grow() {
        let allowed = entries("a.rs 700\n").unwrap();
        let sources = [Source::new("a.rs", &"x\n".repeat(700))];
        assert!(judge(&sources, &allowed, 0)[0].contains("only shrinks"));
        assert!(entries("a.rs\n").is_err());
    }
}
