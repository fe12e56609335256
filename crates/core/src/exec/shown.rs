//! A subject for the eyes of whoever approves it: everything that counts, nothing cut.

use super::risky::risk;
use super::subject::{Directory, Input, Place, Subject};
use super::visible::{visible, visible_word};

/// From how many characters on an argument's length is told.
const LONG_ARGUMENT_CHARS: usize = 200;

/// One line of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is about, a word or two: `command`, `program`, `in`.
    pub label: &'static str,
    /// The value. Nothing in it hides, and it has no line break.
    pub text: String,
}

/// Everything that an approval covers, in the order in which a person wants it. A surface that
/// cannot show all lines whole must not offer to approve.
pub fn describe(subject: &Subject) -> Vec<Line> {
    let mut lines = vec![line("command", command(&subject.argv))];
    lines.extend(lengths(&subject.argv));
    lines.push(line(
        "program",
        file(&subject.executable.path, &subject.executable.sha256),
    ));
    if let Some(interpreter) = &subject.interpreter {
        let file = file(&interpreter.file.path, &interpreter.file.sha256);
        let argument = interpreter
            .argument
            .as_deref()
            .map(visible_word)
            .unwrap_or_default();
        lines.push(line(
            "read by",
            format!("{file} {argument}").trim_end().to_owned(),
        ));
    }
    for pin in &subject.arguments {
        let what = if pin.code { "script" } else { "with" };
        lines.push(line(what, file(&pin.file.path, &pin.file.sha256)));
    }
    lines.push(line("in", directory(&subject.cwd)));
    for (name, value) in &subject.environment {
        lines.push(line(
            "with variable",
            format!("{name}={}", visible_word(value)),
        ));
    }
    lines.extend(input(&subject.input));
    lines.push(line("on", place(&subject.place)));
    lines.push(line("as user", subject.user.to_string()));
    if let Some(risk) = risk(subject) {
        lines.push(line("asked every time", risk.to_string()));
    }
    lines
}

fn line(label: &'static str, text: String) -> Line {
    Line { label, text }
}

fn command(argv: &[String]) -> String {
    argv.iter()
        .map(|word| visible_word(word))
        .collect::<Vec<_>>()
        .join(" ")
}

fn lengths(argv: &[String]) -> impl Iterator<Item = Line> {
    argv.iter().enumerate().filter_map(|(index, argument)| {
        let shown = visible(argument);
        let hidden = match shown.hidden {
            0 if shown.chars < LONG_ARGUMENT_CHARS => return None,
            0 => String::new(),
            count => format!(", {count} of them not visible by themselves"),
        };
        Some(line(
            "length",
            format!("argument {index}: {} characters{hidden}", shown.chars),
        ))
    })
}

fn file(path: &str, hash: &super::ContentHash) -> String {
    format!("{} (SHA-256 {hash})", visible_word(path))
}

fn directory(cwd: &Directory) -> String {
    format!(
        "{} (inode {} of device {})",
        visible_word(&cwd.path),
        cwd.inode,
        cwd.device
    )
}

fn input(input: &Input) -> Option<Line> {
    match input {
        Input::None => None,
        Input::Bytes(hash) => Some(line("input", format!("fixed (SHA-256 {hash})"))),
        Input::Open => Some(line(
            "input",
            "open: more can be typed into it later".to_owned(),
        )),
    }
}

fn place(place: &Place) -> String {
    match place {
        Place::Gateway => "the gateway's machine".to_owned(),
        Place::Node(id) => format!("node {}", visible_word(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exec::sample::subject;

    fn text(subject: &Subject) -> String {
        let lines = describe(subject).into_iter();
        let lines: Vec<String> = lines
            .map(|line| format!("{}: {}", line.label, line.text))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn a_plain_command() {
        let hash = "07".repeat(32);
        assert_eq!(
            text(&subject("ls -l")),
            format!(
                "command: ls -l\nprogram: /usr/bin/ls (SHA-256 {hash})\n\
                 in: /tmp (inode 2 of device 1)\non: the gateway's machine\nas user: 1000"
            )
        );
    }

    #[test]
    fn a_long_argument_is_whole_and_its_length_is_told() {
        let mut long = subject("echo");
        long.argv
            .push(format!("{};\u{202e}id", "a".repeat(100_000)));
        let text = text(&long);
        assert!(text.contains("a;\\u{202e}id\""));
        assert!(
            text.contains("argument 1: 100004 characters, 1 of them not visible by themselves")
        );
    }

    #[test]
    fn no_line_has_a_break_and_every_field_is_there() {
        let mut all = subject("./x");
        all.cwd.path = "/tmp/a\nb".into();
        all.environment.insert("FOO".into(), "b c".into());
        all.input = Input::Open;
        all.place = Place::Node("n\u{200b}".into());
        let text = text(&all);
        assert_eq!(text.lines().count(), describe(&all).len());
        for part in [
            "\"/tmp/a\\nb\"",
            "FOO=\"b c\"",
            "open:",
            "\"n\\u{200b}\"",
            "asked every time",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}
