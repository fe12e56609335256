//! The page that is written: text with escapes, marks, and gaps between blocks.

/// Before every line of a quote.
const QUOTE: &str = "> ";

/// What is written so far. Line breaks wait until something follows them, so that nothing begins
/// or ends with one.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
    waiting_lines: usize,
    /// Spaces before the first words of every line.
    indent: usize,
    /// Quotes around; Slack shows one of them.
    quotes: usize,
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

    /// A quote begins.
    pub(super) fn quote(&mut self) {
        self.quotes += 1;
    }

    /// A quote ends.
    pub(super) fn unquote(&mut self) {
        self.quotes = self.quotes.saturating_sub(1);
    }

    /// Writes words; a line break in them is kept.
    pub(super) fn words(&mut self, words: &str) {
        for (at, line) in words.split('\n').enumerate() {
            if at > 0 && !self.text.is_empty() {
                self.waiting_lines += 1;
            }
            if !line.is_empty() {
                self.settle();
                escape(&mut self.text, line);
            }
        }
    }

    /// Writes a mark as it is.
    pub(super) fn mark(&mut self, mark: &str) {
        self.settle();
        self.text.push_str(mark);
    }

    /// Writes a closing mark as it is; what waits comes after it.
    pub(super) fn close(&mut self, mark: &str) {
        self.text.push_str(mark);
    }

    /// Writes a block of code, every space of it.
    pub(super) fn code(&mut self, code: &str) {
        // Nothing else ends such a block, and Slack has no way to say it otherwise.
        let code = code.replace("```", "'''");
        self.mark("```");
        for line in code.split('\n') {
            self.waiting_lines += 1;
            self.settle_at(0);
            escape(&mut self.text, line);
        }
        self.waiting_lines += 1;
        self.settle_at(0);
        self.close("```");
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
        self.settle_at(self.indent);
    }

    fn settle_at(&mut self, indent: usize) {
        let begins = self.text.is_empty();
        let quote = if self.quotes > 0 { QUOTE } else { "" };
        for _ in 1..self.waiting_lines {
            self.text.push('\n');
            self.text.push_str(quote.trim_end());
        }
        if self.waiting_lines > 0 {
            self.text.push('\n');
        }
        if self.waiting_lines > 0 || begins {
            self.text.push_str(quote);
            self.text.extend(std::iter::repeat_n(' ', indent));
        }
        self.waiting_lines = 0;
    }
}

/// Writes text so that none of it is a mention or a link.
pub(super) fn escape(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '\n' | '\t' => into.push(c),
            c if c.is_control() => {}
            c => into.push(c),
        }
    }
}
