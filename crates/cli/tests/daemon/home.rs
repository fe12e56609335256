//! A home directory of its own, and the binary at work in it.

use std::fs::File;
use std::io::{Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_testkit::{RawClient, in_time};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// Every scope that a test needs.
pub(crate) const SCOPES: [&str; 3] = ["operator.admin", "operator.read", "operator.write"];

pub(crate) struct Home {
    dir: TempDir,
}

/// A command that ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    /// Without a state directory.
    pub(crate) fn new() -> Self {
        Self {
            dir: TempDir::with_prefix("tidegate-test-").unwrap(),
        }
    }

    /// With this configuration.
    pub(crate) fn configured(config: &Value) -> Self {
        let home = Self::new();
        home.configure(&config.to_string());
        home
    }

    pub(crate) fn configure(&self, config: &str) {
        let state = self.state();
        std::fs::create_dir_all(&state).unwrap();
        std::fs::set_permissions(&state, PermissionsExt::from_mode(0o700)).unwrap();
        std::fs::write(state.join("tidegate.json"), config).unwrap();
        std::fs::set_permissions(
            state.join("tidegate.json"),
            PermissionsExt::from_mode(0o600),
        )
        .unwrap();
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.dir.path().join("state")
    }

    /// The owner's secret.
    pub(crate) fn token(&self) -> String {
        let token = std::fs::read_to_string(self.state().join("gateway.token"));
        token.unwrap().trim().to_owned()
    }

    /// What it logged.
    pub(crate) fn log(&self) -> String {
        let Ok(files) = std::fs::read_dir(self.state().join("logs")) else {
            return String::new();
        };
        files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect()
    }

    /// Another program, in the environment of this home.
    pub(crate) fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.path())
            .env("TIDEGATE_STATE_DIR", self.state())
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// The binary.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_tidegate"));
        command.args(args);
        command
    }

    /// Runs the binary to its end.
    pub(crate) async fn run(&self, args: &[&str]) -> Ran {
        ran(self.command(args)).await
    }

    /// Starts the gateway on a free port.
    pub(crate) async fn start(&self) -> Gateway {
        self.start_on(0).await
    }

    pub(crate) async fn start_on(&self, port: u16) -> Gateway {
        let command = self.command(&["gateway", "--port", &port.to_string()]);
        serve(command)
            .await
            .unwrap_or_else(|ran| panic!("it did not start: {ran:?}"))
    }

    /// Runs a client command against a gateway of this home.
    pub(crate) async fn ask(&self, gateway: &Gateway, args: &[&str]) -> Ran {
        let mut command = self.command(args);
        command.env("TIDEGATE_GATEWAY_PORT", gateway.port.to_string());
        ran(command).await
    }

    /// Connects as the owner.
    pub(crate) async fn owner(&self, gateway: &Gateway) -> RawClient {
        RawClient::owner(gateway.port, &self.token(), &SCOPES)
            .await
            .unwrap()
    }

    /// No piece of the database is broken.
    pub(crate) fn sound(&self) {
        let conn = rusqlite::Connection::open(self.state().join("tidegate.db")).unwrap();
        let answer: String = conn
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(answer, "ok");
        assert!(
            !conn
                .prepare("PRAGMA foreign_key_check")
                .unwrap()
                .exists([])
                .unwrap(),
            "a reference to nothing"
        );
    }
}

/// Runs a command to its end.
pub(crate) async fn ran(mut command: Command) -> Ran {
    let output = in_time("the end of the command", command.output())
        .await
        .unwrap()
        .unwrap();
    Ran {
        code: output.status.code(),
        status: output.status,
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A gateway that listens. It is killed when this is dropped.
pub(crate) struct Gateway {
    child: Child,
    // Kept, so that the gateway does not write into a closed pipe.
    _stdout: Lines<BufReader<ChildStdout>>,
    stderr: File,
    pub(crate) port: u16,
    /// The lines that it began with.
    pub(crate) lines: Vec<String>,
}

/// Waits until the gateway listens; gives what it said if it ended instead.
pub(crate) async fn serve(mut command: Command) -> Result<Gateway, Ran> {
    // A file, so that nobody blocks on a pipe that nobody reads.
    let mut stderr = tempfile::tempfile().unwrap();
    command.stderr(stderr.try_clone().unwrap());
    let mut child = command.spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut lines = Vec::new();
    let first = in_time("the first lines of the gateway", async {
        while let Some(line) = stdout.next_line().await.unwrap() {
            lines.push(line);
            if lines.last().is_some_and(|line| line.starts_with("logs ")) {
                return true;
            }
        }
        false
    });
    if !first.await.unwrap() {
        let status = in_time("the end of the gateway", child.wait())
            .await
            .unwrap()
            .unwrap();
        return Err(Ran {
            code: status.code(),
            status,
            stdout: lines.join("\n"),
            stderr: whole(&mut stderr),
        });
    }
    let port = lines.iter().find_map(|line| {
        line.strip_prefix("listening ")?
            .rsplit(':')
            .next()?
            .trim()
            .parse()
            .ok()
    });
    Ok(Gateway {
        child,
        _stdout: stdout,
        stderr,
        port: port.unwrap(),
        lines,
    })
}

fn whole(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

impl Gateway {
    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id().unwrap()).unwrap()).unwrap()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        in_time("the end of the gateway", self.child.wait())
            .await
            .unwrap()
            .unwrap()
    }

    /// Asks it to stop and waits.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended().await
    }

    /// Ends it at once.
    pub(crate) async fn kill(mut self) {
        self.signal(Signal::KILL);
        self.ended().await;
    }

    /// What it wrote to stderr.
    pub(crate) fn stderr(&mut self) -> String {
        whole(&mut self.stderr)
    }

    /// The line of this name.
    pub(crate) fn line(&self, name: &str) -> &str {
        let found = self
            .lines
            .iter()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        found
            .unwrap_or_else(|| panic!("no line `{name}` in {:?}", self.lines))
            .trim()
    }

    /// An HTTP GET: status and body.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", self.port))
            .await
            .unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n",
            self.port
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        in_time("an HTTP answer", stream.read_to_string(&mut answer))
            .await
            .unwrap()
            .unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (
            status,
            answer
                .split_once("\r\n\r\n")
                .unwrap()
                .1
                .trim_end()
                .to_owned(),
        )
    }
}

/// The configuration of a gateway whose only model is at this address.
pub(crate) fn with_model(base_url: &str) -> Value {
    json!({
        "models": { "providers": { "mock": {
            "api": "openai-completions", "baseUrl": base_url, "models": [{ "id": "mock-1" }],
        } } },
        "agents": { "defaults": { "model": { "primary": "mock/mock-1" } } },
    })
}

/// What a pause in a test is made of: a state that is looked at until it is as it should be.
pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    in_time(what, waiting).await.unwrap();
}
