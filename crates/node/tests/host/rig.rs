//! A host in a folder of its own, connected to a gateway of the test.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_client::{Address, Auth, Trust, private_file};
use tidegate_core::{IdGen, SystemClock, SystemIds};
use tidegate_exec::WardenCommand;
use tidegate_node::{Access, Home, Host};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::gateway::{Connection, Gateway, SOON};

pub(crate) struct Rig {
    pub(crate) gateway: Gateway,
    pub(crate) state: TempDir,
    /// Where programs work: its own folder is closed to them.
    work: TempDir,
    pub(crate) stop: CancellationToken,
    /// In the environment of programs that a test starts.
    pub(crate) mark: String,
    tasks: JoinSet<Result<(), tidegate_client::Error>>,
}

impl Rig {
    /// Starts a host with this configuration, and lets it in.
    pub(crate) async fn start(config: Value) -> (Self, Connection) {
        let gateway = Gateway::start().await;
        let state = tempfile::tempdir().unwrap();
        let home = Home::in_state_dir(state.path()).unwrap();
        private_file::replace(&home.config_file(), &config.to_string()).unwrap();
        let host = open(&home, &gateway).await;
        let stop = host.stopper();
        let mut tasks = JoinSet::new();
        tasks.spawn(host.run());
        let rig = Self {
            gateway,
            state,
            work: tempfile::tempdir().unwrap(),
            stop,
            mark: SystemIds.uuid(),
            tasks,
        };
        let connection = rig.gateway.node().await;
        (rig, connection)
    }

    /// One without a browser, which takes a second to look for.
    pub(crate) async fn plain() -> (Self, Connection) {
        Self::start(json!({"canvas": {"enabled": false}})).await
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.state.path().join("node").join(name)
    }

    /// A path in a folder where programs may work.
    pub(crate) fn work(&self, name: &str) -> PathBuf {
        self.work.path().join(name)
    }

    /// Writes the rules for programs.
    pub(crate) fn rules(&self, rules: &Value) {
        let text = rules.to_string();
        private_file::replace(&self.path("exec-approvals.json"), &text).unwrap();
    }

    /// How many processes with our mark live.
    pub(crate) fn alive(&self) -> usize {
        alive(&format!("HOST_MARK={}", self.mark))
    }

    /// Params for `system.run` with our mark.
    pub(crate) fn run(&self, argv: &[&str]) -> Value {
        json!({"command": argv, "env": {"HOST_MARK": self.mark}})
    }

    /// Stops the host and waits for its end.
    pub(crate) async fn stopped(mut self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(SOON, self.tasks.join_next()).await;
        ended.unwrap().unwrap().unwrap().unwrap();
    }
}

pub(crate) async fn open(home: &Home, gateway: &Gateway) -> Host {
    let access = Access {
        address: Address::parse(&gateway.url()).unwrap(),
        trust: Trust::default(),
        auth: Auth::token("secret"),
    };
    let warden = WardenCommand {
        program: env!("CARGO_BIN_EXE_tidegate-node-warden").into(),
        arguments: Vec::new(),
    };
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let host = Host::open(home.clone(), access, warden, clock, ids).await;
    host.unwrap()
}

/// How many processes have this in their environment or their arguments.
pub(crate) fn alive(text: &str) -> usize {
    let has = |file: PathBuf| {
        let bytes = std::fs::read(file).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    let own = std::process::id().to_string();
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter(|entry| entry.file_name().to_str() != Some(&own))
        .filter(|entry| has(entry.path().join("environ")) || has(entry.path().join("cmdline")))
        .count()
}

/// Waits for a state, with a deadline.
pub(crate) async fn until(reached: impl Fn() -> bool) {
    let wait = async {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while !reached() {
            tick.tick().await;
        }
    };
    tokio::time::timeout(SOON, wait).await.unwrap();
}
