//! Sessions and their transcripts.

use async_trait::async_trait;
use tidegate_protocol::Patch;
use tidegate_protocol::api::sessions::{GroupActivation, ResponseUsage, SendPolicy};

use super::StoreError;
use crate::origin::Origin;
use crate::run::Once;
use crate::session::SessionKey;
use crate::transcript::{Maker, Message, NewMessage, Usage};

/// Settings of a session; absent means the default.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionSettings {
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
    /// `provider/model`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
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
}

/// A change of settings; the engine has checked every value.
#[derive(Debug, Clone, Default)]
pub struct SettingsPatch {
    /// The session's name; unique.
    pub label: Patch<String>,
    /// See [`SessionSettings`], field by field.
    pub thinking_level: Patch<String>,
    /// Verbosity.
    pub verbose_level: Patch<String>,
    /// Reasoning level.
    pub reasoning_level: Patch<String>,
    /// Kept for clients of the family.
    pub elevated_level: Patch<String>,
    /// Kept for clients of the family.
    pub exec_host: Patch<String>,
    /// Kept for clients of the family.
    pub exec_security: Patch<String>,
    /// Kept for clients of the family.
    pub exec_ask: Patch<String>,
    /// Kept for clients of the family.
    pub exec_node: Patch<String>,
    /// `provider/model`.
    pub model: Patch<String>,
    /// Written once.
    pub spawned_by: Patch<String>,
    /// How usage is shown.
    pub response_usage: Patch<ResponseUsage>,
    /// Whether messages may be sent.
    pub send_policy: Patch<SendPolicy>,
    /// When the agent answers in a group.
    pub group_activation: Patch<GroupActivation>,
}

impl SettingsPatch {
    /// Carries every field but the label out.
    pub fn apply(self, settings: &mut SessionSettings) {
        self.thinking_level.apply(&mut settings.thinking_level);
        self.verbose_level.apply(&mut settings.verbose_level);
        self.reasoning_level.apply(&mut settings.reasoning_level);
        self.elevated_level.apply(&mut settings.elevated_level);
        self.exec_host.apply(&mut settings.exec_host);
        self.exec_security.apply(&mut settings.exec_security);
        self.exec_ask.apply(&mut settings.exec_ask);
        self.exec_node.apply(&mut settings.exec_node);
        self.model.apply(&mut settings.model);
        self.spawned_by.apply(&mut settings.spawned_by);
        self.response_usage.apply(&mut settings.response_usage);
        self.send_policy.apply(&mut settings.send_policy);
        self.group_activation.apply(&mut settings.group_activation);
    }
}

/// A stored session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its key.
    pub key: SessionKey,
    /// Its id; a reset gives a new one.
    pub id: String,
    /// When it was made, in Unix milliseconds.
    pub created_at_ms: u64,
    /// Last change, in Unix milliseconds.
    pub updated_at_ms: u64,
    /// Its name.
    pub label: Option<String>,
    /// Its settings.
    pub settings: SessionSettings,
    /// Whether the last run was aborted.
    pub aborted_last_run: bool,
    /// Tokens of the last turn; none before the first.
    pub last_usage: Option<Usage>,
    /// Who made the last answer.
    pub last_maker: Option<Maker>,
    /// Messages under the current id.
    pub message_count: u64,
    /// Where it was last spoken to from, if that was a chat network.
    pub origin: Option<Origin>,
}

/// A session in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionListing {
    /// The session.
    pub session: Session,
    /// The first words that a user said, if asked for.
    pub first_user_text: Option<String>,
    /// The last message's words, if asked for.
    pub last_text: Option<String>,
    /// Whether a run is at work.
    pub active_run: bool,
}

/// Which sessions.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of one query, as the wire has them"
)]
pub struct SessionQuery {
    /// At most so many.
    pub limit: u32,
    /// Changed at or after, in Unix milliseconds.
    pub updated_since_ms: Option<u64>,
    /// Only of this agent.
    pub agent: Option<String>,
    /// Only with this label.
    pub label: Option<String>,
    /// Only those that this session asked for.
    pub spawned_by: Option<String>,
    /// Words in key, label or any message; all of them must occur, the last may be a beginning.
    pub search: Option<String>,
    /// Include the session `global`.
    pub include_global: bool,
    /// Include the session `unknown`.
    pub include_unknown: bool,
    /// Fill `first_user_text` (first 256 characters).
    pub with_first_text: bool,
    /// Fill `last_text` (first 256 characters).
    pub with_last_text: bool,
}

/// Which messages of a session.
#[derive(Debug, Clone, Copy)]
pub struct HistoryQuery {
    /// Only before this place.
    pub before: Option<u64>,
    /// At most so many, the newest.
    pub limit: u32,
    /// At most so many bytes of stored text, the newest.
    pub max_bytes: usize,
}

/// A page of messages, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HistoryPage {
    /// The messages.
    pub messages: Vec<Message>,
    /// There are older ones: before this place.
    pub next_before: Option<u64>,
}

/// How a patch can be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patched {
    /// Done.
    Ok(Box<Session>),
    /// Another session has the label.
    LabelTaken,
    /// `spawned_by` was set before.
    SpawnedByFixed,
}

/// What a delivery found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivered {
    /// The message was appended under this id.
    New {
        /// The message's id.
        message_id: String,
    },
    /// The same request was carried out before.
    Repeat {
        /// The message's id.
        message_id: String,
    },
    /// The key was used before with other params.
    KeyReused,
}

/// Sessions and their transcripts.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Whether writes are still taken: no longer after the disk failed one, until a restart.
    fn is_writable(&self) -> bool;
    /// One session.
    async fn session(&self, key: &SessionKey) -> Result<Option<Session>, StoreError>;
    /// The session of an id.
    async fn session_by_id(&self, session_id: &str) -> Result<Option<Session>, StoreError>;
    /// Sessions, newest first.
    async fn sessions(&self, query: SessionQuery) -> Result<Vec<SessionListing>, StoreError>;
    /// How many sessions an agent has; all of them for `None`.
    async fn session_count(&self, agent: Option<&str>) -> Result<u64, StoreError>;
    /// Changes settings; makes the session with `new_session_id` if it does not exist.
    async fn patch_session(
        &self,
        key: &SessionKey,
        patch: SettingsPatch,
        new_session_id: String,
        now_ms: u64,
    ) -> Result<Patched, StoreError>;
    /// Gives the key a new session id, keeping label and settings. The old messages stay stored
    /// under the old id. Makes the session if it does not exist.
    async fn reset_session(
        &self,
        key: &SessionKey,
        new_session_id: String,
        now_ms: u64,
    ) -> Result<Session, StoreError>;
    /// Takes the session away; with `messages` its messages too. Says whether it existed.
    async fn delete_session(&self, key: &SessionKey, messages: bool) -> Result<bool, StoreError>;
    /// Messages of the session's current id.
    async fn history(
        &self,
        key: &SessionKey,
        query: HistoryQuery,
    ) -> Result<HistoryPage, StoreError>;
    /// Appends a message that no run made (making the session if needed) and remembers the
    /// request, in one transaction.
    async fn deliver(
        &self,
        once: Once,
        key: &SessionKey,
        new_session_id: String,
        message: NewMessage,
    ) -> Result<Delivered, StoreError>;
}
