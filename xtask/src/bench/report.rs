//! The table, and the raw results.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::json;

use super::figures::{Figure, Spread};
use super::measure::Round;
use super::process::machine;

pub(super) fn table(rounds: &[Round], load: &str, profile: &str) -> String {
    let mut values = BTreeMap::<Figure, Vec<f64>>::new();
    for (figure, value) in rounds.iter().flat_map(|round| &round.figures) {
        values.entry(*figure).or_default().push(*value);
    }
    let day = jiff::Timestamp::now().strftime("%-d %B %Y");
    let mut text = format!(
        "{day}, profile `{profile}`, {} rounds, load average {load} at the start. {}.\n\n",
        rounds.len(),
        machine()
    );
    text.push_str(
        "| Measure | Target | Median | Least – most | Verdict |\n|---|---|---|---|---|\n",
    );
    for figure in Figure::ALL {
        let Some(spread) = values.get(&figure).and_then(|values| Spread::of(values)) else {
            continue;
        };
        let (target, verdict) = match figure.target() {
            None => ("–".to_owned(), "–"),
            Some(target) if target.is_reached(spread.median) => (target.to_string(), "reached"),
            Some(target) => (target.to_string(), "**missed**"),
        };
        _ = writeln!(
            text,
            "| {} | {target} | {} | {} – {} | {verdict} |",
            figure.name(),
            short(spread.median),
            short(spread.least),
            short(spread.most)
        );
    }
    text
}

/// Three figures that count.
fn short(value: f64) -> String {
    match value.abs() {
        100.0.. => format!("{value:.0}"),
        10.0.. => format!("{value:.1}"),
        1.0.. => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// Writes what the tools said, one JSON object a line, and gives the file's path.
pub(super) fn keep(root: &Path, rounds: &[Round]) -> Result<PathBuf> {
    let dir = root.join("docs/performance");
    fs::create_dir_all(&dir)?;
    let path = dir.join(format!(
        "{}.jsonl",
        jiff::Timestamp::now().strftime("%Y-%m-%dT%H%M%SZ")
    ));
    let mut text = String::new();
    for (number, round) in (1..).zip(rounds) {
        for (figure, value) in &round.figures {
            let line = json!({ "round": number, "figure": format!("{figure:?}"), "value": value });
            _ = writeln!(text, "{line}");
        }
        for raw in &round.raw {
            _ = writeln!(text, "{}", json!({ "round": number, "said": raw }));
        }
    }
    fs::write(&path, text)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_short() {
        assert_eq!(
            [
                short(123_456.0),
                short(12.345),
                short(1.234),
                short(0.123_4)
            ],
            ["123456", "12.3", "1.23", "0.123"]
        );
    }
}
