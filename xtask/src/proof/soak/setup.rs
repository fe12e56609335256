//! The gateway's configuration for the soak, and the networks that it knows.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};

use super::network::Network;
use crate::shell::Cmd;

/// Runs at work at once: the agent must not be what everybody waits for.
const RUNS_AT_ONCE: u32 = 300;

/// The networks that this gateway has. The others are left out, aloud.
pub(super) fn known(
    binary: &Path,
    networks: Vec<Box<dyn Network>>,
) -> Result<Vec<Box<dyn Network>>> {
    let home = tempfile::tempdir()?;
    std::fs::write(
        home.path().join("tidegate.json"),
        config(&networks).to_string(),
    )?;
    let asked = Cmd::new(binary, home.path())
        .only_path()
        .env("HOME", home.path())
        .env("TIDEGATE_STATE_DIR", home.path())
        .args(["config", "validate", "--json"])
        .output()?;
    let answer: Value = serde_json::from_slice(&asked.stdout)
        .with_context(|| String::from_utf8_lossy(&asked.stderr).into_owned())?;
    let errors = answer.pointer("/errors").and_then(Value::as_array);
    let wrong: Vec<_> = errors
        .into_iter()
        .flatten()
        .filter_map(|error| error.pointer("/path")?.as_str())
        .collect();
    let is_wrong = |id| wrong.contains(&&*format!("channels.{id}"));
    let (unknown, known): (Vec<_>, Vec<_>) = networks
        .into_iter()
        .partition(|network| is_wrong(network.id()));
    for network in &unknown {
        let name = network.id().to_uppercase();
        println!("soak: {name} IS LEFT OUT, this gateway has no such network");
    }
    if known.is_empty() || wrong.len() > unknown.len() {
        bail!("the configuration of the soak is wrong: {answer}");
    }
    Ok(known)
}

/// Everybody is heard, and each message gets an answer of its own.
pub(super) fn config(networks: &[Box<dyn Network>]) -> Value {
    let channels: Map<_, _> = networks
        .iter()
        .map(|network| (network.id().to_owned(), account(&**network)))
        .collect();
    json!({
        "channels": channels,
        "session": { "dmScope": "per-channel-peer", "reset": { "mode": "never" } },
        "messages": { "queue": { "mode": "followup", "debounceMs": 0, "cap": 1000, "drop": "new" } },
        "agents": { "defaults": { "maxConcurrent": RUNS_AT_ONCE } },
    })
}

fn account(network: &dyn Network) -> Value {
    let mut account = json!({
        "dmPolicy": "open", "allowFrom": ["*"],
        "groupPolicy": "open", "requireMention": false,
        "streaming": false, "required": true,
    });
    if let (Some(account), Value::Object(own)) = (account.as_object_mut(), network.config()) {
        account.extend(own);
    }
    account
}
