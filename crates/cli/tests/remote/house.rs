//! A home on one of the hosts, and the binary in it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_testkit::in_time;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::cable::Host;

/// Wrong configuration.
pub(crate) const CONFIG: Option<i32> = Some(78);
/// Not let in, or whoever is there is not to be trusted.
pub(crate) const DENIED: Option<i32> = Some(77);
/// Nobody there, or nobody of ours.
pub(crate) const UNREACHABLE: Option<i32> = Some(69);

/// A home directory on a host.
pub(crate) struct House<'h> {
    host: &'h Host,
    dir: TempDir,
}

/// A command that ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// It was done; the answer.
    pub(crate) fn json(&self) -> Value {
        self.done();
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// It was done.
    pub(crate) fn done(&self) {
        assert_eq!(self.code, Some(0), "{self:?}");
    }

    /// It failed so, and said all of this.
    pub(crate) fn failed(&self, code: Option<i32>, words: &[&str]) {
        assert_eq!(self.code, code, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "`{word}` is missing: {self:?}");
        }
    }
}

async fn ran(mut command: Command) -> Ran {
    let output = in_time("the end of the command", command.output());
    let output = output.await.unwrap().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl<'h> House<'h> {
    pub(crate) fn on(host: &'h Host) -> Self {
        let dir = TempDir::with_prefix("tidegate-test-").unwrap();
        let house = Self { host, dir };
        std::fs::create_dir(house.state()).unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(house.state(), private).unwrap();
        house
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// The owner's secret.
    pub(crate) fn token(&self) -> String {
        let token = std::fs::read_to_string(self.state().join("gateway.token"));
        token.unwrap().trim().to_owned()
    }

    fn command(&self, args: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_tidegate"), args)
    }

    fn program(&self, program: &str, args: &[&str]) -> Command {
        let mut command = self.host.command(program);
        command
            .args(args)
            .env("HOME", self.dir.path())
            .env("TIDEGATE_STATE_DIR", self.state())
            .current_dir(self.dir.path());
        command
    }

    /// Runs the binary to its end.
    pub(crate) async fn run(&self, args: &[&str]) -> Ran {
        ran(self.command(args)).await
    }

    /// Runs the binary at a terminal where somebody types this; both outputs are one there.
    pub(crate) async fn run_at_terminal(&self, args: &[&str], typed: &str) -> Ran {
        let words = [&[env!("CARGO_BIN_EXE_tidegate")], args].concat().join(" ");
        let keys = self.path().join("typed");
        std::fs::write(&keys, typed).unwrap();
        let mut command = self.program("script", &["-qec", &words, "/dev/null"]);
        command.stdin(std::fs::File::open(keys).unwrap());
        let ran = ran(command).await;
        Ran {
            stderr: ran.stdout.clone(),
            ..ran
        }
    }

    /// Starts the binary, which goes on until something ends it.
    pub(crate) fn start(&self, args: &[&str]) -> Running {
        let mut child = self.command(args).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines();
        Running {
            child,
            out,
            said: Vec::new(),
        }
    }

    /// Writes the configuration of a node that needs no browser.
    pub(crate) fn furnish_node(&self, name: &str) {
        let config = json!({ "displayName": name, "canvas": { "enabled": false } });
        let path = self.state().join("node/node.json");
        tidegate_client::private_file::replace(&path, &config.to_string()).unwrap();
    }

    /// Starts a gateway with this configuration.
    pub(crate) async fn serve(&self, config: &Value) -> Gateway {
        std::fs::write(self.state().join("tidegate.json"), config.to_string()).unwrap();
        let mut child = self.command(&["gateway"]).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = Vec::new();
        let first = async {
            while let Some(line) = stdout.next_line().await.unwrap() {
                lines.push(line);
                if lines.last().is_some_and(|line| line.starts_with("logs ")) {
                    return;
                }
            }
        };
        in_time("the first lines of the gateway", first)
            .await
            .unwrap();
        let fingerprint = lines.iter().find_map(|line| {
            line.strip_prefix("tls ")?
                .trim()
                .strip_prefix("certificate ")
        });
        let fingerprint = fingerprint.unwrap_or_else(|| panic!("no certificate: {lines:?}"));
        Gateway {
            fingerprint: fingerprint.to_owned(),
            lines,
            child,
            _stdout: stdout,
        }
    }
}

/// A command that goes on. It is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    out: Lines<BufReader<ChildStdout>>,
    said: Vec<String>,
}

impl Running {
    /// Waits for a line that begins so.
    pub(crate) async fn until(&mut self, word: &str) -> String {
        let line = async {
            while let Some(line) = self.out.next_line().await.unwrap() {
                self.said.push(line);
                if let Some(found) = self.said.last().filter(|line| line.starts_with(word)) {
                    return Some(found.clone());
                }
            }
            None
        };
        let line = in_time(word, line).await.unwrap();
        line.unwrap_or_else(|| panic!("it ended without saying {word}: {:?}", self.said))
    }

    /// Waits until it ends by itself.
    pub(crate) async fn end(mut self) -> Ran {
        let mut stderr = String::new();
        let end = async {
            while let Some(line) = self.out.next_line().await.unwrap() {
                self.said.push(line);
            }
            let mut told = self.child.stderr.take().unwrap();
            told.read_to_string(&mut stderr).await.unwrap();
            self.child.wait().await.unwrap().code()
        };
        let code = in_time("the end of the command", end).await.unwrap();
        Ran {
            code,
            stdout: self.said.join("\n"),
            stderr,
        }
    }
}

/// A gateway that listens. It is killed when this is dropped.
pub(crate) struct Gateway {
    pub(crate) fingerprint: String,
    pub(crate) lines: Vec<String>,
    child: Child,
    // Kept, so that the gateway does not write into a closed pipe.
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Gateway {
    /// Ends it at once.
    pub(crate) async fn kill(mut self) {
        in_time("the end of the gateway", self.child.kill())
            .await
            .unwrap()
            .unwrap();
    }
}
