//! `tidegate sessions`.

use tidegate_protocol::api::sessions::{SessionRow, SessionsListResult};

use super::{Align, Column, Screen, age, count, one_line, table};

/// Narrower terminals get fewer columns.
const WIDE: usize = 100;

/// Conversations, newest first.
pub(crate) fn sessions(screen: &Screen, list: &SessionsListResult, search: Option<&str>) -> String {
    if list.sessions.is_empty() {
        return match search {
            Some(words) => format!("No conversation has “{}” in it.", one_line(words, 60)),
            None => {
                screen.here("No conversations yet. Begin one: tidegate agent --message \"hello\"")
            }
        };
    }
    let wide = screen.width().is_none_or(|columns| columns >= WIDE);
    let mut columns = vec![
        Column("SESSION", Align::Left),
        Column("ABOUT", Align::Left),
        Column("MESSAGES", Align::Right),
        Column("CHANGED", Align::Left),
    ];
    if wide {
        columns.insert(3, Column("TOKENS", Align::Right));
        columns.push(Column("MODEL", Align::Left));
    }
    let row = |row: &SessionRow| {
        let mut cells = vec![
            one_line(&row.key, 60),
            one_line(about(row), 60),
            row.message_count.to_string(),
            changed(row, list.ts),
        ];
        if wide {
            cells.insert(3, count(row.total_tokens));
            cells.push(model(row));
        }
        cells
    };
    let rows: Vec<_> = list.sessions.iter().map(row).collect();
    let mut page = table(screen, &columns, &rows);
    if search.is_some() {
        let found = if rows.len() == 1 {
            "1 found".to_owned()
        } else {
            format!("{} found", rows.len())
        };
        page.push_str("\n\n");
        page.push_str(&screen.out().dim(&found));
    }
    page
}

fn about(row: &SessionRow) -> &str {
    [
        &row.label,
        &row.display_name,
        &row.derived_title,
        &row.last_message_preview,
    ]
    .into_iter()
    .find_map(Option::as_deref)
    .unwrap_or_default()
}

fn changed(row: &SessionRow, now_ms: u64) -> String {
    if row.active_run {
        return "at work".to_owned();
    }
    let words = row
        .updated_at
        .0
        .map_or_else(|| "never".to_owned(), |at| age(at, now_ms));
    if row.aborted_last_run {
        format!("{words}, stopped")
    } else {
        words
    }
}

fn model(row: &SessionRow) -> String {
    let name = match (&row.model_provider, &row.model) {
        (Some(provider), Some(model)) => format!("{provider}/{model}"),
        (_, Some(model)) => model.clone(),
        _ => String::new(),
    };
    one_line(&name, 40)
}
