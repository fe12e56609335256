//! Sessions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::macros::methods;
use crate::value::{Nullable, Patch};

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

/// Params of `sessions.preview`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionsPreviewParams {
    /// Sessions; the first 64 are read.
    #[schemars(length(min = 1, max = 4096), inner(length(min = 1, max = 512)))]
    pub keys: Vec<String>,
    /// Messages of each; 12 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub limit: Option<u32>,
    /// Characters of each message; 240 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 20))]
    pub max_chars: Option<u32>,
}

/// Answer of `sessions.preview`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionsPreviewResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// In the order asked for.
    pub previews: Vec<SessionPreview>,
}

/// The end of one session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionPreview {
    /// The session as the caller named it.
    pub key: String,
    /// `ok`, `empty` or `missing`.
    pub status: String,
    /// Oldest first.
    pub items: Vec<PreviewItem>,
}

/// One message in brief.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct PreviewItem {
    /// `user`, `assistant`, `tool`, `system` or `other`.
    pub role: String,
    /// Its words.
    pub text: String,
}

/// Params of `sessions.resolve`: exactly one of key, session id and label.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionsResolveParams {
    /// A key or alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    pub key: Option<String>,
    /// An id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub session_id: Option<String>,
    /// A label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub label: Option<String>,
    /// Only sessions of this agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub agent_id: Option<String>,
    /// Only sessions that this one asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    pub spawned_by: Option<String>,
    /// Include the session `global`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_global: Option<bool>,
    /// Include the session `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_unknown: Option<bool>,
}

/// Answer of `sessions.resolve`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionsResolveResult {
    /// Always true.
    pub ok: bool,
    /// The canonical key.
    pub key: String,
}

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

/// Params of `sessions.reset`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionsResetParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub key: String,
}

/// Answer of `sessions.reset`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionsResetResult {
    /// Always true.
    pub ok: bool,
    /// The canonical key.
    pub key: String,
    /// The session with its new id.
    pub entry: SessionEntry,
}

/// Params of `sessions.delete`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionsDeleteParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub key: String,
    /// Delete the messages too; true if absent. Otherwise they stay, out of every list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_transcript: Option<bool>,
}

/// Answer of `sessions.delete`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionsDeleteResult {
    /// Always true.
    pub ok: bool,
    /// The canonical key.
    pub key: String,
    /// Whether it existed.
    pub deleted: bool,
    /// Files that were set aside: none, there are no transcript files.
    pub archived: Vec<String>,
}

methods! {
    /// Sessions, newest first; `search` finds words in any message.
    pub SessionsList = "sessions.list" {
        params: SessionsListParams,
        result: SessionsListResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// The last messages of several sessions, in brief.
    pub SessionsPreview = "sessions.preview" {
        params: SessionsPreviewParams,
        result: SessionsPreviewResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// The canonical key of a session named by key, id or label.
    pub SessionsResolve = "sessions.resolve" {
        params: SessionsResolveParams,
        result: SessionsResolveResult,
        access: operator(Admin),
        effect: read,
        since: 3,
    }
    /// Changes settings of a session: model, thinking level, label and so on.
    pub SessionsPatch = "sessions.patch" {
        params: SessionsPatchParams,
        result: SessionsPatchResult,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }
    /// Begins anew under the same key: a new session id, the settings kept.
    pub SessionsReset = "sessions.reset" {
        params: SessionsResetParams,
        result: SessionsResetResult,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }
    /// Deletes a session. The main session is refused.
    pub SessionsDelete = "sessions.delete" {
        params: SessionsDeleteParams,
        result: SessionsDeleteResult,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }
}
