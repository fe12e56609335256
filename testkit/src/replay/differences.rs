//! The list of allowed differences, `testkit/recordings/differences.jsonl`: one line for each.

use std::collections::BTreeSet;
use std::fmt;
use std::io;

use serde::Deserialize;

use super::compare::{Finding, Kind};
use super::recording::{NAMES, folder};

/// Lines that the list may have: forty for issue 2, the rest for the devices, nodes and approvals of
/// issue 4.
pub const MOST: usize = 120;

/// One allowed difference.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// The recordings in which it is found.
    #[serde(rename = "in")]
    pub recordings: Vec<String>,
    /// The kind of frame.
    pub frame: String,
    /// One JSON path; `[]` stands for the elements of a list, `[x]` for those of the sort x.
    pub path: String,
    /// How it differs.
    pub kind: Kind,
    /// Why.
    pub reason: String,
    /// What allows it.
    pub paper: String,
}

/// What is wrong with a comparison.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Found, and not in the list.
    pub unlisted: Vec<Finding>,
    /// In the list, and not found.
    pub unused: Vec<Difference>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.unlisted {
            writeln!(f, "not in the list: {finding}")?;
        }
        for difference in &self.unused {
            writeln!(
                f,
                "in the list, but not found: {}  {}  {:?}",
                difference.frame, difference.path, difference.kind
            )?;
        }
        Ok(())
    }
}

impl Difference {
    /// Whether it is about this.
    pub fn allows(&self, finding: &Finding) -> bool {
        self.frame == finding.frame && self.path == finding.path && self.kind == finding.kind
    }

    /// Whether it is about a recording.
    pub fn is_in(&self, recording: &str) -> bool {
        self.recordings.iter().any(|name| name == recording)
    }

    fn problem(&self) -> Option<&'static str> {
        let wild = |text: &str| text.contains(['*', '?']);
        let papers = ["D", "V3", "V4", "issue 2", "issue 4"];
        if wild(&self.frame) || wild(&self.path) || !self.path.starts_with('$') {
            return Some("names no single JSON path of one kind of frame");
        }
        if self.recordings.is_empty()
            || self
                .recordings
                .iter()
                .any(|name| !NAMES.contains(&name.as_str()))
        {
            return Some("names no recording");
        }
        if self.reason.split_whitespace().count() < 4 {
            return Some("has no reason");
        }
        (!papers.iter().any(|paper| self.paper.starts_with(paper))).then_some("names no paper")
    }
}

/// Reads the list.
///
/// # Errors
/// A line is not understood or not good, two are about the same, or there are too many.
pub fn load() -> io::Result<Vec<Difference>> {
    read(&std::fs::read_to_string(
        folder().join("differences.jsonl"),
    )?)
}

pub(super) fn read(text: &str) -> io::Result<Vec<Difference>> {
    let mut list: Vec<Difference> = Vec::new();
    let mut seen = BTreeSet::new();
    for (number, line) in text.lines().enumerate() {
        let odd = |why: &dyn fmt::Display| {
            io::Error::other(format!("differences.jsonl:{}: {why}", number + 1))
        };
        let difference: Difference = serde_json::from_str(line).map_err(|why| odd(&why))?;
        if let Some(problem) = difference.problem() {
            return Err(odd(&problem));
        }
        if !seen.insert((
            difference.frame.clone(),
            difference.path.clone(),
            difference.kind,
        )) {
            return Err(odd(&"a second line for the same"));
        }
        list.push(difference);
    }
    if list.len() > MOST {
        return Err(io::Error::other(format!(
            "differences.jsonl: {} lines, at most {MOST}",
            list.len()
        )));
    }
    Ok(list)
}

/// Holds what was found in a recording against the list.
///
/// # Errors
/// Something found is not listed, or something listed for this recording was not found.
pub fn judge(recording: &str, found: &[Finding], list: &[Difference]) -> Result<(), Box<Verdict>> {
    let here: Vec<&Difference> = list
        .iter()
        .filter(|difference| difference.is_in(recording))
        .collect();
    let listed = |finding: &Finding| here.iter().any(|difference| difference.allows(finding));
    let used = |difference: &Difference| found.iter().any(|finding| difference.allows(finding));
    let verdict = Verdict {
        unlisted: found
            .iter()
            .filter(|finding| !listed(finding))
            .cloned()
            .collect(),
        unused: here
            .iter()
            .filter(|difference| !used(difference))
            .map(|difference| (*difference).clone())
            .collect(),
    };
    if verdict.unlisted.is_empty() && verdict.unused.is_empty() {
        Ok(())
    } else {
        Err(Box::new(verdict))
    }
}
