//! The page that is written: text with escapes, tags, and gaps between blocks.

/// What is written so far. Line breaks wait until something follows them, so that nothing begins
/// or ends with one.
#[derive(Debug, Default)]
pub(super) struct Page {
    html: String,
    waiting_lines: usize,
    /// Put before the first text of every line.
    indent: usize,
}

impl Page {
    /// What comes next begins a line of its own.
    pub(super) fn line(&mut self) {
        self.wait_for(1);
    }

    /// What comes next begins a block of its own, with an empty line before it.
    pub(super) fn block(&mut self) {
        self.wait_for(2);
    }

    /// Lines begin so many spaces further in from now on.
    pub(super) fn indent_by(&mut self, spaces: usize) {
        self.indent += spaces;
    }

    /// The opposite.
    pub(super) fn outdent_by(&mut self, spaces: usize) {
        self.indent = self.indent.saturating_sub(spaces);
    }

    /// Writes words; a line break in them is kept.
    pub(super) fn text(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.break_line();
            }
            if !line.is_empty() {
                self.settle();
                escape(&mut self.html, line);
            }
        }
    }

    /// Writes words exactly as they are, as code wants it.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.settle();
        escape(&mut self.html, text);
    }

    /// Writes a tag as it is.
    pub(super) fn open(&mut self, tag: &str) {
        self.settle();
        self.html.push_str(tag);
    }

    /// Writes a closing tag as it is; what waits comes after it.
    pub(super) fn close(&mut self, tag: &str) {
        self.html.push_str(tag);
    }

    /// Ends this line.
    pub(super) fn break_line(&mut self) {
        if !self.html.is_empty() {
            self.waiting_lines += 1;
        }
    }

    /// What was written.
    pub(super) fn finish(self) -> String {
        self.html
    }

    fn wait_for(&mut self, lines: usize) {
        if !self.html.is_empty() {
            self.waiting_lines = self.waiting_lines.max(lines);
        }
    }

    fn settle(&mut self) {
        if self.waiting_lines == 0 {
            return;
        }
        self.html
            .extend(std::iter::repeat_n('\n', self.waiting_lines));
        self.html.extend(std::iter::repeat_n(' ', self.indent));
        self.waiting_lines = 0;
    }
}

/// Writes text so that none of it is a tag, an entity, or the end of an attribute.
pub(super) fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            '\n' | '\t' => into.push(c),
            c if c.is_control() => {}
            c => into.push(c),
        }
    }
}
