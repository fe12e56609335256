//! What Autobahn's report says.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// `index.json`: agent, case, outcome.
type Report = BTreeMap<String, BTreeMap<String, Outcome>>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    behavior: String,
    behavior_close: String,
}

/// Outcomes of the cases that are offered: `INFORMATIONAL` ones have no right answer; `NON-STRICT`
/// finds bad UTF-8 later than it could, and still refuses it.
pub(super) const OFFERED: &[&str] = &["OK", "NON-STRICT", "INFORMATIONAL"];
/// Outcomes of compression: not agreed on.
pub(super) const UNOFFERED: &[&str] = &["UNIMPLEMENTED"];

impl Outcome {
    fn is_good(&self, wanted: &[&str]) -> bool {
        let behavior = wanted.contains(&&*self.behavior);
        let close = match &*self.behavior_close {
            "OK" => true,
            "INFORMATIONAL" => self.behavior == "INFORMATIONAL",
            _ => false,
        };
        behavior && close
    }
}

/// Counts the outcomes; anything that is not good is an error.
pub(super) fn judge(text: &str, wanted: &[&str]) -> Result<String> {
    let report: Report =
        serde_json::from_str(text).context("the report has another form than expected")?;
    let mut counts = BTreeMap::<&str, usize>::new();
    let mut bad = Vec::new();
    for (case, outcome) in report.values().flatten() {
        *counts.entry(&outcome.behavior).or_default() += 1;
        if !outcome.is_good(wanted) {
            bad.push(format!(
                "{case}: {}, close {}",
                outcome.behavior, outcome.behavior_close
            ));
        }
    }
    let total: usize = counts.values().sum();
    if total == 0 {
        bail!("no case was run");
    }
    if !bad.is_empty() {
        bail!(
            "{} of {total} cases are bad:\n{}",
            bad.len(),
            bad.join("\n")
        );
    }
    let parts: Vec<String> = counts
        .iter()
        .map(|(behavior, count)| format!("{count} {behavior}"))
        .collect();
    Ok(format!(
        "{total} cases: {}; every close OK",
        parts.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(behavior: &str, close: &str) -> String {
        format!(
            r#"{{"tidegate": {{"1.1.1": {{"behavior": "{behavior}", "behaviorClose": "{close}", "duration": 2}}}}}}"#
        )
    }

    #[test]
    fn a_failure_and_a_wrong_close_are_errors() {
        assert_eq!(
            judge(&report("OK", "OK"), OFFERED).unwrap(),
            "1 cases: 1 OK; every close OK"
        );
        assert!(judge(&report("FAILED", "OK"), OFFERED).is_err());
        assert!(judge(&report("OK", "WRONG CODE"), OFFERED).is_err());
        assert!(judge(&report("OK", "UNCLEAN"), OFFERED).is_err());
        assert!(judge(&report("INFORMATIONAL", "INFORMATIONAL"), OFFERED).is_ok());
        assert!(judge(&report("UNIMPLEMENTED", "OK"), OFFERED).is_err());
        assert!(judge(&report("UNIMPLEMENTED", "OK"), UNOFFERED).is_ok());
        assert!(judge("{}", OFFERED).is_err());
    }
}
