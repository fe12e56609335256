//! Tables that fit the terminal.

use comfy_table::{
    Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets,
};

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

/// What fits: a table, or where words would have to be broken for one, each row by itself.
pub(crate) fn table(screen: &Screen, columns: &[Column], rows: &[Vec<String>]) -> String {
    let least = least_widths(columns, rows);
    match screen.width() {
        Some(width) if least.iter().sum::<usize>() > width => one_by_one(screen, columns, rows),
        _ => grid(screen, columns, rows, &least),
    }
}

/// Of each column, the width of its longest word, with the space beside it.
fn least_widths(columns: &[Column], rows: &[Vec<String>]) -> Vec<usize> {
    let word = |text: &str| text.split(' ').map(|word| word.chars().count()).max();
    let of = |(at, Column(head, _)): (usize, &Column)| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        let longest = cells.filter_map(|cell| word(cell)).max();
        longest.max(word(head)).unwrap_or_default() + usize::from(padding(at).0 + padding(at).1)
    };
    columns.iter().enumerate().map(of).collect()
}

/// Space at the left and at the right of a column.
fn padding(at: usize) -> (u16, u16) {
    (u16::from(at > 0), 1)
}

/// Each row as names and values, one below the other.
fn one_by_one(screen: &Screen, columns: &[Column], rows: &[Vec<String>]) -> String {
    let block = |row: &Vec<String>| {
        let shown: Vec<_> = columns
            .iter()
            .zip(row)
            .filter(|(_, text)| !text.is_empty())
            .map(|(Column(name, _), text)| (*name, text.clone()))
            .collect();
        pairs(screen, &shown)
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n\n")
}

/// A table without lines. The first column is what the eye looks for.
fn grid(screen: &Screen, columns: &[Column], rows: &[Vec<String>], least: &[usize]) -> String {
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
    let widths = table.column_max_content_widths();
    let widest = (0..widths.len()).max_by_key(|at| widths.get(*at));
    for (at, (column, least)) in table.column_iter_mut().zip(least).enumerate() {
        column.set_padding(padding(at));
        // The widest has what the others leave, which is enough.
        if Some(at) != widest {
            let least = u16::try_from(*least).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(width: usize) -> String {
        let columns = [
            Column("NODE", Align::Left),
            Column("ID", Align::Left),
            Column("CONNECTED", Align::Left),
            Column("WHAT", Align::Left),
        ];
        let row = ["Box", "0115364ef8ae", "just now", "it has several words"];
        table(
            &Screen::of_width(width),
            &columns,
            &[row.map(str::to_owned).to_vec()],
        )
    }

    #[test]
    fn no_word_is_broken_however_narrow_the_terminal_is() {
        for width in [20, 30, 40, 43, 44, 60, 80] {
            let page = shown(width);
            for word in ["NODE", "CONNECTED", "0115364ef8ae", "several", "words"] {
                assert!(page.contains(word), "{word} at {width}: {page}");
            }
        }
        assert!(shown(80).starts_with("NODE "), "a table: {}", shown(80));
        assert!(shown(30).starts_with("  NODE  "), "a list: {}", shown(30));
    }

    #[test]
    fn a_table_stays_within_its_terminal() {
        for width in [44, 50, 60] {
            let page = shown(width);
            let widest = page.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width), "{width}: {page}");
        }
    }
}
