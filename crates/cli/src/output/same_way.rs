//! Commands that people paste: with the flags that lead to the gateway that this one talked to.

use std::fmt::Write as _;
use std::path::Path;

use clap::{Command, CommandFactory};

use crate::args::{Cli, Globals, takes_connection};

/// How every command of ours begins.
const PROGRAM: &str = "tidegate";
/// Stands for a secret that was said on the command line: it is not repeated.
const SECRET_FILE: &str = "FILE";

/// The flags of this command that the next one needs too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SameWay {
    /// `--profile`, for every command.
    profile: String,
    /// The flags of a connection, for those that take them.
    connection: String,
}

impl SameWay {
    /// Without any flag.
    #[cfg(test)]
    pub(crate) const fn plain() -> Self {
        Self {
            profile: String::new(),
            connection: String::new(),
        }
    }

    /// That of a command with these.
    pub(crate) fn of(globals: &Globals) -> Self {
        let file = |path: &Option<std::path::PathBuf>| path.as_deref().map(of_path);
        let fingerprint = globals.tls_fingerprint.map(|pin| pin.to_string());
        let secret = globals.token.as_ref().map(|_| SECRET_FILE.to_owned());
        Self {
            profile: flags([("--profile", globals.profile.clone())]),
            connection: flags([
                ("--url", globals.url.clone()),
                ("--token-file", file(&globals.token_file).or(secret)),
                ("--password-file", file(&globals.password_file)),
                ("--tls-fingerprint", fingerprint),
            ]),
        }
    }

    /// The text, with these flags in each command of ours that it names.
    pub(crate) fn written_into(&self, text: &str) -> String {
        if self.profile.is_empty() && self.connection.is_empty() {
            return text.to_owned();
        }
        let mut grammar = Cli::command();
        grammar.build();
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(PROGRAM) {
            let (before, from) = rest.split_at(at);
            let (command, words) = named(&grammar, from);
            let (words, after) = from.split_at(words);
            out.push_str(before);
            out.push_str(words);
            if words != PROGRAM {
                self.add(command, after, &mut out);
            }
            rest = after;
        }
        out + rest
    }

    /// What a command takes of the flags, unless it has its own.
    fn add(&self, command: &Command, after: &str, out: &mut String) {
        if !after.starts_with(" --profile") {
            out.push_str(&self.profile);
        }
        if takes_connection(command) && !after.starts_with(" --url") {
            out.push_str(&self.connection);
        }
    }
}

fn of_path(path: &Path) -> String {
    path.display().to_string()
}

fn flags<const N: usize>(all: [(&str, Option<String>); N]) -> String {
    let mut text = String::new();
    for (flag, value) in all {
        if let Some(value) = value {
            let _ = write!(text, " {flag} {}", quoted(&value));
        }
    }
    text
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,[]".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The command that a text begins with, and how many bytes its words are.
fn named<'g>(grammar: &'g Command, text: &str) -> (&'g Command, usize) {
    let mut command = grammar;
    let mut end = PROGRAM.len();
    loop {
        let next = text.get(end..).and_then(|rest| rest.strip_prefix(' '));
        let letter = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let word: String = next
            .unwrap_or_default()
            .chars()
            .take_while(letter)
            .collect();
        let Some(found) = command.find_subcommand(&word) else {
            return (command, end);
        };
        command = found;
        end += 1 + word.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globals(line: &[&str]) -> Globals {
        use clap::FromArgMatches;
        let matches = Cli::command().get_matches_from([&["tidegate"], line].concat());
        let cli = Cli::from_arg_matches(&matches).unwrap();
        cli.globals(crate::args::connection(&matches).as_ref())
    }

    #[test]
    fn a_command_gets_the_flags_that_it_takes() {
        let way = SameWay::of(&globals(&[
            "health",
            "--profile",
            "dev",
            "--url",
            "ws://127.0.0.1:5",
            "--token-file",
            "my secret's",
        ]));
        let connection = r" --profile dev --url ws://127.0.0.1:5 --token-file 'my secret'\''s'";
        for (text, wanted) in [
            (
                "tidegate devices list",
                format!("tidegate devices list{connection}"),
            ),
            (
                "see `tidegate logs`, or approvals: tidegate approvals show 7.",
                format!(
                    "see `tidegate logs{connection}`, or approvals: tidegate approvals show{connection} 7."
                ),
            ),
            (
                "start it with `tidegate gateway --port 7`",
                "start it with `tidegate gateway --profile dev --port 7`".to_owned(),
            ),
            (
                "tidegate config validate",
                "tidegate config validate --profile dev".to_owned(),
            ),
            (
                "`tidegate gateway --profile NAME` and tidegate health --url X",
                "`tidegate gateway --profile NAME` and tidegate health --profile dev --url X"
                    .to_owned(),
            ),
        ] {
            assert_eq!(way.written_into(text), wanted);
        }
        for text in [
            "no command",
            "~/.tidegate/tidegate.json",
            "tidegate --version",
            "tidegate",
        ] {
            assert_eq!(way.written_into(text), text);
        }
        let plain = SameWay::of(&globals(&["health", "--timeout", "5"]));
        assert_eq!(plain, SameWay::plain());
    }

    #[test]
    fn what_is_printed_can_be_parsed_and_holds_no_secret() {
        let way = SameWay::of(&globals(&[
            "approvals",
            "list",
            "--url",
            "wss://gate:1",
            "--token",
            "canary-secret",
            "--profile",
            "p",
        ]));
        for text in [
            "tidegate approvals allowlist add -- PROGRAM ARGUMENTS",
            "tidegate agent --message hello",
            "tidegate devices rotate Phone --role node",
            "tidegate gateway call health --help",
        ] {
            let line = way.written_into(text);
            let globals = globals(&line.split(' ').skip(1).collect::<Vec<_>>());
            assert_eq!(globals.profile.as_deref(), Some("p"), "{line}");
            assert_eq!(globals.url.as_deref(), Some("wss://gate:1"), "{line}");
            assert!(!line.contains("canary"), "{line}");
        }
    }
}
