//! Sessions.

mod list;
mod patch;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::macros::methods;

pub use list::{
    DeliveryContext, SessionListDefaults, SessionOrigin, SessionRow, SessionsListParams,
    SessionsListResult,
};
pub use patch::{
    GroupActivation, Label, ResponseUsage, SendPolicy, SessionEntry, SessionsPatchParams,
    SessionsPatchResult,
};

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
