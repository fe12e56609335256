//! What a model asks `exec` for, and what would run by it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use tidegate_exec::{Request, Stdin};

/// The shell that reads a command line. What it is given is judged as what it is: code, which a
/// person allows each time.
const SHELL: &str = "/bin/sh";

/// Time for a program in the foreground if nothing else is said.
const FOREGROUND: Duration = Duration::from_mins(2);
/// The longest time for one in the foreground: the conversation waits for it.
const FOREGROUND_MAX: Duration = Duration::from_mins(20);
/// Time for a program in the background if nothing else is said.
const BACKGROUND: Duration = Duration::from_hours(4);

/// The arguments of `exec`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Asked {
    command: Command,
    pub(super) cwd: Option<String>,
    #[serde(default)]
    pub(super) env: BTreeMap<String, String>,
    pub(super) timeout_ms: Option<u64>,
    #[serde(default)]
    pub(super) background: bool,
    input: Option<String>,
    #[serde(default)]
    interactive: bool,
    #[serde(default)]
    pub(super) host: Host,
    pub(super) node: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Command {
    Argv(Vec<String>),
    Line(String),
}

/// Where it runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Host {
    /// On the gateway's machine.
    #[default]
    Gateway,
    /// On a node.
    Node,
}

impl Asked {
    /// The program and its arguments.
    pub(super) fn argv(&self) -> Vec<String> {
        match &self.command {
            Command::Argv(argv) => argv.clone(),
            Command::Line(line) => vec![SHELL.to_owned(), "-c".to_owned(), line.clone()],
        }
    }

    /// What it reads.
    pub(super) fn stdin(&self) -> Stdin {
        match &self.input {
            Some(text) => Stdin::Bytes(text.clone().into_bytes()),
            None if self.interactive => Stdin::Open,
            None => Stdin::None,
        }
    }

    /// How long it may take.
    pub(super) fn deadline(&self) -> Duration {
        let asked = self
            .timeout_ms
            .filter(|ms| *ms > 0)
            .map(Duration::from_millis);
        if self.background {
            asked.unwrap_or(BACKGROUND)
        } else {
            asked.unwrap_or(FOREGROUND).min(FOREGROUND_MAX)
        }
    }

    /// What is to be looked at, on the gateway's machine.
    pub(super) fn request(&self, home: Option<&Path>) -> Request {
        let cwd = match (self.cwd.as_deref(), home) {
            (Some(cwd), Some(home)) => Some(home.join(cwd).to_string_lossy().into_owned()),
            (Some(cwd), None) => Some(cwd.to_owned()),
            (None, home) => home.map(|home| home.to_string_lossy().into_owned()),
        };
        Request {
            argv: self.argv(),
            cwd,
            environment: self.env.clone(),
            input: self.stdin().input(),
        }
    }

    /// What is wrong with it as a whole.
    pub(super) fn flaw(&self) -> Option<&'static str> {
        match (self.host, &self.node) {
            (Host::Gateway, Some(_)) => Some("`node` needs `host`: \"node\""),
            (Host::Node, None) => Some("`host`: \"node\" needs `node`"),
            (Host::Node, Some(_))
                if self.background || self.interactive || self.input.is_some() =>
            {
                Some("on a node nothing runs in the background, and nothing is given to read")
            }
            _ if self.interactive && !self.background => {
                Some("`interactive` needs `background`: nobody could type otherwise")
            }
            _ if self.interactive && self.input.is_some() => {
                Some("either `input` or `interactive`")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn asked(value: Value) -> Asked {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_line_is_code_for_a_shell_and_a_list_is_not() {
        let line = asked(json!({ "command": "date; id" }));
        assert_eq!(line.argv(), ["/bin/sh", "-c", "date; id"]);
        let list = asked(json!({ "command": ["date", "; id"] }));
        assert_eq!(list.argv(), ["date", "; id"]);
    }

    #[test]
    fn it_begins_in_the_agents_folder() {
        let home = Path::new("/home/agent");
        let cwd = |value: Value| asked(value).request(Some(home)).cwd;
        assert_eq!(cwd(json!({ "command": ["ls"] })).unwrap(), "/home/agent");
        let inside = json!({ "command": ["ls"], "cwd": "notes" });
        assert_eq!(cwd(inside).unwrap(), "/home/agent/notes");
        let elsewhere = json!({ "command": ["ls"], "cwd": "/tmp" });
        assert_eq!(cwd(elsewhere).unwrap(), "/tmp");
        assert_eq!(asked(json!({ "command": ["ls"] })).request(None).cwd, None);
    }

    #[test]
    fn wishes_that_do_not_go_together() {
        for value in [
            json!({ "command": ["ls"], "node": "n" }),
            json!({ "command": ["ls"], "host": "node" }),
            json!({ "command": ["ls"], "host": "node", "node": "n", "background": true }),
            json!({ "command": ["cat"], "interactive": true }),
            json!({ "command": ["cat"], "interactive": true, "background": true, "input": "x" }),
        ] {
            assert!(asked(value.clone()).flaw().is_some(), "{value}");
        }
        let fine = json!({ "command": ["cat"], "interactive": true, "background": true });
        assert_eq!(asked(fine).flaw(), None);
    }

    #[test]
    fn time_is_bounded() {
        let deadline = |value: Value| asked(value).deadline();
        assert_eq!(deadline(json!({ "command": ["a"] })), FOREGROUND);
        let ever = json!({ "command": ["a"], "timeoutMs": u64::MAX });
        assert_eq!(deadline(ever), FOREGROUND_MAX);
        assert_eq!(
            deadline(json!({ "command": ["a"], "background": true })),
            BACKGROUND
        );
    }
}
