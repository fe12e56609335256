//! Commands that wait for a person, and the rules that say which do.

mod ended;
mod rules;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::commands::system::SystemExecApprovalsResult;
use crate::ids::AgentId;
use crate::macros::{events, methods};
use crate::value::Nullable;

pub use ended::{
    EXEC_APPROVAL_HISTORY_LIMIT, EXEC_APPROVAL_HISTORY_MAX, ExecApprovalEnded,
    ExecApprovalHistoryParams, ExecApprovalHistoryResult,
};
pub use rules::{
    ExecApprovalsAgent, ExecApprovalsFile, ExecApprovalsGetParams, ExecApprovalsNodeGetParams,
    ExecApprovalsNodeSetParams, ExecApprovalsRules, ExecApprovalsSetParams, ExecApprovalsSnapshot,
    ExecApprovalsSocket,
};

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

/// Params of `exec.approval.resolve`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecApprovalResolveParams {
    /// The question: its id, or a beginning of at least 8 characters that only one waiting has.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,
    /// `allow-once`, `allow-always` or `deny`.
    #[schemars(length(min = 1, max = 32))]
    pub decision: String,
}

/// Answer of `exec.approval.resolve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExecApprovalResolveResult {
    /// True.
    pub ok: bool,
}

/// Params of `exec.approval.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecApprovalListParams {}

/// Answer of `exec.approval.list`: what waits, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ExecApprovalListResult(pub Vec<ExecApprovalAsked>);

/// Params of `exec.approval.get`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecApprovalGetParams {
    /// The question, as in `exec.approval.resolve`.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,
}

/// Answer of `exec.approval.get`: a question that waits or ended not long ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalGetResult {
    /// The question.
    #[serde(flatten)]
    pub asked: ExecApprovalAsked,
    /// The command, as in `request.command`.
    pub command_text: String,
    /// As in `request.allowedDecisions`.
    pub allowed_decisions: Vec<String>,
    /// As in `request.host`.
    pub host: Nullable<String>,
    /// As in `request.nodeId`.
    pub node_id: Nullable<String>,
    /// As in `request.agentId`.
    pub agent_id: Nullable<String>,
    /// How it ended; null while it waits.
    pub outcome: Nullable<ExecApprovalOutcome>,
    /// Who decided; null if nobody did.
    pub resolved_by: Nullable<String>,
}

/// A question: the payload of `exec.approval.requested`, and a row of `exec.approval.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalAsked {
    /// Its name.
    pub id: String,
    /// What is asked.
    pub request: ExecApprovalMatter,
    /// Since when, in Unix milliseconds.
    pub created_at_ms: u64,
    /// From when on no decision counts, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// What is asked. In all texts nothing hides: controls, marks of direction and characters without
/// width are written out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalMatter {
    /// The command in one line, whole.
    pub command: String,
    /// The directory.
    pub cwd: Nullable<String>,
    /// The kind of machine: `gateway` or `node`.
    pub host: Nullable<String>,
    /// The rule of what may run.
    pub security: Nullable<String>,
    /// The rule of when a person is asked.
    pub ask: Nullable<String>,
    /// For which agent.
    pub agent_id: Nullable<String>,
    /// The path of the program.
    pub resolved_path: Nullable<String>,
    /// In which session.
    pub session_key: Nullable<String>,
    /// On which node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_id: Option<String>,
    /// In which run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<String>,
    /// Every argument by itself, the name of the program first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argv: Option<Vec<String>>,
    /// Everything that a decision covers. Whoever shows it shows all lines whole, or offers no
    /// button.
    pub lines: Vec<ExecApprovalLine>,
    /// What exactly would run, as a hash: 64 hexadecimal digits. None for a command in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_hash: Option<String>,
    /// What can be decided: `allow-always` is missing where nothing can be remembered.
    pub allowed_decisions: Vec<String>,
    /// Why it is asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// One line of what a decision covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExecApprovalLine {
    /// What it is about, a word or two.
    pub label: String,
    /// The text.
    pub text: String,
}

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ExecApprovalOutcome {
    /// This, once.
    AllowOnce,
    /// This, and exactly this again.
    AllowAlways,
    /// No.
    Deny,
    /// Nobody decided in time.
    Expired,
    /// Whoever asked does not wait any more.
    Withdrawn,
}

/// Payload of `exec.approval.resolved`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalResolved {
    /// The question.
    pub id: String,
    /// `allow-once`, `allow-always` or `deny`; null if nobody decided.
    pub decision: Nullable<String>,
    /// Who decided; null if nobody did.
    pub resolved_by: Nullable<String>,
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// How it ended.
    pub outcome: ExecApprovalOutcome,
    /// For which agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<AgentId>,
    /// In which session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<String>,
}

methods! {
    /// The rules that say which commands run, which are asked about and which are refused.
    pub ExecApprovalsGet = "exec.approvals.get" {
        params: ExecApprovalsGetParams,
        result: ExecApprovalsSnapshot,
        access: operator(Admin),
        effect: read,
        since: 3,
    }

    /// Sets these rules. Needs the hash of the ones that are replaced, if there are any.
    pub ExecApprovalsSet = "exec.approvals.set" {
        params: ExecApprovalsSetParams,
        result: ExecApprovalsSnapshot,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }

    /// The rules of a node, as the node tells them.
    pub ExecApprovalsNodeGet = "exec.approvals.node.get" {
        params: ExecApprovalsNodeGetParams,
        result: SystemExecApprovalsResult,
        access: operator(Admin),
        effect: read,
        since: 3,
    }

    /// Sets the rules of a node. The node says whether the hash is the right one.
    pub ExecApprovalsNodeSet = "exec.approvals.node.set" {
        params: ExecApprovalsNodeSetParams,
        result: SystemExecApprovalsResult,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }

    /// Asks a person about a command and waits for the decision. Whoever asks does not decide.
    pub ExecApprovalRequest = "exec.approval.request" {
        params: ExecApprovalRequestParams,
        result: ExecApprovalRequestResult,
        ack: ExecApprovalRequestAck,
        access: operator(Approvals),
        effect: idempotent,
        since: 3,
        waits: true,
    }

    /// Waits for the decision about a command that somebody asked about; at once if it has ended
    /// in the last day.
    pub ExecApprovalWaitDecision = "exec.approval.waitDecision" {
        params: ExecApprovalWaitDecisionParams,
        result: ExecApprovalRequestResult,
        access: operator(Approvals),
        effect: read,
        since: 4,
        waits: true,
    }

    /// Decides about a command that waits. The first decision counts.
    pub ExecApprovalResolve = "exec.approval.resolve" {
        params: ExecApprovalResolveParams,
        result: ExecApprovalResolveResult,
        access: operator(Approvals),
        effect: idempotent,
        since: 3,
    }

    /// Commands that wait for a decision, oldest first.
    pub ExecApprovalList = "exec.approval.list" {
        params: ExecApprovalListParams,
        result: ExecApprovalListResult,
        access: operator(Approvals),
        effect: read,
        since: 3,
    }

    /// One command that waits for a decision or got one in the last day.
    pub ExecApprovalGet = "exec.approval.get" {
        params: ExecApprovalGetParams,
        result: ExecApprovalGetResult,
        access: operator(Approvals),
        effect: read,
        since: 3,
    }

    /// Commands about which somebody decided in the last day, or nobody in time; the newest end
    /// first.
    pub ExecApprovalHistory = "exec.approval.history" {
        params: ExecApprovalHistoryParams,
        result: ExecApprovalHistoryResult,
        access: operator(Approvals),
        effect: read,
        since: 3,
    }
}

events! {
    /// A command waits for a decision.
    pub ExecApprovalRequested = "exec.approval.requested" {
        payload: ExecApprovalAsked,
        access: operator(Approvals),
        delivery: Must,
    }

    /// A command waits no longer: somebody decided, or nobody did.
    pub ExecApprovalResolvedEvent = "exec.approval.resolved" {
        payload: ExecApprovalResolved,
        access: operator(Approvals),
        delivery: Must,
    }
}
