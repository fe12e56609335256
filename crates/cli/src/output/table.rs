//! Tables that fit the terminal.

use comfy_table::{Attribute, Cell, CellAlignment, ContentArrangement, Table, presets};

use super::Screen;

/// On which side a column stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// The head of a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column(pub(crate) &'static str, pub(crate) Align);

/// A table without lines. The first column is what the eye looks for.
pub(crate) fn table(screen: &Screen, columns: &[Column], rows: &[Vec<String>]) -> String {
    let color = screen.out().on;
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    // Colours are decided by the screen, not by the table.
    if color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if let Some(width) = screen.width().and_then(|width| u16::try_from(width).ok()) {
        table
            .set_content_arrangement(ContentArrangement::Dynamic)
            .set_width(width);
    }
    let head = columns
        .iter()
        .map(|Column(name, align)| cell(name, *align).add_attribute(Attribute::Dim));
    table.set_header(head);
    for row in rows {
        let cells = columns
            .iter()
            .zip(row)
            .enumerate()
            .map(|(at, (Column(_, align), text))| {
                let cell = cell(text, *align);
                if at == 0 {
                    cell.add_attribute(Attribute::Bold)
                } else {
                    cell
                }
            });
        table.add_row(cells);
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((u16::from(at > 0), 1));
    }
    trimmed(&table.to_string())
}

fn cell(text: &str, align: Align) -> Cell {
    Cell::new(text).set_alignment(match align {
        Align::Left => CellAlignment::Left,
        Align::Right => CellAlignment::Right,
    })
}

fn trimmed(text: &str) -> String {
    text.lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}

/// Names and values, one below the other.
pub(crate) fn pairs(screen: &Screen, pairs: &[(&str, String)]) -> String {
    let paint = screen.out();
    let width = pairs
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    let lines = pairs.iter().map(|(name, value)| {
        let gap = " ".repeat(width - name.chars().count());
        format!("  {}{gap}  {value}", paint.dim(name))
    });
    lines.collect::<Vec<_>>().join("\n")
}
