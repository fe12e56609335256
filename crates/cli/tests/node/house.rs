//! A gateway, a node beside it, and the owner who sends it commands.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_client::{Address, Auth, Client, ConnectOptions, Error, Events, fresh_id};
use tidegate_protocol::api::connect::ClientInfo;
use tidegate_protocol::api::nodes::{NodeInvoke, NodeInvokeParams};
use tidegate_protocol::{IdempotencyKey, Scope};
use tidegate_testkit::{Daemon, WAIT, in_time};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_tidegate");

/// A gateway with this configuration.
pub(crate) async fn gateway(config: &Value) -> Daemon {
    Daemon::start(Path::new(BINARY), config, &[]).await.unwrap()
}

/// `nobody`: a user without rights.
pub(crate) const NOBODY: u32 = 65_534;

/// The home of a node.
pub(crate) struct Home {
    dir: TempDir,
    /// A copy of the binary, where a plain user may run it.
    plain: Option<PathBuf>,
    /// Variables beside the usual ones.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// In the environment of programs that a test starts.
    pub(crate) mark: String,
}

/// A node that runs. It is killed when this is dropped.
pub(crate) struct Node {
    pub(crate) child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// What it said so far.
    pub(crate) said: Vec<String>,
}

/// A command that ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    /// A node without a browser, whose rules let every program run.
    pub(crate) fn open() -> Self {
        let home = Self {
            dir: TempDir::with_prefix("tidegate-test-").unwrap(),
            plain: None,
            variables: Vec::new(),
            mark: fresh_id(),
        };
        home.write(
            "node.json",
            &json!({"displayName": "Box", "canvas": {"enabled": false}}),
        );
        home.write(
            "exec-approvals.json",
            &json!({"version": 1, "defaults": {"security": "full"}}),
        );
        home
    }

    /// A node with the rules that it has by itself: everything is asked about.
    pub(crate) fn careful() -> Self {
        let home = Self::open();
        std::fs::remove_file(home.node().join("exec-approvals.json")).unwrap();
        home
    }

    /// The home of a user without rights. Needs root to become that user.
    pub(crate) fn of_nobody(config: &Value) -> Self {
        let mut home = Self::open();
        home.write("node.json", config);
        let binary = home.path().join("tidegate");
        std::fs::copy(BINARY, &binary).unwrap();
        home.plain = Some(binary);
        let mut all = vec![home.path().to_owned()];
        while let Some(path) = all.pop() {
            std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
            if path.is_dir() {
                let inside = std::fs::read_dir(&path).unwrap().flatten();
                all.extend(inside.map(|entry| entry.path()));
            }
        }
        home
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A path in a folder where programs may work: beside the state directory they make nothing.
    pub(crate) fn work(&self, name: &str) -> PathBuf {
        let folder = self.dir.path().join("work");
        std::fs::create_dir_all(&folder).unwrap();
        folder.join(name)
    }

    /// The node's own folder.
    pub(crate) fn node(&self) -> PathBuf {
        self.dir.path().join("state/node")
    }

    pub(crate) fn write(&self, name: &str, value: &Value) {
        let path = self.node().join(name);
        tidegate_client::private_file::replace(&path, &value.to_string()).unwrap();
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(self.dir.path().join("state"), private).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = match &self.plain {
            None => Command::new(BINARY),
            Some(binary) => {
                let mut command = Command::new("setpriv");
                command
                    .args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"])
                    .arg(binary);
                command
            }
        };
        command
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.dir.path())
            .env("TIDEGATE_STATE_DIR", self.dir.path().join("state"))
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the binary to its end.
    pub(crate) async fn run(&self, args: &[&str]) -> Ran {
        let output = in_time("the end of the command", self.command(args).output());
        let output = output.await.unwrap().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Starts `node run` with these arguments.
    pub(crate) fn start(&self, args: &[&str]) -> Node {
        let mut command = self.command(&[&["node", "run"], args].concat());
        let mut child = command.stderr(Stdio::inherit()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Node {
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// Starts `node run`, let in by the owner's secret of a gateway on this machine.
    pub(crate) async fn join(&self, gateway: &Daemon) -> Node {
        let secret = self.path().join("secret");
        std::fs::write(&secret, gateway.token().unwrap()).unwrap();
        let args = [
            "--url",
            &gateway.url(),
            "--token-file",
            secret.to_str().unwrap(),
        ];
        let mut node = self.start(&args);
        node.until("connected").await;
        node
    }

    /// How many processes with our mark live.
    pub(crate) fn alive(&self) -> usize {
        let variable = format!("HOST_MARK={}", self.mark);
        let has = |process: PathBuf| {
            let all = std::fs::read(process.join("environ")).unwrap_or_default();
            all.split(|byte| *byte == 0)
                .any(|one| one == variable.as_bytes())
        };
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        processes.filter(|entry| has(entry.path())).count()
    }
}

impl Node {
    /// Waits for a line that begins so.
    pub(crate) async fn until(&mut self, word: &str) -> String {
        let wait = async {
            while let Some(line) = self.lines.next_line().await.unwrap() {
                self.said.push(line.clone());
                if line.starts_with(word) {
                    return line;
                }
            }
            String::new()
        };
        let line = in_time(word, wait).await;
        assert!(line.is_ok(), "{line:?} after {:?}", self.said);
        let line = line.unwrap();
        assert!(
            !line.is_empty(),
            "it ended without saying {word}: {:?}",
            self.said
        );
        line
    }

    /// Its id at the gateway.
    pub(crate) fn id(&self) -> String {
        let line = self.said.iter().find_map(|line| line.strip_prefix("node "));
        line.unwrap().trim().to_owned()
    }

    /// Ends it at once, as `kill -9` does.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// The owner, connected.
pub(crate) async fn owner(gateway: &Daemon) -> (Client, Events) {
    let client = ClientInfo {
        id: "test".into(),
        version: "1".into(),
        platform: "linux".into(),
        mode: "test".into(),
        display_name: None,
        device_family: None,
        model_identifier: None,
        instance_id: None,
    };
    let address = Address::parse(&gateway.url()).unwrap();
    let auth = Auth::token(gateway.token().unwrap());
    let scopes = vec![
        Scope::Read,
        Scope::Write,
        Scope::Admin,
        Scope::Pairing,
        Scope::Approvals,
    ];
    let options = ConnectOptions::operator(address, scopes, client, auth);
    Client::connect(&options).await.unwrap()
}

/// Sends a command under this key.
pub(crate) async fn invoke_as(
    owner: &Client,
    node: &str,
    command: &str,
    params: Value,
    key: &str,
) -> Result<Value, Error> {
    let params = NodeInvokeParams {
        node_id: node.to_owned(),
        command: command.to_owned(),
        params,
        timeout_ms: None,
        queue: None,
        idempotency_key: IdempotencyKey::new(key.to_owned()),
    };
    let answer = owner.call_within::<NodeInvoke>(&params, WAIT).await?;
    Ok(answer.payload)
}

pub(crate) async fn invoke(
    owner: &Client,
    node: &str,
    command: &str,
    params: Value,
) -> Result<Value, Error> {
    invoke_as(owner, node, command, params, &fresh_id()).await
}

/// Waits for a state.
pub(crate) async fn until(what: &str, reached: impl Fn() -> bool) {
    let wait = async {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while !reached() {
            tick.tick().await;
        }
    };
    in_time(what, wait).await.unwrap();
}
