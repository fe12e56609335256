//! Words of messages and of searches. Both stores cut texts in the same way, so a search is never
//! read as a language: nothing but letters, digits and blanks reaches the index.

/// Of a longer search only so many words count; what they find is a superset.
const PHRASES_MAX: usize = 16;
/// Of one word without blanks only so many pieces count.
const PIECES_MAX: usize = 32;
/// A shorter last word must occur as it is: the index has no beginnings of one letter.
const BEGINNING_MIN_CHARS: usize = 2;

/// Beginnings up to this are in the index (`prefix` in the schema).
const BEGINNING_KEPT_CHARS: usize = 3;

/// Marks that are put over or under the letter before them.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Letters of writings that put no blanks between words: each is a word of its own.
const fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The words of a text in lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for c in text.chars() {
        if is_unspaced(c) && c.is_alphanumeric() {
            words.extend(take(&mut word));
            words.push(c.into());
        } else if c.is_alphanumeric() || (is_mark(c) && !word.is_empty()) {
            word.extend(c.to_lowercase());
        } else {
            words.extend(take(&mut word));
        }
    }
    words.extend(take(&mut word));
    words
}

fn take(word: &mut String) -> Option<String> {
    (!word.is_empty()).then(|| std::mem::take(word))
}

/// What somebody searches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search {
    /// The whole text in lower case, for names.
    name: String,
    /// For messages: each must occur, its pieces side by side.
    phrases: Vec<Vec<String>>,
}

impl Search {
    /// Reads what was typed; none if that is nothing.
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let name = typed.trim().to_lowercase();
        let phrases = typed.split_whitespace().map(|word| {
            let mut pieces = words(word);
            pieces.truncate(PIECES_MAX);
            pieces
        });
        let phrases = phrases
            .filter(|pieces| !pieces.is_empty())
            .take(PHRASES_MAX)
            .collect();
        (!name.is_empty()).then_some(Self { name, phrases })
    }

    /// The text that a name must contain.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The search in the language of FTS5; none if no message can match.
    pub(crate) fn fts(&self) -> Option<String> {
        let mut text = String::new();
        for pieces in &self.phrases {
            text.push('"');
            text.push_str(&pieces.join(" "));
            text.push_str("\" ");
        }
        if self.ends_open() {
            text.truncate(text.trim_end().len());
            text.push('*');
        }
        (!text.is_empty()).then_some(text)
    }

    /// Whether the index finds it without going through all words that begin like the last: it
    /// keeps beginnings of two and three letters as words of their own.
    pub(crate) fn is_direct(&self) -> bool {
        let last = self.phrases.last().and_then(|pieces| pieces.last());
        !self.ends_open() || last.is_some_and(|word| word.chars().count() <= BEGINNING_KEPT_CHARS)
    }

    /// Whether a message with these words matches.
    pub(crate) fn matches_words(&self, said: &[String]) -> bool {
        let last = self.phrases.len().saturating_sub(1);
        !self.phrases.is_empty()
            && self.phrases.iter().enumerate().all(|(at, pieces)| {
                let open = at == last && self.ends_open();
                said.windows(pieces.len())
                    .any(|window| begins(window, pieces, open))
            })
    }

    /// Whether the last word may be a beginning.
    fn ends_open(&self) -> bool {
        let last = self.phrases.last().and_then(|pieces| pieces.last());
        last.is_some_and(|word| word.chars().count() >= BEGINNING_MIN_CHARS)
    }
}

/// Whether the words are the pieces; the last may go on if `open`.
fn begins(words: &[String], pieces: &[String], open: bool) -> bool {
    let last = pieces.len().saturating_sub(1);
    words
        .iter()
        .zip(pieces)
        .enumerate()
        .all(|(at, (word, piece))| {
            word == piece || (open && at == last && word.starts_with(piece.as_str()))
        })
}

/// Whether one of a session's names contains the text, which is in lower case.
pub(crate) fn name_contains(name: Option<&str>, text: &str) -> bool {
    name.is_some_and(|name| name.to_lowercase().contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_fall_into_words() {
        assert_eq!(
            words("Hello, wide-world_2!"),
            ["hello", "wide", "world", "2"]
        );
        assert_eq!(words("Tide 潮汐门 x"), ["tide", "潮", "汐", "门", "x"]);
        assert!(words(" .\u{0}\"' ").is_empty());
    }

    #[test]
    fn a_search_becomes_phrases_with_an_open_end() {
        let fts = |typed: &str| Search::parse(typed).unwrap().fts();
        assert_eq!(fts("High tide").unwrap(), "\"high\" \"tide\"*");
        assert_eq!(fts("foo-bar NOT a").unwrap(), "\"foo bar\" \"not\" \"a\" ");
        assert_eq!(fts("\"*^:"), None);
        assert_eq!(Search::parse("  "), None);
    }

    proptest! {
        /// Whatever is typed, only words, blanks, quotes around phrases and one star come out.
        #[test]
        fn no_syntax_gets_through(typed in "\\PC{0,60}|[\"*^:(){}+ A-Za-z-]{0,60}") {
            if let Some(text) = Search::parse(&typed).and_then(|search| search.fts()) {
                let inner = text.trim_end_matches('*');
                prop_assert_eq!(inner.matches('"').count() % 2, 0);
                prop_assert!(inner.chars().all(|c| c.is_alphanumeric() || is_mark(c) || c == '"' || c == ' '), "{}", text);
            }
        }

        /// A message is found by any of its own words.
        #[test]
        fn every_word_finds_its_message(text in "\\PC{1,60}") {
            let said = words(&text);
            for word in &said {
                prop_assert!(Search::parse(word).unwrap().matches_words(&said), "{}", word);
            }
        }
    }
}
