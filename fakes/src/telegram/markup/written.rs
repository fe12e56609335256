//! A text that grows, and a text that is read: what both dialects stand on.

/// The text so far, counted as it grows.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) text: String,
    pub(super) units: usize,
}

impl Written {
    pub(super) fn push(&mut self, char: char) {
        self.text.push(char);
        self.units += char.len_utf16();
    }
}

/// A place in a text. Reading behind its end gives 0 bytes, so that rules need no length.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    /// The byte so many places ahead.
    pub(super) fn ahead(&self, places: usize) -> u8 {
        let bytes = self.text.as_bytes();
        bytes.get(self.at + places).copied().unwrap_or(0)
    }

    pub(super) fn byte(&self) -> u8 {
        self.ahead(0)
    }

    /// The whole character here; steps behind it.
    pub(super) fn char(&mut self) -> Option<char> {
        let char = self.text.get(self.at..)?.chars().next()?;
        self.at += char.len_utf8();
        Some(char)
    }

    pub(super) fn since(&self, begin: usize) -> &'a str {
        self.text.get(begin..self.at).unwrap_or_default()
    }

    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Steps on while the byte is such; ends of text stop it.
    pub(super) fn skip_while(&mut self, is_such: impl Fn(u8) -> bool) {
        while !self.is_at_end() && is_such(self.byte()) {
            self.at += 1;
        }
    }

    pub(super) fn skip_spaces(&mut self) {
        self.skip_while(is_space);
    }
}

/// White space as the vendor counts it; the end of the text is one too.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b' ' | b'\t' | b'\n' | b'\r' | 0x0b)
}
