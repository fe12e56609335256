//! The page that is written: text with escapes, marks, and gaps between blocks.

/// What is written so far. Line breaks wait until something follows them, so that nothing begins
/// or ends with one.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    waiting_lines: usize,
    /// Spaces before the first words of every line.
    indent: usize,
    /// Before every line.
    margin: &'static str,
    escape: fn(&mut String, &str),
}

impl Page {
    /// An empty page, on which words are escaped like this.
    pub(super) const fn new(escape: fn(&mut String, &str)) -> Self {
        Self {
            text: String::new(),
            waiting_lines: 0,
            indent: 0,
            margin: "",
            escape,
        }
    }

    /// What comes next begins a line of its own.
    pub(super) fn line(&mut self) {
        self.wait_for(1);
    }

    /// What comes next begins a block of its own, with an empty line before it.
    pub(super) fn block(&mut self) {
        self.wait_for(2);
    }

    /// Lines begin so many spaces further in from now on.
    pub(super) const fn indent_by(&mut self, spaces: usize) {
        self.indent += spaces;
    }

    /// The opposite.
    pub(super) const fn outdent_by(&mut self, spaces: usize) {
        self.indent = self.indent.saturating_sub(spaces);
    }

    /// This stands before every line from now on.
    pub(super) const fn set_margin(&mut self, margin: &'static str) {
        self.margin = margin;
    }

    /// Writes words; a line break in them is kept.
    pub(crate) fn text(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 && !self.text.is_empty() {
                self.waiting_lines += 1;
            }
            if !line.is_empty() {
                self.settle();
                (self.escape)(&mut self.text, line);
            }
        }
    }

    /// Writes words exactly as they are, every space and line of them, as code wants it.
    pub(crate) fn verbatim(&mut self, text: &str) {
        self.settle();
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.text.push('\n');
                self.text.push_str(self.margin);
            }
            (self.escape)(&mut self.text, line);
        }
    }

    /// Writes a mark as it is.
    pub(crate) fn mark(&mut self, mark: &str) {
        if !mark.is_empty() {
            self.settle();
            self.text.push_str(mark);
        }
    }

    /// Writes a closing mark as it is; what waits comes after it.
    pub(crate) fn close(&mut self, mark: &str) {
        self.text.push_str(mark);
    }

    /// What was written.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn wait_for(&mut self, lines: usize) {
        if !self.text.is_empty() {
            self.waiting_lines = self.waiting_lines.max(lines);
        }
    }

    fn settle(&mut self) {
        if self.waiting_lines == 0 && !self.text.is_empty() {
            return;
        }
        for _ in 1..self.waiting_lines {
            self.text.push('\n');
            self.text.push_str(self.margin.trim_end());
        }
        if self.waiting_lines > 0 {
            self.text.push('\n');
        }
        self.text.push_str(self.margin);
        self.text.extend(std::iter::repeat_n(' ', self.indent));
        self.waiting_lines = 0;
    }
}
