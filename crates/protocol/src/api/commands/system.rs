//! Programs, notifications and the rules for programs on a node.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Done, NoCommandParams};
use crate::macros::commands;
use crate::value::Nullable;

/// Params of `system.run`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SystemRunParams {
    /// The program and its arguments.
    #[schemars(length(min = 1, max = 1024))]
    pub command: Vec<String>,
    /// The same as one line, for people; never run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_command: Option<String>,
    /// Where it runs; the node's own folder if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub cwd: Option<String>,
    /// Variables beside the few that every program gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<BTreeMap<String, String>>,
    /// Time for it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Whether it wants to see the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_screen_recording: Option<bool>,
    /// The agent on whose behalf it runs: its rules decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    /// The session in which it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<String>,
    /// Whether it was approved. Written by the gateway alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved: Option<bool>,
    /// What was approved, as `system.run.prepare` said: the node runs exactly that or nothing. A
    /// node host of ours wants it with every approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 64, max = 64))]
    pub subject_hash: Option<String>,
    /// `allow-once` or `allow-always`. Written by the gateway alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval_decision: Option<String>,
    /// The name of this run in `exec.*` events. Written by the gateway alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
}

/// Answer of `system.run`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SystemRunResult {
    /// How it ended; `null` if it did not end by itself.
    #[serde(default)]
    pub exit_code: Nullable<i64>,
    /// Whether its time was over.
    pub timed_out: bool,
    /// Whether it ended with 0 and in time.
    pub success: bool,
    /// What it wrote, cut at 200 kB.
    pub stdout: String,
    /// What it complained of, cut at 200 kB.
    pub stderr: String,
    /// Why it could not be run; `null` if it ran.
    #[serde(default)]
    pub error: Nullable<String>,
}

/// Params of `system.run.prepare`: as for `system.run`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemRunPrepareParams {
    /// The program and its arguments.
    #[schemars(length(min = 1, max = 1024))]
    pub command: Vec<String>,
    /// Where it would run; the node's own folder if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4096))]
    pub cwd: Option<String>,
    /// Variables beside the few that every program gets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<BTreeMap<String, String>>,
}

/// Answer of `system.run.prepare`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SystemRunPrepareResult {
    /// Hex SHA-256 of what would run: for `subjectHash` of `system.run`.
    pub subject_hash: String,
    /// What would run, whole: arguments, files with their hashes, directory, machine and user.
    pub subject: Value,
}

/// Params of `system.which`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SystemWhichParams {
    /// Names of programs.
    #[schemars(length(max = 512), inner(length(min = 1, max = 256)))]
    pub bins: Vec<String>,
}

/// Answer of `system.which`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SystemWhichResult {
    /// Where each one is that is there.
    pub bins: BTreeMap<String, String>,
}

/// Params of `system.notify`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SystemNotifyParams {
    /// The first line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub title: Option<String>,
    /// The words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub body: Option<String>,
    /// The name of a sound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub sound: Option<String>,
    /// `passive`, `active` or `timeSensitive`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub priority: Option<String>,
    /// `system`, `overlay` or `auto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub delivery: Option<String>,
}

/// Params of `system.execApprovals.set`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SystemExecApprovalsSetParams {
    /// The whole file, as `system.execApprovals.get` shows it.
    pub file: Value,
    /// The `hash` of what it replaces; needed when there is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub base_hash: Option<String>,
}

/// Answer of `system.execApprovals.get` and `set`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SystemExecApprovalsResult {
    /// Where the file is.
    pub path: String,
    /// Whether it is there.
    pub exists: bool,
    /// Hex SHA-256 of its text.
    pub hash: String,
    /// What is in it.
    pub file: Value,
}

commands! {
    /// Runs a program. The node decides by its own rules unless the gateway says that it was
    /// approved.
    pub SystemRun = "system.run" {
        params: SystemRunParams,
        result: SystemRunResult,
        risk: Program,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Write,
    }
    /// What a program's call would run, without running it: what somebody is to approve.
    pub SystemRunPrepare = "system.run.prepare" {
        params: SystemRunPrepareParams,
        result: SystemRunPrepareResult,
        risk: Private,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Write,
    }
    /// Where programs are.
    pub SystemWhich = "system.which" {
        params: SystemWhichParams,
        result: SystemWhichResult,
        risk: Plain,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Write,
    }
    /// Shows a notification.
    pub SystemNotify = "system.notify" {
        params: SystemNotifyParams,
        result: Done,
        risk: Plain,
        platforms: [Macos, Linux, Windows],
        queueable: true,
        scope: Write,
    }
    /// The node's rules for programs.
    pub SystemExecApprovalsGet = "system.execApprovals.get" {
        params: NoCommandParams,
        result: SystemExecApprovalsResult,
        risk: Private,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Admin,
    }
    /// Replaces the node's rules for programs.
    pub SystemExecApprovalsSet = "system.execApprovals.set" {
        params: SystemExecApprovalsSetParams,
        result: SystemExecApprovalsResult,
        risk: Private,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Admin,
    }
}
