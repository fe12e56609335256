//! What a command said, and whether that was expected.

use super::cases::Expect;

/// How a command ended.
pub(super) struct Said {
    /// None if the time limit ended it.
    pub(super) code: Option<i32>,
    /// Standard output, then standard error, as a terminal would show them.
    pub(super) text: String,
}

/// One row of the table.
pub(super) struct Row {
    pub(super) command: String,
    pub(super) code: String,
    /// The line that decides, else the first one.
    pub(super) line: String,
    pub(super) verdict: &'static str,
    pub(super) good: bool,
}

/// Letters of a line in the table.
const LINE_CHARS: usize = 90;

pub(super) fn judge(command: String, expect: Expect, said: &Said) -> Row {
    let (Expect::Works(text) | Expect::Refused(text) | Expect::Alone(text)) = expect;
    let found = said.text.lines().find(|line| line.contains(text));
    let first = said.text.lines().find(|line| !line.trim().is_empty());
    // A command that shows a screen is ended by us; some say what failed and still exit 0.
    let ended_well = matches!(said.code, Some(0) | None) || !matches!(expect, Expect::Works(_));
    let good = found.is_some() && ended_well;
    let verdict = match expect {
        _ if !good => "**differs**",
        Expect::Works(_) => "works",
        Expect::Refused(_) => "refused, as expected",
        Expect::Alone(_) => "does not ask the gateway",
    };
    Row {
        command,
        code: said
            .code
            .map_or_else(|| "ended by us".to_owned(), |code| code.to_string()),
        line: part(found.or(first).unwrap_or_default().trim(), text),
        verdict,
        good,
    }
}

/// As much of a line as fits: its beginning, unless what decides stands behind that.
fn part(line: &str, decides: &str) -> String {
    let behind = line.split_once(decides).map(|(before, _)| before);
    let before = behind.filter(|before| before.chars().count() + decides.len() > LINE_CHARS);
    let (mark, rest) = match before.and_then(|before| line.strip_prefix(before)) {
        Some(rest) => ("… ", rest),
        None => ("", line),
    };
    mark.chars().chain(rest.chars()).take(LINE_CHARS).collect()
}

/// Without escape sequences and other control characters.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\n' => plain.push('\n'),
            c if c.is_control() => {}
            c => plain.push(c),
        }
    }
    plain
}

fn skip_escape(chars: &mut std::str::Chars<'_>) {
    match chars.next() {
        Some('[') => _ = chars.find(char::is_ascii_alphabetic),
        Some(']') => _ = chars.find(|c| *c == '\u{7}'),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: i32, text: &str) -> Said {
        Said {
            code: Some(code),
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_deciding_line_is_shown_and_a_wrong_end_differs() {
        let row = judge(
            "x".to_owned(),
            Expect::Works("OK"),
            &said(0, "\nGateway\nOK (3ms)\n"),
        );
        assert_eq!(
            (&*row.line, row.verdict, row.good),
            ("OK (3ms)", "works", true)
        );
        let row = judge("x".to_owned(), Expect::Works("OK"), &said(1, "OK\n"));
        assert_eq!((row.verdict, row.good), ("**differs**", false));
        let row = judge(
            "x".to_owned(),
            Expect::Refused("unknown"),
            &said(1, "Error: unknown method: y"),
        );
        assert_eq!((row.verdict, row.good), ("refused, as expected", true));
        let row = judge(
            "x".to_owned(),
            Expect::Refused("unknown"),
            &said(0, "all fine"),
        );
        assert_eq!((&*row.line, row.good), ("all fine", false));
    }

    #[test]
    fn what_decides_is_shown_wherever_it_stands() {
        let long = format!("{} OK and more", "x".repeat(200));
        let row = judge("x".to_owned(), Expect::Works("OK"), &said(0, &long));
        assert_eq!(row.line, "… OK and more");
        let row = judge("x".to_owned(), Expect::Works("none"), &said(0, &long));
        assert_eq!(row.line, "x".repeat(LINE_CHARS));
    }

    #[test]
    fn a_screen_becomes_text() {
        assert_eq!(
            plain("\u{1b}[2K\u{1b}]0;title\u{7}one\r\n\u{1b}[1mtwo\u{1b}[0m"),
            "one\ntwo"
        );
    }
}
