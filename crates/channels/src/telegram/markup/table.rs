//! Tables, drawn with spaces: Telegram has none.

use super::page::Page;

/// A table that is being read. Marks inside of its cells are lost, their words are not.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    pub(super) fn cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.push(String::new());
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
            cell.push_str(&text.replace('\n', " "));
        }
    }

    /// Writes the table as preformatted lines, with one below its head.
    pub(super) fn draw(&self, page: &mut Page) {
        let widths = self.widths();
        let mut lines: Vec<_> = self.rows.iter().map(|row| line(row, &widths)).collect();
        if lines.len() > 1 {
            let rule: Vec<_> = widths.iter().map(|width| "─".repeat(*width)).collect();
            lines.insert(1, rule.join("─┼─"));
        }
        page.open("<pre>");
        page.verbatim(&lines.join("\n"));
        page.close("</pre>");
    }

    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        (0..columns)
            .map(|at| {
                let cells = self.rows.iter().filter_map(|row| row.get(at));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect()
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells: Vec<_> = widths
        .iter()
        .enumerate()
        .map(|(at, width)| {
            let cell = row.get(at).map_or("", String::as_str);
            format!("{cell:width$}")
        })
        .collect();
    cells.join(" │ ").trim_end().to_owned()
}
