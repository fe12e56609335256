//! Text that others wrote.

/// Without control characters: what an agent or a log says must not steer the terminal.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\n' | '\t') || !steers(*c))
        .collect()
}

/// Control characters, and those that turn the direction of writing around.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// The beginning of a text on one line, at most so many characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    let mut line = String::new();
    for (at, word) in text.split_whitespace().enumerate() {
        if at > 0 {
            line.push(' ');
        }
        line.push_str(word);
        if line.len() > most * 4 {
            break;
        }
    }
    cut(&clean(&line), most)
}

/// Characters of the id of a device or a node that are shown: enough to name it.
pub(crate) const ID_SHOWN: usize = 12;

/// The beginning of an id. A name that was paired without a device chose its own.
pub(crate) fn beginning(id: &str, chars: usize) -> String {
    one_line(&id.chars().take(chars).collect::<String>(), chars)
}

/// The beginning of a line, at most so many characters.
pub(super) fn cut(line: &str, most: usize) -> String {
    if line.chars().count() <= most {
        return line.to_owned();
    }
    line.chars()
        .take(most.saturating_sub(1))
        .chain(['…'])
        .collect()
}

/// On one line, with everything that would steer the terminal written out.
pub(super) fn written_out(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\r' => line.extend(c.escape_default()),
            c if steers(c) => line.extend(c.escape_unicode()),
            c => line.push(c),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(
            clean("a\x1b[2Jb\r\u{7}\u{9b}1mc\n\td\u{202e}"),
            "a[2Jb1mc\n\td"
        );
    }

    #[test]
    fn one_line_has_no_breaks_and_a_bound() {
        assert_eq!(one_line("  a\n\n b\tc ", 10), "a b c");
        assert_eq!(one_line("äöüäöü", 4), "äöü…");
        assert_eq!(one_line("", 4), "");
    }
}
