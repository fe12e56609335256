//! The list of sessions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::value::Nullable;

/// Params of `sessions.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionsListParams {
    /// At most so many; 1000 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub limit: Option<u32>,
    /// Only those changed in so many minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub active_minutes: Option<u32>,
    /// Include the session `global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_global: Option<bool>,
    /// Include the session `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_unknown: Option<bool>,
    /// Make a title from the first message where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_derived_titles: Option<bool>,
    /// Add the beginning of the last message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_last_message: Option<bool>,
    /// Only the session of this label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub label: Option<String>,
    /// Only sessions that this one asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub spawned_by: Option<String>,
    /// Only sessions of this agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub agent_id: Option<String>,
    /// Words in the key, the label, the title or any message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 256))]
    pub search: Option<String>,
}

/// Answer of `sessions.list`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionsListResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// Where they are kept.
    pub path: String,
    /// How many rows follow.
    pub count: u64,
    /// What a session starts with.
    pub defaults: SessionListDefaults,
    /// Newest first.
    pub sessions: Vec<SessionRow>,
}

/// What a session starts with.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionListDefaults {
    /// The provider.
    pub model_provider: Nullable<String>,
    /// The model.
    pub model: Nullable<String>,
    /// Its context in tokens.
    pub context_tokens: Nullable<u64>,
}

/// One session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionRow {
    /// Its key.
    pub key: String,
    /// `direct`, `group`, `global` or `unknown`.
    pub kind: String,
    /// Its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// A title made from its first message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derived_title: Option<String>,
    /// The beginning of its last message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message_preview: Option<String>,
    /// The chat network that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// `direct`, `group` or `channel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_type: Option<String>,
    /// The name of the group on its network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Where it was last spoken to from, if that was a chat network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<SessionOrigin>,
    /// Where its answers go, if that is a chat network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_context: Option<DeliveryContext>,
    /// Last change, in Unix milliseconds.
    pub updated_at: Nullable<u64>,
    /// Its id.
    pub session_id: String,
    /// Whether the system prompt was sent.
    pub system_sent: bool,
    /// Whether the last run was aborted.
    pub aborted_last_run: bool,
    /// Thinking level, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking_level: Option<String>,
    /// Verbosity, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verbose_level: Option<String>,
    /// Reasoning level, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_level: Option<String>,
    /// Whether messages may be sent: `allow` or `deny`, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_policy: Option<String>,
    /// Tokens of the last turn's input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens of the last turn's output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Tokens in the context.
    pub total_tokens: u64,
    /// The provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_provider: Option<String>,
    /// The model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Its context in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u64>,
    /// Number of messages.
    pub message_count: u64,
    /// Whether a run is at work.
    pub active_run: bool,
    /// Where its last message came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_channel: Option<String>,
    /// The conversation there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_to: Option<String>,
    /// The account there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_account_id: Option<String>,
    /// The thread or topic there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_thread_id: Option<String>,
}

/// Where a session was last spoken to from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionOrigin {
    /// For people: the group's name, else the person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The chat network.
    pub provider: String,
    /// The same.
    pub surface: String,
    /// `direct`, `group` or `channel`.
    pub chat_type: String,
    /// The network's stable id of the person.
    pub from: String,
    /// The conversation.
    pub to: String,
    /// Through which account.
    pub account_id: String,
    /// The thread or topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
}

/// Where a session's answers go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryContext {
    /// The chat network.
    pub channel: String,
    /// The conversation.
    pub to: String,
    /// Through which account.
    pub account_id: String,
    /// The thread or topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
}
