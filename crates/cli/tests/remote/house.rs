//! A home on one of the hosts, and the binary in it.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tidegate_testkit::in_time;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
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
