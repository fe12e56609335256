//! The MarkdownV2 dialect: every reserved character either marks something or is escaped.

use serde_json::json;

use super::entity::{Entity, sort};
use super::link::{custom_emoji, link};
use super::written::{Reader, Written, is_space};

/// Parses MarkdownV2.
///
/// # Errors
/// The vendor's sentence, without "can't parse entities".
pub(super) fn markdown(source: &str) -> Result<(String, Vec<Entity>), String> {
    let mut parser = Parser {
        reader: Reader::new(source),
        written: Written::default(),
        open: Vec::new(),
        closed: Vec::new(),
        in_quote: false,
    };
    while !parser.reader.is_at_end() {
        parser.step()?;
    }
    parser.end()?;
    let mut entities = parser.closed;
    sort(&mut entities);
    Ok((parser.written.text, entities))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Bold,
    Italic,
    Underline,
    Strikethrough,
    Spoiler,
    Code,
    Pre,
    PreCode,
    TextUrl,
    CustomEmoji,
    BlockQuote,
}

impl Mark {
    fn is_code(self) -> bool {
        matches!(self, Self::Code | Self::Pre | Self::PreCode)
    }

    fn entity(self) -> &'static str {
        match self {
            Self::Bold => "bold",
            Self::Italic => "italic",
            Self::Underline => "underline",
            Self::Strikethrough => "strikethrough",
            Self::Spoiler => "spoiler",
            Self::Code => "code",
            Self::Pre | Self::PreCode => "pre",
            Self::TextUrl => "text_link",
            Self::CustomEmoji => "custom_emoji",
            Self::BlockQuote => "blockquote",
        }
    }
}

struct Open {
    mark: Mark,
    language: String,
    units: usize,
    bytes: usize,
    source: usize,
}

struct Parser<'a> {
    reader: Reader<'a>,
    written: Written,
    open: Vec<Open>,
    closed: Vec<Entity>,
    in_quote: bool,
}

impl Parser<'_> {
    fn step(&mut self) -> Result<(), String> {
        let byte = self.reader.byte();
        if byte == b'\\' && (1..=126).contains(&self.reader.ahead(1)) {
            self.reader.at += 1;
            self.copy();
            return Ok(());
        }
        let inside = self.open.last().map(|open| open.mark);
        let reserved: &[u8] = if inside.is_some_and(Mark::is_code) {
            b"`"
        } else {
            b"_*[]()~`>#+-=|{}.!\n"
        };
        if !reserved.contains(&byte) {
            self.copy();
            return Ok(());
        }
        match inside {
            Some(mark) if self.ends(mark) => self.close(),
            _ => self.begin(),
        }
    }

    fn copy(&mut self) {
        if let Some(char) = self.reader.char() {
            self.written.push(char);
        }
    }

    /// Is the place here the end of this mark?
    fn ends(&self, mark: Mark) -> bool {
        let (byte, next, third) = (
            self.reader.byte(),
            self.reader.ahead(1),
            self.reader.ahead(2),
        );
        if self.in_quote && byte == b'\n' && next != b'>' {
            return true;
        }
        // The end of an expandable quote: `||` and the end of the line, with no spoiler open.
        if mark == Mark::BlockQuote {
            return byte == b'|' && next == b'|' && matches!(third, 0 | b'\n' | b'\r');
        }
        match mark {
            Mark::Bold => byte == b'*',
            Mark::Italic => byte == b'_' && next != b'_',
            Mark::Underline => byte == b'_' && next == b'_',
            Mark::Strikethrough => byte == b'~',
            Mark::Spoiler => byte == b'|' && next == b'|',
            Mark::Code => byte == b'`',
            Mark::Pre | Mark::PreCode => byte == b'`' && next == b'`' && third == b'`',
            Mark::TextUrl | Mark::CustomEmoji => byte == b']',
            Mark::BlockQuote => false,
        }
    }

    fn begin(&mut self) -> Result<(), String> {
        let source = self.reader.at;
        let byte = self.reader.byte();
        let next = self.reader.ahead(1);
        let (mark, length) = match byte {
            b'_' if next == b'_' => (Mark::Underline, 2),
            b'_' => (Mark::Italic, 1),
            b'*' => (Mark::Bold, 1),
            b'~' => (Mark::Strikethrough, 1),
            b'|' if next == b'|' => (Mark::Spoiler, 2),
            b'[' => (Mark::TextUrl, 1),
            b'!' if next == b'[' => (Mark::CustomEmoji, 2),
            b'`' if next == b'`' && self.reader.ahead(2) == b'`' => {
                self.begin_pre(source);
                return Ok(());
            }
            b'`' => (Mark::Code, 1),
            b'\n' => {
                self.line_end(source);
                return Ok(());
            }
            b'>' if self.is_line_begin() => {
                self.begin_quote(source);
                return Ok(());
            }
            _ => {
                let char = char::from(byte);
                return Err(format!(
                    "Character '{char}' is reserved and must be escaped with the preceding '\\'"
                ));
            }
        };
        self.reader.at += length;
        self.push(mark, String::new(), source);
        Ok(())
    }

    fn push(&mut self, mark: Mark, language: String, source: usize) {
        self.open.push(Open {
            mark,
            language,
            units: self.written.units,
            bytes: self.written.text.len(),
            source,
        });
    }

    fn is_line_begin(&self) -> bool {
        matches!(
            self.written.text.as_bytes().last(),
            None | Some(b'\n' | b'\r')
        ) && !self.in_quote
    }

    fn begin_quote(&mut self, source: usize) {
        self.reader.at += 1;
        self.in_quote = true;
        self.push(Mark::BlockQuote, String::new(), source);
    }

    /// A line end outside of a quote's end: it stays, and may begin or go on with a quote.
    fn line_end(&mut self, source: usize) {
        self.copy();
        if self.reader.byte() != b'>' {
            return;
        }
        if self.in_quote {
            self.reader.at += 1;
        } else {
            self.begin_quote(source);
        }
    }

    fn begin_pre(&mut self, source: usize) {
        self.reader.at += 3;
        let begin = self.reader.at;
        self.reader
            .skip_while(|byte| !is_space(byte) && byte != b'`');
        let mut mark = Mark::PreCode;
        let mut language = self.reader.since(begin).to_owned();
        if language.is_empty() || self.reader.is_at_end() || self.reader.byte() == b'`' {
            mark = Mark::Pre;
            language.clear();
            self.reader.at = begin;
        }
        self.skip_one_line_end();
        self.push(mark, language, source);
    }

    fn skip_one_line_end(&mut self) {
        let is_end = |byte| matches!(byte, b'\n' | b'\r');
        let (first, second) = (self.reader.byte(), self.reader.ahead(1));
        if is_end(first) {
            self.reader.at += 1 + usize::from(is_end(second) && second != first);
        }
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let at_line_end = self.reader.byte() == b'\n';
        if at_line_end && open.mark != Mark::BlockQuote {
            return Err(unended(&open));
        }
        let (offset, length) = (open.units, self.written.units - open.units);
        let mut entity = Some(Entity::new(open.mark.entity(), offset, length));
        match open.mark {
            Mark::Underline | Mark::Spoiler => self.reader.at += 2,
            Mark::Pre | Mark::PreCode => self.reader.at += 3,
            Mark::TextUrl => {
                self.reader.at += 1;
                let target = match self.target("a URL")? {
                    Some(target) => target,
                    None => self
                        .written
                        .text
                        .get(open.bytes..)
                        .unwrap_or_default()
                        .to_owned(),
                };
                entity = link(&target, offset, length);
            }
            Mark::CustomEmoji => {
                self.reader.at += 1;
                let target = self
                    .target("a custom emoji URL")?
                    .ok_or("Custom emoji entity must contain a tg://emoji URL")?;
                let id = custom_emoji(&target)?;
                entity = entity.map(|entity| entity.with("custom_emoji_id", json!(id)));
            }
            Mark::BlockQuote => {
                self.close_quote(open.units, at_line_end);
                return Ok(());
            }
            Mark::Bold | Mark::Italic | Mark::Strikethrough | Mark::Code => self.reader.at += 1,
        }
        if !open.language.is_empty() {
            entity = entity.map(|entity| entity.with("language", json!(open.language)));
        }
        self.closed
            .extend(entity.filter(|entity| entity.length > 0));
        Ok(())
    }

    /// A quote ends with its line, or as an expandable one with `||` before that.
    fn close_quote(&mut self, begin: usize, at_line_end: bool) {
        let kind = if at_line_end {
            self.copy();
            "blockquote"
        } else {
            self.reader.at += 2;
            while matches!(self.reader.byte(), b'\r' | b'\n') {
                let was_line_end = self.reader.byte() == b'\n';
                self.copy();
                if was_line_end {
                    break;
                }
            }
            "expandable_blockquote"
        };
        self.in_quote = false;
        let length = self.written.units - begin;
        if length > 0 {
            self.closed.push(Entity::new(kind, begin, length));
        }
    }

    /// The address in brackets behind a link's text, if there is one.
    fn target(&mut self, what: &str) -> Result<Option<String>, String> {
        if self.reader.byte() != b'(' {
            return Ok(None);
        }
        self.reader.at += 1;
        let begin = self.reader.at;
        let mut target = String::new();
        while self.reader.byte() != b')' {
            if self.reader.byte() == b'\\' && (1..=126).contains(&self.reader.ahead(1)) {
                self.reader.at += 1;
            }
            match self.reader.char() {
                Some(char) => target.push(char),
                None => {
                    return Err(format!("Can't find end of {what} at byte offset {begin}"));
                }
            }
        }
        self.reader.at += 1;
        Ok(Some(target))
    }

    /// The end of the text ends a quote, and nothing else.
    fn end(&mut self) -> Result<(), String> {
        if let Some(open) = self.open.pop_if(|open| open.mark == Mark::BlockQuote) {
            let length = self.written.units - open.units;
            if length > 0 {
                self.closed
                    .push(Entity::new("blockquote", open.units, length));
            }
        }
        self.open.last().map_or(Ok(()), |open| Err(unended(open)))
    }
}

fn unended(open: &Open) -> String {
    format!(
        "Can't find end of {:?} entity at byte offset {}",
        open.mark, open.source
    )
}

#[cfg(test)]
mod tests {
    use super::super::entity::told;
    use super::markdown;

    fn check(source: &str, text: &str, entities: &[&str]) {
        let (found, list) = markdown(source).unwrap_or_else(|why| panic!("{source}: {why}"));
        assert_eq!(found, text, "{source}");
        assert_eq!(told(&list), entities, "{source}");
    }

    fn refused(source: &str, why: &str) {
        assert_eq!(markdown(source).unwrap_err(), why, "{source}");
    }

    #[test]
    fn every_reserved_character_must_be_escaped() {
        for char in "]()>#+-=|{}.!".chars() {
            refused(
                &format!("a{char}"),
                &format!(
                    "Character '{char}' is reserved and must be escaped with the preceding '\\'"
                ),
            );
        }
        for char in "_*[]()~`>#+-=|{}.!\\".chars() {
            check(&format!("a\\{char}"), &format!("a{char}"), &[]);
        }
        check(
            "a, b: c; d? e' f\" g/ h& i< j@",
            "a, b: c; d? e' f\" g/ h& i< j@",
            &[],
        );
    }

    #[test]
    fn marks_become_entities_in_utf16_units() {
        check("𝄞*𝄞é*", "𝄞𝄞é", &["bold 2+3"]);
        check(
            "_a_ __b__ ~c~ ||d||",
            "a b c d",
            &[
                "italic 0+1",
                "underline 2+1",
                "strikethrough 4+1",
                "spoiler 6+1",
            ],
        );
        check("*a _b_*", "a b", &["bold 0+3", "italic 2+1"]);
        check("_a __b___", "a b", &["italic 0+3", "underline 2+1"]);
        check("**x", "x", &[]);
        check("`a*b_c`", "a*b_c", &["code 0+5"]);
        check("```\nx\n```", "x\n", &["pre 0+2"]);
        check(
            "```rust\nlet x = 1;```",
            "let x = 1;",
            &["pre 0+10 language=rust"],
        );
        check(
            "[a](b\\.example/c)",
            "a",
            &["text_link 0+1 url=http://b.example/c"],
        );
        check("[a](x) b", "a b", &[]);
        check(
            "![👍](tg://emoji?id=9)",
            "👍",
            &["custom_emoji 0+2 custom_emoji_id=9"],
        );
    }

    #[test]
    fn quotes_are_lines() {
        check(">a\n>b\nc", "a\nb\nc", &["blockquote 0+4"]);
        check("a\n>b", "a\nb", &["blockquote 2+1"]);
        check(">a\n**>b", "a\nb", &["blockquote 0+2", "blockquote 2+1"]);
        check(">a||\nb", "a\nb", &["expandable_blockquote 0+2"]);
        check(">*a*\n", "a\n", &["blockquote 0+2", "bold 0+1"]);
        refused(">*a\nb*", "Can't find end of Bold entity at byte offset 1");
    }

    #[test]
    fn what_is_not_ended_is_refused_in_the_words_of_the_vendor() {
        refused("é_a", "Can't find end of Italic entity at byte offset 2");
        refused(
            "_a__",
            "Can't find end of Underline entity at byte offset 2",
        );
        refused(
            "__a _b___",
            "Can't find end of Italic entity at byte offset 8",
        );
        refused("`a", "Can't find end of Code entity at byte offset 0");
        refused("```", "Can't find end of Pre entity at byte offset 0");
        refused(
            "```a b",
            "Can't find end of PreCode entity at byte offset 0",
        );
        refused(
            "||a|",
            "Character '|' is reserved and must be escaped with the preceding '\\'",
        );
        refused("[a](b", "Can't find end of a URL at byte offset 4");
        refused("![a]", "Custom emoji entity must contain a tg://emoji URL");
        refused("![a](x://y)", "Custom emoji URL must have scheme tg");
    }
}
