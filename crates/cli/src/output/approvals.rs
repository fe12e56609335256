//! `tidegate approvals`: what waits, and what may run without asking. Texts of commands come with
//! nothing hidden in them and are never cut where somebody decides by them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use tidegate_core::exec::visible_word;
use tidegate_protocol::api::approvals::{
    ExecApprovalAsked, ExecApprovalGetResult, ExecApprovalOutcome, ExecApprovalsAgent,
};

use super::{Align, Column, Screen, clean, one_line, table, time_of_day};

/// Longest command in a table, in characters.
const COMMAND: usize = 60;

/// One that waits, with all that a decision covers.
pub(crate) fn waiting_command(screen: &Screen, one: &ExecApprovalAsked) -> String {
    let paint = screen.out();
    let lines = one.request.lines.iter();
    let labels = lines.clone().map(|line| line.label.chars().count());
    let width = labels.max().unwrap_or(0);
    let lines = lines.map(|line| {
        let label = format!("{:width$}", clean(&line.label));
        format!("{}  {}", paint.dim(&label), clean(&line.text))
    });
    let mut page = paint.bold(&one_line(&one.id, 128));
    for line in lines {
        page.push('\n');
        page.push_str(&line);
    }
    if let Some(why) = &one.request.why {
        page.push_str("\nasked about since ");
        page.push_str(&one_line(why, 200));
    }
    page
}

/// One with what became of it, or what can be decided.
pub(crate) fn one_command(screen: &Screen, found: &ExecApprovalGetResult) -> String {
    let mut page = waiting_command(screen, &found.asked);
    page.push_str("\n\n");
    let by = found.resolved_by.0.as_deref().map(|by| one_line(by, 100));
    let end = match (found.outcome.0, by) {
        (None, _) => screen.hint(&ways(&found.asked)),
        (Some(outcome), Some(by)) => format!("{} by {by}", ended(outcome)),
        (Some(outcome), None) => ended(outcome).to_owned(),
    };
    page.push_str(&end);
    page
}

/// How to decide, in lines that can be pasted.
fn ways(asked: &ExecApprovalAsked) -> String {
    let id = one_line(&asked.id, 128);
    format!(
        "until {}:\n  tidegate approvals approve {id}\n  tidegate approvals deny {id}",
        time_of_day(asked.expires_at_ms)
    )
}

/// The words for an end.
pub(crate) const fn ended(outcome: ExecApprovalOutcome) -> &'static str {
    match outcome {
        ExecApprovalOutcome::AllowOnce => "allowed once",
        ExecApprovalOutcome::AllowAlways => "allowed always",
        ExecApprovalOutcome::Deny => "denied",
        ExecApprovalOutcome::Expired => "expired: nobody decided",
        ExecApprovalOutcome::Withdrawn => "withdrawn: whoever asked did not wait",
    }
}

/// What may run without asking.
pub(crate) fn allowlist(screen: &Screen, agents: &BTreeMap<String, ExecApprovalsAgent>) -> String {
    let columns = [
        Column("AGENT", Align::Left),
        Column("ID", Align::Left),
        Column("COMMAND", Align::Left),
        Column("IN", Align::Left),
    ];
    let rows: Vec<_> = agents
        .iter()
        .flat_map(|(agent, rules)| {
            rules
                .allowlist
                .iter()
                .map(move |entry| entry_row(agent, entry))
        })
        .collect();
    if rows.is_empty() {
        return "Every command is asked about: nothing is allowed always.".to_owned();
    }
    table(screen, &columns, &rows)
}

fn entry_row(agent: &str, entry: &Map<String, Value>) -> Vec<String> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    let argv = entry.get("argv").and_then(Value::as_array);
    let command = match argv {
        Some(argv) => {
            let path = std::iter::once(text("pattern"));
            let words = path.chain(argv.iter().skip(1).filter_map(Value::as_str));
            words.map(visible_word).collect::<Vec<_>>().join(" ")
        }
        None => format!("{} (no hash: asked about)", text("pattern")),
    };
    vec![
        one_line(agent, 24),
        one_line(text("id"), 36),
        one_line(&command, COMMAND),
        one_line(text("cwd"), 40),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(value: Value) -> Vec<String> {
        let Value::Object(entry) = value else {
            panic!("no entry")
        };
        entry_row("main", &entry)
    }

    #[test]
    fn an_entry_shows_its_arguments_and_one_without_a_hash_says_so() {
        let ours = json!({ "pattern": "/bin/ls", "id": "1", "argv": ["ls", "a b\u{202e}"], "cwd": "/tmp" });
        let row = entry(ours);
        assert_eq!(row, ["main", "1", "/bin/ls \"a b\\u{202e}\"", "/tmp"]);
        let foreign = entry(json!({ "pattern": "/bin/*" }));
        assert_eq!(foreign, ["main", "", "/bin/* (no hash: asked about)", ""]);
    }
}
