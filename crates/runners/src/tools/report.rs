//! What a model reads of a program that ran.

use std::fmt::Write;

use serde_json::{Value, json};
use tidegate_core::tool::{RESULT_TEXT_CHARS, ToolOutcome, head_and_tail};
use tidegate_exec::{Finished, News, Outcome};

/// Characters of one output, so that both fit into a result with the lines around them.
const OUTPUT_CHARS: usize = RESULT_TEXT_CHARS / 2 - 500;

/// How it ended, in words.
pub(super) fn ending(outcome: Outcome) -> String {
    match outcome {
        Outcome::Exited(code) => format!("exited with code {code}"),
        Outcome::Signaled(signal) => format!("was ended by signal {signal}"),
        Outcome::TimedOut => "took longer than it may, and was ended".to_owned(),
        Outcome::Stopped => "was stopped".to_owned(),
        Outcome::Lost => "was lost: its warden was killed, and it was ended".to_owned(),
    }
}

/// The exit code, if it ended by itself.
const fn code(outcome: Outcome) -> Option<i32> {
    match outcome {
        Outcome::Exited(code) => Some(code),
        _ => None,
    }
}

/// A program that has ended.
pub(super) fn finished(finished: &Finished) -> ToolOutcome {
    let took = finished.took.as_secs_f64();
    let mut text = format!("It {} after {took:.1} s.", ending(finished.outcome));
    section(&mut text, "stdout", &finished.stdout.text());
    section(&mut text, "stderr", &finished.stderr.text());
    let details = json!({
        "exitCode": code(finished.outcome),
        "timedOut": finished.outcome == Outcome::TimedOut,
        "stopped": finished.outcome == Outcome::Stopped,
        "tookMs": u64::try_from(finished.took.as_millis()).unwrap_or(u64::MAX),
        "stdoutBytes": finished.stdout.total_bytes(),
        "stderrBytes": finished.stderr.total_bytes(),
    });
    ToolOutcome {
        is_error: finished.outcome != Outcome::Exited(0),
        ..ToolOutcome::text(text).with_details(details)
    }
}

/// What a node answered to `system.run`.
pub(super) fn on_node(answer: &Value) -> ToolOutcome {
    let word = |field: &str| {
        answer
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let code = answer.get("exitCode").and_then(Value::as_i64);
    let timed_out = answer.get("timedOut") == Some(&Value::Bool(true));
    let mut text = match (code, word("error")) {
        _ if timed_out => "It took longer than it may, and was ended.".to_owned(),
        (_, error) if !error.is_empty() => format!("It was not run, or not to its end: {error}"),
        (Some(code), _) => format!("It exited with code {code}."),
        (None, _) => "It did not end by itself.".to_owned(),
    };
    section(&mut text, "stdout", word("stdout"));
    section(&mut text, "stderr", word("stderr"));
    let details = json!({ "exitCode": code, "timedOut": timed_out });
    ToolOutcome {
        is_error: code != Some(0) || timed_out,
        ..ToolOutcome::text(text).with_details(details)
    }
}

/// What was written since, and how it ended, if it has.
pub(super) fn news(news: &News) -> String {
    let mut text = news.outcome.map_or_else(
        || "It runs.".to_owned(),
        |outcome| format!("It {}.", ending(outcome)),
    );
    for (name, piece) in [("stdout", &news.stdout), ("stderr", &news.stderr)] {
        if piece.lost > 0 {
            let _ = write!(
                text,
                "\n({} bytes of {name} before this were not kept.)",
                piece.lost
            );
        }
        section(&mut text, name, &String::from_utf8_lossy(&piece.bytes));
    }
    text
}

fn section(text: &mut String, name: &str, output: &str) {
    let output = output.trim_end();
    if !output.is_empty() {
        let shown = head_and_tail(output, OUTPUT_CHARS);
        let _ = write!(text, "\n--- {name}\n{shown}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_not_believed_to_have_done_well_without_a_code() {
        let well = on_node(
            &json!({ "exitCode": 0, "timedOut": false, "success": true, "stdout": "x\n", "stderr": "" }),
        );
        assert!(!well.is_error);
        for answer in [
            json!({ "exitCode": 3, "stdout": "", "stderr": "no" }),
            json!({ "exitCode": null, "timedOut": true }),
            json!({ "exitCode": null, "error": "no such program" }),
            json!({}),
        ] {
            assert!(on_node(&answer).is_error, "{answer}");
        }
    }
}
