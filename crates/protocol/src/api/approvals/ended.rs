//! Questions that ended, page by page.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ExecApprovalAsked, ExecApprovalOutcome};
use crate::value::Nullable;

/// Questions of a page if nothing is said.
pub const EXEC_APPROVAL_HISTORY_LIMIT: u32 = 50;
/// The most questions of a page.
pub const EXEC_APPROVAL_HISTORY_MAX: u32 = 100;

/// Params of `exec.approval.history`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecApprovalHistoryParams {
    /// At most so many; 50 if nothing is said. Long commands make a page shorter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u32>,
    /// Only what ended before this question: the `nextBefore` of a newer page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub before: Option<String>,
}

/// Answer of `exec.approval.history`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalHistoryResult {
    /// The newest end first.
    pub ended: Vec<ExecApprovalEnded>,
    /// There may be older ones: pass this as `before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_before: Option<String>,
}

/// A question that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalEnded {
    /// The question.
    #[serde(flatten)]
    pub asked: ExecApprovalAsked,
    /// How it ended.
    pub outcome: ExecApprovalOutcome,
    /// Who decided; null if nobody did.
    pub resolved_by: Nullable<String>,
    /// When, in Unix milliseconds.
    pub ended_at_ms: u64,
    /// When it was run by the decision, in Unix milliseconds; absent if it was not run here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at_ms: Option<u64>,
}
