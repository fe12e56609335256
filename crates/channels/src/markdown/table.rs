//! Tables, drawn with spaces, for networks that have none.

/// A table that is being read. Marks inside of its cells are lost, their words are not.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

/// What its lines are drawn with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strokes {
    /// Between two cells.
    pub(crate) bar: &'static str,
    /// Below the head, for each character of a cell.
    pub(crate) rule: &'static str,
    /// Below the head, between two cells.
    pub(crate) cross: &'static str,
}

impl Table {
    /// A row begins.
    pub(crate) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    /// A cell begins.
    pub(crate) fn cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.push(String::new());
        }
    }

    /// Words of the cell.
    pub(crate) fn text(&mut self, text: &str) {
        if let Some(cell) = self.rows.last_mut().and_then(|row| row.last_mut()) {
            cell.push_str(&text.replace('\n', " "));
        }
    }

    /// The table as lines of one width, with one below its head.
    pub(crate) fn lines(&self, strokes: &Strokes) -> String {
        let widths = self.widths();
        let line = |row: &Vec<String>| line(row, &widths, strokes.bar);
        let mut lines: Vec<_> = self.rows.iter().map(line).collect();
        if lines.len() > 1 {
            let rules = widths.iter().map(|width| strokes.rule.repeat(*width));
            lines.insert(1, rules.collect::<Vec<_>>().join(strokes.cross));
        }
        lines.join("\n")
    }

    /// The characters of the longest cell of each column.
    fn widths(&self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |at: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(at));
            let lengths = cells.map(|cell| cell.chars().count());
            lengths.max().unwrap_or(0)
        };
        (0..columns).map(width).collect()
    }
}

fn line(row: &[String], widths: &[usize], bar: &str) -> String {
    let cells = widths.iter().enumerate().map(|(at, width)| {
        let cell = row.get(at).map_or("", String::as_str);
        format!("{cell:width$}")
    });
    cells.collect::<Vec<_>>().join(bar).trim_end().to_owned()
}
