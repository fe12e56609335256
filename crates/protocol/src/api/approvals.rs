//! Commands that wait for a person, and the rules that say which do.

mod asked;
mod ended;
mod request;
mod rules;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::commands::system::SystemExecApprovalsResult;
use crate::macros::{events, methods};
use crate::value::Nullable;

pub use asked::{
    ExecApprovalAsked, ExecApprovalLine, ExecApprovalMatter, ExecApprovalOutcome,
    ExecApprovalResolved,
};
pub use ended::{
    EXEC_APPROVAL_HISTORY_LIMIT, EXEC_APPROVAL_HISTORY_MAX, ExecApprovalEnded,
    ExecApprovalHistoryParams, ExecApprovalHistoryResult,
};
pub use request::{
    ExecApprovalRequestAck, ExecApprovalRequestParams, ExecApprovalRequestResult,
    ExecApprovalWaitDecisionParams, FileOperand, SystemRunPlan,
};
pub use rules::{
    ExecApprovalsAgent, ExecApprovalsFile, ExecApprovalsGetParams, ExecApprovalsNodeGetParams,
    ExecApprovalsNodeSetParams, ExecApprovalsRules, ExecApprovalsSetParams, ExecApprovalsSnapshot,
    ExecApprovalsSocket,
};

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
