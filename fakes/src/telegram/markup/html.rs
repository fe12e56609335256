//! The HTML dialect: a few tags, properly nested, four named entities and numeric ones.

use serde_json::json;

use super::character::character;
use super::entity::{Entity, sort};
use super::link::{check_custom_emoji, link};
use super::written::{Reader, Written, is_space};

const TAGS: &[&str] = &[
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "tg-emoji",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// Parses HTML.
///
/// # Errors
/// The vendor's sentence, without "can't parse entities".
pub(super) fn html(source: &str) -> Result<(String, Vec<Entity>), String> {
    let mut parser = Parser {
        reader: Reader::new(source),
        written: Written::default(),
        open: Vec::new(),
        closed: Vec::new(),
    };
    parser.run()?;
    if let Some(open) = parser.open.last() {
        let tag = &open.tag;
        return Err(format!(
            "Can't find end tag corresponding to start tag \"{tag}\""
        ));
    }
    let mut entities = parser.closed;
    for entity in &mut entities {
        // A language counts only where pre and code met.
        if entity.kind == "code" {
            entity.more.clear();
        }
    }
    sort(&mut entities);
    Ok((parser.written.text, entities))
}

struct Parser<'a> {
    reader: Reader<'a>,
    written: Written,
    open: Vec<Open>,
    closed: Vec<Entity>,
}

struct Open {
    tag: String,
    argument: String,
    units: usize,
    bytes: usize,
}

impl Parser<'_> {
    fn run(&mut self) -> Result<(), String> {
        while !self.reader.is_at_end() {
            match (self.reader.byte(), self.reader.ahead(1)) {
                (b'<', b'/') => self.close()?,
                (b'<', _) => self.start()?,
                _ => {
                    if let Some(char) = character(&mut self.reader)? {
                        self.written.push(char);
                    }
                }
            }
        }
        Ok(())
    }

    fn start(&mut self) -> Result<(), String> {
        let begin = self.reader.at;
        self.reader.at += 1;
        self.reader
            .skip_while(|byte| !is_space(byte) && byte != b'>');
        if self.reader.is_at_end() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        let tag = self.reader.since(begin + 1).to_ascii_lowercase();
        if !TAGS.contains(&tag.as_str()) {
            return Err(format!(
                "Unsupported start tag \"{tag}\" at byte offset {begin}"
            ));
        }
        let mut argument = String::new();
        loop {
            self.reader.skip_spaces();
            if self.reader.byte() == b'>' {
                self.reader.at += 1;
                break;
            }
            let (name, value) = self.attribute(&tag, begin)?;
            argument = match (tag.as_str(), name.as_str()) {
                ("a", "href") | ("tg-emoji", "emoji-id") => value,
                ("code", "class") => value
                    .strip_prefix("language-")
                    .map_or(argument, str::to_owned),
                ("span", "class") => value.strip_prefix("tg-").map_or(argument, str::to_owned),
                ("blockquote", "expandable") => "expandable".to_owned(),
                _ => argument,
            };
        }
        if tag == "span" && argument != "spoiler" {
            return Err(format!(
                "Tag \"span\" must have class \"tg-spoiler\" at byte offset {begin}"
            ));
        }
        self.open.push(Open {
            tag,
            argument,
            units: self.written.units,
            bytes: self.written.text.len(),
        });
        Ok(())
    }

    /// One attribute; it may have no value.
    fn attribute(&mut self, tag: &str, begin: usize) -> Result<(String, String), String> {
        let unclosed = || format!("Unclosed start tag \"{tag}\" at byte offset {begin}");
        let name_begin = self.reader.at;
        self.reader
            .skip_while(|byte| !is_space(byte) && byte != b'=' && byte != b'>');
        let name = self.reader.since(name_begin).to_owned();
        if self.reader.is_at_end() {
            return Err(unclosed());
        }
        if name.is_empty() {
            return Err(format!(
                "Empty attribute name in the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        self.reader.skip_spaces();
        if self.reader.byte() != b'=' {
            return Ok((name, String::new()));
        }
        self.reader.at += 1;
        self.reader.skip_spaces();
        let value = match self.reader.byte() {
            _ if self.reader.is_at_end() => return Err(unclosed()),
            quote @ (b'"' | b'\'') => self.quoted(quote, begin)?,
            _ => self.token()?,
        };
        if self.reader.is_at_end() {
            return Err(format!("Unclosed start tag at byte offset {begin}"));
        }
        Ok((name, value))
    }

    fn quoted(&mut self, quote: u8, begin: usize) -> Result<String, String> {
        self.reader.at += 1;
        let mut value = String::new();
        while self.reader.byte() != quote {
            match character(&mut self.reader)? {
                Some(char) => value.push(char),
                None => return Err(format!("Unclosed start tag at byte offset {begin}")),
            }
        }
        self.reader.at += 1;
        Ok(value)
    }

    fn token(&mut self) -> Result<String, String> {
        let begin = self.reader.at;
        self.reader
            .skip_while(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-');
        let next = self.reader.byte();
        if !self.reader.is_at_end() && (is_space(next) || next == b'>') {
            return Ok(self.reader.since(begin).to_ascii_lowercase());
        }
        Err(format!(
            "Unexpected end of name token at byte offset {begin}"
        ))
    }

    fn close(&mut self) -> Result<(), String> {
        let begin = self.reader.at;
        let Some(open) = self.open.pop() else {
            return Err(format!("Unexpected end tag at byte offset {begin}"));
        };
        self.reader.at += 2;
        self.reader
            .skip_while(|byte| !is_space(byte) && byte != b'>');
        let found = self.reader.since(begin + 2).to_ascii_lowercase();
        self.reader.skip_spaces();
        if self.reader.byte() != b'>' {
            return Err(format!("Unclosed end tag at byte offset {begin}"));
        }
        self.reader.at += 1;
        let expected = &open.tag;
        if !found.is_empty() && found != *expected {
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{expected}>\", found \"</{found}>\""
            ));
        }
        if self.written.units > open.units {
            self.finish(&open)?;
        }
        Ok(())
    }

    fn finish(&mut self, open: &Open) -> Result<(), String> {
        let (offset, length) = (open.units, self.written.units - open.units);
        let entity = match open.tag.as_str() {
            "b" | "strong" => Entity::new("bold", offset, length),
            "i" | "em" => Entity::new("italic", offset, length),
            "s" | "strike" | "del" => Entity::new("strikethrough", offset, length),
            "u" | "ins" => Entity::new("underline", offset, length),
            "tg-spoiler" | "span" => Entity::new("spoiler", offset, length),
            "blockquote" if open.argument.is_empty() => Entity::new("blockquote", offset, length),
            "blockquote" => Entity::new("expandable_blockquote", offset, length),
            "tg-emoji" => {
                let id = check_custom_emoji(&open.argument)?;
                Entity::new("custom_emoji", offset, length).with("custom_emoji_id", json!(id))
            }
            "a" => {
                let inside = self.written.text.get(open.bytes..).unwrap_or_default();
                let target = if open.argument.is_empty() {
                    inside
                } else {
                    &open.argument
                };
                match link(target, offset, length) {
                    Some(link) => link,
                    None => return Ok(()),
                }
            }
            tag => {
                self.finish_code(tag, open, offset, length);
                return Ok(());
            }
        };
        self.closed.push(entity);
        Ok(())
    }

    /// `pre` around `code` of the same stretch, or the other way round, is one block in a language.
    fn finish_code(&mut self, tag: &str, open: &Open, offset: usize, length: usize) {
        let inner = self
            .closed
            .last_mut()
            .filter(|inner| (inner.offset, inner.length) == (offset, length));
        match (tag, inner) {
            ("pre", Some(inner)) if inner.kind == "code" && !inner.more.is_empty() => {
                "pre".clone_into(&mut inner.kind);
            }
            ("code", Some(inner)) if inner.kind == "pre" && !open.argument.is_empty() => {
                inner
                    .more
                    .insert("language".to_owned(), json!(open.argument));
            }
            _ => {
                let mut entity = Entity::new(tag, offset, length);
                if !open.argument.is_empty() {
                    entity = entity.with("language", json!(open.argument));
                }
                self.closed.push(entity);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::entity::told;
    use super::html;

    fn check(source: &str, text: &str, entities: &[&str]) {
        let (found, list) = html(source).unwrap_or_else(|why| panic!("{source}: {why}"));
        assert_eq!(found, text, "{source}");
        assert_eq!(told(&list), entities, "{source}");
    }

    fn refused(source: &str, why: &str) {
        assert_eq!(html(source).unwrap_err(), why, "{source}");
    }

    #[test]
    fn tags_become_entities_in_utf16_units() {
        check("𝄞<b>𝄞é</b>!", "𝄞𝄞é!", &["bold 2+3"]);
        check(
            "<strong>a</strong><em>b</em>",
            "ab",
            &["bold 0+1", "italic 1+1"],
        );
        check(
            "<ins>a</ins><del>b</del>",
            "ab",
            &["underline 0+1", "strikethrough 1+1"],
        );
        check("<span class=\"tg-spoiler\">x</span>", "x", &["spoiler 0+1"]);
        check("<tg-spoiler>x</>", "x", &["spoiler 0+1"]);
        check("<i>a<b>b</b></i>", "ab", &["italic 0+2", "bold 1+1"]);
        check("<b><i>x</i></b>", "x", &["bold 0+1", "italic 0+1"]);
        check("<B  any = 'thing'  more>x</b  >", "x", &["bold 0+1"]);
        check("<b></b>x", "x", &[]);
        check(
            "<blockquote expandable>x</blockquote>",
            "x",
            &["expandable_blockquote 0+1"],
        );
        check(
            "<blockquote cite=''>x</blockquote>",
            "x",
            &["blockquote 0+1"],
        );
        check(
            "<tg-emoji emoji-id=\"77\">👍</tg-emoji>",
            "👍",
            &["custom_emoji 0+2 custom_emoji_id=77"],
        );
    }

    #[test]
    fn code_and_pre_of_one_stretch_are_one_block() {
        let block = &["pre 0+1 language=rust"];
        check(
            "<pre><code class=\"language-rust\">x</code></pre>",
            "x",
            block,
        );
        check(
            "<code class=\"language-rust\"><pre>x</pre></code>",
            "x",
            block,
        );
        check("<pre><code>x</code></pre>", "x", &["pre 0+1", "code 0+1"]);
        check("<code class=\"language-rust\">x</code>", "x", &["code 0+1"]);
        check(
            "<pre> <code class=\"language-rust\">x</code></pre>",
            " x",
            &["pre 0+2", "code 1+1"],
        );
    }

    #[test]
    fn links_need_a_target_that_makes_sense() {
        let to = |url| vec![format!("text_link 0+1 url={url}")];
        let check = |source, url| {
            let (_, list) = html(source).unwrap();
            assert_eq!(told(&list), to(url), "{source}");
        };
        check(
            "<a href=\"https://a.example/b?c=1&amp;d\">x</a>",
            "https://a.example/b?c=1&d",
        );
        check("<a href=a.example>x</a>", "http://a.example/");
        check("<a href='a.example?q'>x</a>", "http://a.example/?q");
        assert_eq!(html("<a href=\"nowhere\">x</a>").unwrap().1, []);
        assert_eq!(html("<a>words only</a>").unwrap().1, []);
        let (_, list) = html("<a href=\"tg://user?id=55\">x</a>").unwrap();
        assert_eq!(list[0].kind, "text_mention");
        assert_eq!(list[0].more["user"]["id"], 55);
    }

    #[test]
    fn entities_of_characters_are_decoded_and_others_kept() {
        check("&lt;&gt;&amp;&quot;&#33;&#x1d11e;", "<>&\"!𝄞", &[]);
        check("&lt&copy;&nbsp;& &;", "<&copy;&nbsp;& &;", &[]);
        check("a > b", "a > b", &[]);
        check("&#99999999;", "&#99999999;", &[]);
        refused(
            "&#xD800;",
            "Text contains invalid Unicode characters after decoding HTML entities, check for \
             unmatched surrogate code units",
        );
    }

    #[test]
    fn what_is_not_allowed_is_refused_in_the_words_of_the_vendor() {
        refused("é<p>x</p>", "Unsupported start tag \"p\" at byte offset 2");
        refused("a < b", "Unsupported start tag \"\" at byte offset 2");
        refused("<br/>", "Unsupported start tag \"br/\" at byte offset 0");
        refused("<b", "Unclosed start tag at byte offset 0");
        refused("<b x = ", "Unclosed start tag \"b\" at byte offset 0");
        refused("<b x=\"y", "Unclosed start tag at byte offset 0");
        refused(
            "<b =x>",
            "Empty attribute name in the tag \"b\" at byte offset 0",
        );
        refused("<b x=y!>", "Unexpected end of name token at byte offset 5");
        refused(
            "<b>x",
            "Can't find end tag corresponding to start tag \"b\"",
        );
        refused("x</b>", "Unexpected end tag at byte offset 1");
        refused("<b>x</b", "Unclosed end tag at byte offset 4");
        refused(
            "<b><i>x</b></i>",
            "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"",
        );
        refused(
            "<span>x</span>",
            "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0",
        );
        refused(
            "<tg-emoji emoji-id=\"0\">👍</tg-emoji>",
            "Invalid custom emoji identifier specified",
        );
    }
}
