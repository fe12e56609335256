//! Crabline: servers that imitate networks, from npm `@openclaw/crabline`.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Child;

use super::node::{node, package, post, start};
use crate::contract::eventually;

const ADMIN: &str = "admin-token-for-tests";
/// Where it writes down what reached it.
const RECORDER: &str = "recorder.jsonl";

/// A file of it.
pub(crate) fn installed(file: &str) -> PathBuf {
    package("@openclaw/crabline/dist/src").join(file)
}

/// One of its servers at work; killed when dropped.
pub(crate) struct Crabline {
    folder: TempDir,
    manifest: Value,
    _child: Child,
}

impl Crabline {
    /// Starts a program that takes the options of Crabline's own, and waits until it serves.
    pub(crate) async fn start(program: &Path, arguments: &[&str], env: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready.json");
        let child = start(
            node()
                .arg(program)
                .args(arguments)
                .arg("--ready-file")
                .arg(&ready)
                .arg("--recorder")
                .arg(folder.path().join(RECORDER))
                .envs(env.iter().copied())
                .env("CRABLINE_ADMIN_TOKEN", ADMIN),
        );
        let read = || serde_json::from_slice(&std::fs::read(&ready).ok()?).ok();
        eventually("Crabline is ready", || read().is_some()).await;
        Self {
            manifest: read().unwrap(),
            folder,
            _child: child,
        }
    }

    /// An address that it serves.
    pub(crate) fn endpoint(&self, name: &str) -> String {
        let address = self.manifest["endpoints"][name].as_str();
        address.unwrap().to_owned()
    }

    /// A person says something; what the server makes of it.
    pub(crate) async fn say(&self, body: &Value) -> Value {
        let url = self.endpoint("adminInboundUrl");
        post(&url, &[("x-crabline-admin-token", ADMIN)], body).await
    }

    /// The calls whose path ends so, in their order.
    pub(crate) fn calls(&self, method: &str, end: &str) -> Vec<Value> {
        let path = self.folder.path().join(RECORDER);
        let lines = std::fs::read_to_string(path).unwrap_or_default();
        let calls = lines
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok());
        let wanted = |call: &Value| {
            let path = call["path"].as_str().unwrap_or_default();
            call["method"] == method && path.ends_with(end)
        };
        calls.filter(wanted).collect()
    }
}
