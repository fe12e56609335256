//! The keys `messages` and `session`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_core::agents;
use tidegate_core::session::MAIN;
use tidegate_engine::AckScope;

/// How messages are queued.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct MessagesConfig {
    /// Messages that arrive during a run.
    pub(crate) queue: QueueConfig,
    /// A reaction, as an emoji, that is put on a message of a chat network while it waits and is answered, where the network has reactions. When the gateway is killed meanwhile, it stays there; that does no harm. Default none. reload: restart.
    #[schemars(length(min = 1, max = 64))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ack_reaction: Option<String>,
    /// On which messages it is put. Default `group-mentions`. reload: restart.
    pub(crate) ack_reaction_scope: AckReactionScope,
}

/// On which messages a reaction is put at once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AckReactionScope {
    /// Those in groups and rooms that mention the bot or answer it.
    #[default]
    GroupMentions,
    /// All that are answered.
    All,
    /// Those in direct chats.
    Direct,
    /// None.
    Off,
}

impl AckReactionScope {
    /// The engine's word.
    pub(crate) const fn scope(self) -> AckScope {
        match self {
            Self::GroupMentions => AckScope::GroupMentions,
            Self::All => AckScope::All,
            Self::Direct => AckScope::Direct,
            Self::Off => AckScope::Off,
        }
    }
}

/// Messages that arrive during a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct QueueConfig {
    /// What becomes of them. Default `collect`. reload: restart.
    pub(crate) mode: QueueMode,
    /// The same for messages of one chat network, by its key in `channels`. Default: `mode`. reload: restart.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) by_channel: BTreeMap<String, QueueMode>,
    /// How long a message of a chat network waits for the next one before the agent answers, in milliseconds. Default 1000. reload: restart.
    #[schemars(range(min = 0, max = 60_000))]
    pub(crate) debounce_ms: u32,
    /// How many may wait in one session. Default 20. reload: restart.
    #[schemars(range(min = 1, max = 1000))]
    pub(crate) cap: u32,
    /// What happens to messages of chat networks when more wait; from elsewhere they are refused. Default `summarize`. reload: restart.
    pub(crate) drop: QueueDrop,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self {
            mode: QueueMode::Collect,
            by_channel: BTreeMap::new(),
            debounce_ms: 1000,
            cap: 20,
            drop: QueueDrop::Summarize,
        }
    }
}

/// What becomes of messages that arrive during a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum QueueMode {
    /// They become one turn together.
    #[default]
    Collect,
    /// Each becomes a turn of its own, in order.
    Followup,
    /// A message of a chat network stops the turn at work; what waits becomes one turn with it.
    Interrupt,
}

impl QueueMode {
    /// The engine's word.
    pub(crate) const fn mode(self) -> agents::QueueMode {
        match self {
            Self::Collect => agents::QueueMode::Collect,
            Self::Followup => agents::QueueMode::Followup,
            Self::Interrupt => agents::QueueMode::Interrupt,
        }
    }
}

/// What happens to messages of chat networks when more wait than may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum QueueDrop {
    /// The oldest are read shortened.
    #[default]
    Summarize,
    /// The oldest is given up and its sender told.
    Old,
    /// The new one is refused and its sender told.
    New,
}

impl QueueDrop {
    /// The engine's word.
    pub(crate) const fn rule(self) -> agents::QueueDrop {
        match self {
            Self::Summarize => agents::QueueDrop::Summarize,
            Self::Old => agents::QueueDrop::Old,
            Self::New => agents::QueueDrop::New,
        }
    }
}

/// How conversations are named and when they end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct SessionConfig {
    /// Whether people have conversations of their own. Default `per-sender`. reload: restart.
    pub(crate) scope: SessionScope,
    /// The name of each agent's main conversation: lower-case letters, digits, `_` and `-`. Default `main`. reload: restart.
    #[schemars(length(min = 1, max = 64))]
    pub(crate) main_key: String,
    /// How direct chats of chat networks are kept apart. Default `owner-main`: the owner's are the main conversation, everybody else has one of his own. reload: restart.
    pub(crate) dm_scope: DmScope,
    /// People with several addresses: a name, and their addresses as `network:id`. Default none. reload: restart.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) identity_links: BTreeMap<String, Vec<String>>,
    /// When a conversation of a chat network is over; the next message begins a new one.
    pub(crate) reset: ResetConfig,
    /// The same by the kind of conversation.
    #[serde(skip_serializing_if = "ResetByType::is_empty")]
    pub(crate) reset_by_type: ResetByType,
}

impl Default for SessionConfig {
    fn default() -> Self {
        Self {
            scope: SessionScope::PerSender,
            main_key: MAIN.to_owned(),
            dm_scope: DmScope::OwnerMain,
            identity_links: BTreeMap::new(),
            reset: ResetConfig::default(),
            reset_by_type: ResetByType::default(),
        }
    }
}

/// Whether people have conversations of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SessionScope {
    /// Yes, as `dmScope` says.
    #[default]
    PerSender,
    /// All chat networks share one conversation.
    Global,
}

/// How direct chats are kept apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DmScope {
    /// The owner's are the agent's main conversation; others have one for each network.
    #[default]
    OwnerMain,
    /// Not at all: everybody's are the agent's main conversation.
    Main,
    /// One for each person.
    PerPeer,
    /// One for each person on each network.
    PerChannelPeer,
}

/// When a conversation is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ResetConfig {
    /// What ends it. Default `daily`. reload: restart.
    pub(crate) mode: ResetMode,
    /// The hour of the host's day for `daily`. Default 4. reload: restart.
    #[schemars(range(min = 0, max = 23))]
    pub(crate) at_hour: u8,
    /// A silence that ends it, in minutes. Default 60 with `idle`; with `daily` none, and both hold if it is given. reload: restart.
    #[schemars(range(min = 1, max = 525_600))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) idle_minutes: Option<u32>,
}

impl Default for ResetConfig {
    fn default() -> Self {
        Self {
            mode: ResetMode::Daily,
            at_hour: 4,
            idle_minutes: None,
        }
    }
}

/// What ends a conversation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ResetMode {
    /// An hour of the day.
    #[default]
    Daily,
    /// A silence.
    Idle,
    /// Nothing.
    Never,
}

/// When conversations of a kind are over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ResetByType {
    /// Direct chats. Default: `session.reset`. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) dm: Option<ResetConfig>,
    /// Groups and rooms. Default: `session.reset`. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) group: Option<ResetConfig>,
    /// Threads and topics. Default: `session.reset`. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thread: Option<ResetConfig>,
}

impl ResetByType {
    const fn is_empty(&self) -> bool {
        self.dm.is_none() && self.group.is_none() && self.thread.is_none()
    }
}
