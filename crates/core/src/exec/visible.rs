//! Text as it really is. Whoever approves must see what a terminal would hide: controls, marks that
//! turn the direction of writing, characters without width, blanks that are none (SECURITY T49).

use crate::text::is_invisible;

/// A text in which nothing hides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible {
    /// The text, each hidden character as `\n`, `\t`, `\r` or `\u{202e}`, a backslash doubled.
    pub text: String,
    /// How many characters the text has that was made visible.
    pub chars: usize,
    /// How many of them had to be made visible.
    pub hidden: usize,
}

/// Makes a text visible. Different texts give different results; nothing is cut.
pub fn visible(text: &str) -> Visible {
    let mut shown = Visible {
        text: String::with_capacity(text.len()),
        chars: 0,
        hidden: 0,
    };
    for c in text.chars() {
        shown.chars += 1;
        match c {
            '\\' => shown.text.push_str("\\\\"),
            '\n' | '\r' | '\t' => {
                shown.hidden += 1;
                shown.text.extend(c.escape_default());
            }
            c if is_invisible(c) || is_odd_blank(c) => {
                shown.hidden += 1;
                shown.text.extend(c.escape_unicode());
            }
            c => shown.text.push(c),
        }
    }
    shown
}

/// One argument so that its beginning and end are seen: in quotes where it is empty or has blanks,
/// quotes or characters that had to be made visible.
pub fn visible_word(word: &str) -> String {
    let shown = visible(word);
    if shown.hidden == 0 && !word.is_empty() && word.chars().all(is_plain) {
        return shown.text;
    }
    quoted(&shown)
}

/// A text in quotation marks that it cannot close.
pub fn visible_quoted(text: &str) -> String {
    quoted(&visible(text))
}

fn quoted(shown: &Visible) -> String {
    format!("\"{}\"", shown.text.replace('"', "\\\""))
}

/// A blank that is not the plain one.
fn is_odd_blank(c: char) -> bool {
    c.is_whitespace() && c != ' '
}

fn is_plain(c: char) -> bool {
    !matches!(c, ' ' | '"' | '\'' | '\\')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_hides_is_shown() {
        for (raw, text, hidden) in [
            ("ls -l", "ls -l", 0),
            ("a\u{202e}b", "a\\u{202e}b", 1),
            ("a\rb\n\tc", "a\\rb\\n\\tc", 3),
            ("\u{200b}\u{feff}\u{2066}", "\\u{200b}\\u{feff}\\u{2066}", 3),
            ("\u{1b}[31m", "\\u{1b}[31m", 1),
            ("a\u{a0}b\u{3000}c", "a\\u{a0}b\\u{3000}c", 2),
            ("C:\\n", "C:\\\\n", 0),
            ("Grüße 👍", "Grüße 👍", 0),
            ("\u{e0041}", "\\u{e0041}", 1),
        ] {
            let shown = visible(raw);
            assert_eq!((&*shown.text, shown.hidden), (text, hidden), "{raw:?}");
            assert_eq!(shown.chars, raw.chars().count());
        }
    }

    #[test]
    fn words() {
        for (raw, word) in [
            ("ls", "ls"),
            ("", "\"\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\\\"b\""),
            ("a\nb", "\"a\\nb\""),
            ("\\", "\"\\\\\""),
        ] {
            assert_eq!(visible_word(raw), word);
        }
    }

    proptest! {
        #[test]
        fn nothing_hides_and_nothing_is_lost(text in "\\PC{0,8}[\\x00-\\x20\\\\\"\u{202a}-\u{202e}ab]{0,8}", other in "[\\\\nrtu{}\n\r\t\u{b}]{0,6}") {
            for raw in [&text, &other] {
                let shown = visible(raw).text;
                prop_assert!(!shown.chars().any(|c| is_invisible(c) || is_odd_blank(c)));
            }
            prop_assert_eq!(text == other, visible(&text).text == visible(&other).text);
            prop_assert_eq!(text == other, visible_word(&text) == visible_word(&other));
        }
    }
}
