//! Tables, which Discord does not have, as columns of plain text.

/// A table that is being read.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A row begins.
    pub(super) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// A cell begins.
    pub(super) fn cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.push(String::new());
        }
    }

    /// Words of the cell. What would end the block of code becomes harmless.
    pub(super) fn text(&mut self, text: &str) {
        let cell = self.rows.last_mut().and_then(|row| row.last_mut());
        if let Some(cell) = cell {
            cell.push_str(&text.replace("```", "'''").replace('\n', " "));
        }
    }

    /// The table in a block of code.
    pub(super) fn block(&self) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..columns).map(width).collect();
        let mut lines: Vec<_> = self.rows.iter().map(|row| line(row, &widths)).collect();
        if lines.len() > 1 {
            let rule: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
            lines.insert(1, rule.join("-+-"));
        }
        format!("```\n{}\n```", lines.join("\n"))
    }
}

fn line(row: &[String], widths: &[usize]) -> String {
    let cells = row.iter().zip(widths).map(|(cell, width)| {
        let gap = width.saturating_sub(cell.chars().count());
        format!("{cell}{}", " ".repeat(gap))
    });
    cells.collect::<Vec<_>>().join(" | ").trim_end().to_owned()
}
