//! A question, as it is shown to whoever decides, and how it ended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::AgentId;
use crate::value::Nullable;

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
