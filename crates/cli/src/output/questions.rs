//! `tidegate approvals list`: questions about commands, a line each, so that a list can grow while
//! somebody watches. What a decision covers is shown whole by `approvals show`.

use std::fmt::Write as _;

use tidegate_core::approval::ID_BEGINNING;
use tidegate_protocol::api::approvals::{ExecApprovalAsked, ExecApprovalEnded};

use super::approvals::ended;
use super::text::{cut, written_out};
use super::{Align, Column, Screen, age, beginning, one_line, table, time_of_day};

/// Characters of the columns before the command.
const WIDTHS: [usize; 5] = [ID_BEGINNING, 10, 8, 10, 8];
/// Fewest characters of a command, however narrow the terminal is.
const LEAST: usize = 20;
/// Most characters of a command where nobody looks: what a program reads is not cut by us.
const MOST: usize = 128 * 1024;
/// Longest command in a table of what ended, in characters.
const COMMAND: usize = 60;

/// The line above the questions.
pub(crate) fn questions_head(screen: &Screen) -> String {
    let names = ["ID", "AGENT", "NODE", "ASKED", "UNTIL"];
    screen
        .out()
        .dim(&line(screen, &names.map(str::to_owned), "COMMAND"))
}

/// A question that waits, on one line.
pub(crate) fn question_line(screen: &Screen, one: &ExecApprovalAsked, now_ms: u64) -> String {
    let request = &one.request;
    let cells = [
        short(&one.id),
        request.agent_id.0.clone().unwrap_or_else(|| "-".to_owned()),
        request
            .node_id
            .as_deref()
            .map_or_else(|| "-".to_owned(), short),
        age(one.created_at_ms, now_ms),
        time_of_day(one.expires_at_ms),
    ];
    line(screen, &cells, &written_out(&request.command))
}

/// All that waits.
pub(crate) fn questions(screen: &Screen, open: &[ExecApprovalAsked], now_ms: u64) -> String {
    let Some(first) = open.first() else {
        return "No command waits for a decision.".to_owned();
    };
    let mut lines = vec![questions_head(screen)];
    lines.extend(open.iter().map(|one| question_line(screen, one, now_ms)));
    lines.push(String::new());
    lines.push(screen.hint(&format!(
        "All of it: tidegate approvals show {}",
        short(&first.id)
    )));
    lines.join("\n")
}

/// What ended, the newest end first.
pub(crate) fn ended_questions(screen: &Screen, list: &[ExecApprovalEnded], now_ms: u64) -> String {
    if list.is_empty() {
        return "In the last day nobody was asked about a command.".to_owned();
    }
    let columns = [
        Column("ID", Align::Left),
        Column("AGENT", Align::Left),
        Column("NODE", Align::Left),
        Column("COMMAND", Align::Left),
        Column("END", Align::Left),
        Column("BY", Align::Left),
        Column("WHEN", Align::Left),
    ];
    let row = |one: &ExecApprovalEnded| {
        let request = &one.asked.request;
        vec![
            short(&one.asked.id),
            one_line(request.agent_id.0.as_deref().unwrap_or("-"), 24),
            request
                .node_id
                .as_deref()
                .map_or_else(|| "-".to_owned(), short),
            cut(&written_out(&request.command), COMMAND),
            ended(one.outcome).to_owned(),
            one_line(one.resolved_by.0.as_deref().unwrap_or("-"), 24),
            age(one.ended_at_ms, now_ms),
        ]
    };
    table(screen, &columns, &list.iter().map(row).collect::<Vec<_>>())
}

/// As much of an id as names a question that waits.
fn short(id: &str) -> String {
    beginning(id, ID_BEGINNING)
}

fn line(screen: &Screen, cells: &[String; WIDTHS.len()], command: &str) -> String {
    let mut text = String::new();
    for (cell, width) in cells.iter().zip(WIDTHS) {
        let cell = one_line(cell, width);
        let _ = write!(text, "{cell:width$}  ");
    }
    let before = text.chars().count();
    let left = screen
        .width()
        .map_or(MOST, |all| all.saturating_sub(before));
    text + &cut(command, left.max(LEAST))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tidegate_protocol::api::approvals::ExecApprovalOutcome;

    use super::*;

    const NOW: u64 = 1_795_183_689_000;

    fn asked(command: &str) -> ExecApprovalAsked {
        let request = json!({
            "command": command, "cwd": "/tmp", "host": "node", "security": null, "ask": null,
            "agentId": "research-agent", "resolvedPath": null, "sessionKey": null,
            "nodeId": "fedcba9876543210", "lines": [], "allowedDecisions": ["deny"],
        });
        let asked = json!({
            "id": "01234567-89ab-cdef", "request": request,
            "createdAtMs": NOW - 61_000, "expiresAtMs": NOW + 59_000,
        });
        serde_json::from_value(asked).unwrap()
    }

    #[test]
    fn a_question_is_one_line_that_fits_and_hides_nothing() {
        let screen = Screen::of_width(80);
        let one = asked(&format!("rm\u{202e}\n\x1b[2J {}", "long ".repeat(40)));
        let page = questions(&screen, &[one], NOW);
        let mut lines = page.lines();
        let head = lines.next().unwrap();
        let line = lines.next().unwrap();
        assert!(head.starts_with("ID        AGENT       NODE      ASKED       UNTIL     COMMAND"));
        assert!(
            line.starts_with("01234567  research-…  fedcba98  1 min ago   "),
            "{line}"
        );
        assert!(line.contains("rm\\u{202e}\\n\\u{1b}[2J"), "{line}");
        assert!(line.ends_with('…') && line.chars().count() <= 80, "{line}");
        assert!(page.contains("tidegate approvals show 01234567"), "{page}");
        assert!(questions(&screen, &[], NOW).starts_with("No command waits"));
    }

    #[test]
    fn what_ended_says_how_by_whom_and_when() {
        let list = [ExecApprovalEnded {
            asked: asked("ls"),
            outcome: ExecApprovalOutcome::AllowOnce,
            resolved_by: Some("owner".to_owned()).into(),
            ended_at_ms: NOW - 180_000,
            used_at_ms: None,
        }];
        let page = ended_questions(&Screen::of_width(120), &list, NOW);
        for words in ["01234567", "ls", "allowed once", "owner", "3 min ago"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(ended_questions(&Screen::of_width(80), &[], NOW).contains("nobody was asked"));
    }
}
