//! `tidegate outbox`: messages that wait, or were given up.

use tidegate_protocol::api::delivery::{OutboxListResult, OutboxLot, OutboxPart};

use super::{Align, Column, Screen, age, one_line, table};

/// Longest text in a table, in characters.
const TEXT: usize = 40;

/// Messages that wait, or were given up.
pub(crate) fn outbox(screen: &Screen, list: &OutboxListResult, lot: OutboxLot) -> String {
    if list.parts.is_empty() {
        return match lot {
            OutboxLot::Open => "Nothing waits to be delivered.",
            OutboxLot::Dead => "Nothing was given up.",
        }
        .to_owned();
    }
    let columns = [
        Column("NO", Align::Right),
        Column("TO", Align::Left),
        Column("MESSAGE", Align::Left),
        Column("STATE", Align::Left),
        Column("TRIES", Align::Right),
        Column("FROM", Align::Left),
        Column("WHY", Align::Left),
    ];
    let row = |part: &OutboxPart| {
        vec![
            part.no.to_string(),
            place(part),
            text(part),
            part.state.as_str().to_owned(),
            part.attempts.to_string(),
            age(part.created_at_ms, list.ts),
            one_line(part.error.as_deref().unwrap_or_default(), 60),
        ]
    };
    let rows: Vec<_> = list.parts.iter().map(row).collect();
    let mut page = table(screen, &columns, &rows);
    if lot == OutboxLot::Dead {
        page.push_str("\n\n");
        let words =
            "tidegate outbox retry NO sends it after all, tidegate outbox drop NO forgets it";
        page.push_str(&screen.hint(words));
    }
    page
}

/// Through which account, and to which conversation.
pub(super) fn place(part: &OutboxPart) -> String {
    let thread = part.thread_id.as_deref();
    let thread = thread.map_or_else(String::new, |thread| format!(" #{}", one_line(thread, 32)));
    format!(
        "{}/{} {}{thread}",
        part.channel,
        part.account_id,
        one_line(&part.to, 64)
    )
}

fn text(part: &OutboxPart) -> String {
    let text = one_line(&part.text, TEXT);
    if part.parts > 1 {
        format!("({}/{}) {text}", part.part + 1, part.parts)
    } else {
        text
    }
}
