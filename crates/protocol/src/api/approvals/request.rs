//! Asking about a command, and waiting for the decision.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::value::Nullable;

/// Params of `exec.approval.request`. A command in words: nothing of it is looked at, and nothing
/// runs by the answer but what the caller itself runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExecApprovalRequestParams {
    /// A name for it; else one is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub id: Option<String>,
    /// The command; may be left out if `commandArgv` or `systemRunPlan` tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub command: Option<String>,
    /// Its arguments, the name of the program first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_argv: Option<Vec<String>>,
    /// What a node would run exactly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_run_plan: Option<SystemRunPlan>,
    /// What is added to the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<BTreeMap<String, String>>,
    /// The directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cwd: Option<Nullable<String>>,
    /// The node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_id: Option<Nullable<String>>,
    /// The kind of machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Nullable<String>>,
    /// The caller's rule of what may run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<Nullable<String>>,
    /// The caller's rule of when a person is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<Nullable<String>>,
    /// The agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<Nullable<String>>,
    /// The path of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_path: Option<Nullable<String>>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<Nullable<String>>,
    /// Where the turn came from; taken and not used: who caused a run is in its own record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_source_channel: Option<Nullable<String>>,
    /// As `turnSourceChannel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_source_to: Option<Nullable<String>>,
    /// As `turnSourceChannel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_source_account_id: Option<Nullable<String>>,
    /// As `turnSourceChannel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn_source_thread_id: Option<Value>,
    /// How long a decision is waited for, in milliseconds; 120,000 if it is not said, at most
    /// 1,800,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub timeout_ms: Option<u64>,
    /// Answer twice: at once with the id, and with the decision. The question then waits for its
    /// decision also when this connection ends; `exec.approval.waitDecision` learns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two_phase: Option<bool>,
}

/// What a node would run exactly, as the caller prepared it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SystemRunPlan {
    /// The arguments.
    pub argv: Vec<String>,
    /// The directory.
    pub cwd: Nullable<String>,
    /// The command for people.
    pub command_text: String,
    /// A shorter form of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command_preview: Option<Nullable<String>>,
    /// The agent.
    pub agent_id: Nullable<String>,
    /// The session.
    pub session_key: Nullable<String>,
    /// A file that an argument names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mutable_file_operand: Option<Nullable<FileOperand>>,
}

/// A file that an argument names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileOperand {
    /// Which argument.
    pub argv_index: u32,
    /// Its path.
    pub path: String,
    /// Its content.
    pub sha256: String,
}

/// First answer of `exec.approval.request`, if two are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalRequestAck {
    /// `accepted`.
    pub status: String,
    /// The name of the question.
    pub id: String,
    /// Since when, in Unix milliseconds.
    pub created_at_ms: u64,
    /// From when on no decision counts, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// Answer of `exec.approval.request` and `exec.approval.waitDecision`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalRequestResult {
    /// The name of the question.
    pub id: String,
    /// `allow-once`, `allow-always` or `deny`; null if nobody decided.
    pub decision: Nullable<String>,
    /// Since when, in Unix milliseconds.
    pub created_at_ms: u64,
    /// From when on no decision counted, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// Params of `exec.approval.waitDecision`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecApprovalWaitDecisionParams {
    /// The question, as in `exec.approval.resolve`.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,
}
