//! The settings of a session, and what is stored about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Patch;

/// Params of `sessions.patch`: absent keeps, null clears.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionsPatchParams {
    /// The session; made if it does not exist.
    #[schemars(length(min = 1, max = 512))]
    pub key: String,
    /// A name, unique.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub label: Patch<Label>,
    /// `off`, `minimal`, `low`, `medium`, `high` or `xhigh`.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub thinking_level: Patch<String>,
    /// `on`, `full` or `off`.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub verbose_level: Patch<String>,
    /// `on`, `off` or `stream`.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub reasoning_level: Patch<String>,
    /// Kept for clients of the family; nothing here reads it.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub elevated_level: Patch<String>,
    /// Kept for clients of the family; nothing here reads it.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub exec_host: Patch<String>,
    /// Kept for clients of the family; nothing here reads it.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub exec_security: Patch<String>,
    /// Kept for clients of the family; nothing here reads it.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub exec_ask: Patch<String>,
    /// Kept for clients of the family; nothing here reads it.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub exec_node: Patch<String>,
    /// `provider/model`, or a model id that only one provider has.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub model: Patch<String>,
    /// The session that asked for this one; written once.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub spawned_by: Patch<String>,
    /// How usage is shown under answers.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub response_usage: Patch<ResponseUsage>,
    /// Whether messages may be sent.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub send_policy: Patch<SendPolicy>,
    /// When the agent answers in a group.
    #[serde(default, skip_serializing_if = "Patch::is_keep")]
    pub group_activation: Patch<GroupActivation>,
}

/// A session's name for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Label(#[schemars(length(min = 1, max = 64))] pub String);

/// How usage is shown under answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ResponseUsage {
    /// Not at all.
    Off,
    /// Tokens.
    Tokens,
    /// Everything.
    Full,
    /// The same as tokens.
    On,
}

/// Whether messages may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SendPolicy {
    /// Yes.
    Allow,
    /// No: `agent` and `chat.send` are refused.
    Deny,
}

/// When the agent answers in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GroupActivation {
    /// When it is mentioned.
    Mention,
    /// Always.
    Always,
}

/// What is stored about a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionEntry {
    /// Its id.
    pub session_id: String,
    /// Last change, in Unix milliseconds.
    pub updated_at: u64,
    /// Whether the system prompt was sent.
    pub system_sent: bool,
    /// Whether the last run was aborted.
    pub aborted_last_run: bool,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Thinking level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thinking_level: Option<String>,
    /// Verbosity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbose_level: Option<String>,
    /// Reasoning level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_level: Option<String>,
    /// Kept for clients of the family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elevated_level: Option<String>,
    /// Kept for clients of the family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_host: Option<String>,
    /// Kept for clients of the family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_security: Option<String>,
    /// Kept for clients of the family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_ask: Option<String>,
    /// Kept for clients of the family.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exec_node: Option<String>,
    /// The provider that was chosen for this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_override: Option<String>,
    /// The model that was chosen for this session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_override: Option<String>,
    /// The session that asked for this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spawned_by: Option<String>,
    /// How usage is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_usage: Option<ResponseUsage>,
    /// Whether messages may be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_policy: Option<SendPolicy>,
    /// When the agent answers in a group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_activation: Option<GroupActivation>,
    /// Tokens of the last turn's input.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens of the last turn's output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Tokens in the context.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<u64>,
    /// The provider of the last turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_provider: Option<String>,
    /// The model of the last turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
}

/// Answer of `sessions.patch`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionsPatchResult {
    /// Always true.
    pub ok: bool,
    /// Where it is kept.
    pub path: String,
    /// The canonical key.
    pub key: String,
    /// The session after the change.
    pub entry: SessionEntry,
}
