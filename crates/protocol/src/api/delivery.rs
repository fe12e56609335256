//! What goes out to chat networks, part by part, and the whole way of one message.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, ChannelId, RunId};
use crate::macros::methods;

/// Parts of a list when not told.
pub const OUTBOX_DEFAULT_PARTS: u32 = 100;
/// Parts of a list at most.
pub const OUTBOX_MOST_PARTS: u32 = 500;
/// Characters of a part's words that a list shows.
pub const OUTBOX_TEXT_CHARS: usize = 280;

/// Which parts of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OutboxLot {
    /// Those that wait or are on their way.
    Open,
    /// Those that were given up.
    Dead,
}

/// How far a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartState {
    /// Waits for its turn.
    Prepared,
    /// On its way.
    Sending,
    /// Nobody knows whether it arrived; it is looked up or tried once more.
    Ambiguous,
    /// The network has it.
    Sent,
    /// It was given up; a person may try again or drop it.
    Dead,
    /// A person dropped it.
    Dropped,
}

impl PartState {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Sending => "sending",
            Self::Ambiguous => "ambiguous",
            Self::Sent => "sent",
            Self::Dead => "dead",
            Self::Dropped => "dropped",
        }
    }
}

/// What a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartKind {
    /// Words.
    Text,
    /// A file, perhaps with words.
    Media,
    /// A question with answers to choose from.
    Poll,
}

/// One message on a network, as the outbox keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutboxPart {
    /// Its number, growing.
    pub no: u64,
    /// Its name, the same in every try.
    pub id: String,
    /// Its place in the answer, from 0.
    pub part: u32,
    /// How many parts the answer has.
    pub parts: u32,
    /// The network.
    pub channel: ChannelId,
    /// Through which account.
    pub account_id: AccountId,
    /// To which conversation.
    pub to: String,
    /// `direct`, `group` or `channel`.
    pub chat_type: String,
    /// In which thread or topic of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
    /// What it is.
    pub kind: PartKind,
    /// The beginning of its words, at most 280 characters; the question of a poll.
    pub text: String,
    /// How far it is.
    pub state: PartState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was decided, in Unix milliseconds.
    pub created_at_ms: u64,
    /// When it is too old to be sent unasked, in Unix milliseconds.
    pub expires_at_ms: u64,
    /// Not to be tried before, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before_ms: Option<u64>,
    /// A try of unknown end began then, in Unix milliseconds: it may be on the network twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maybe_sent_since_ms: Option<u64>,
    /// When it ended, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at_ms: Option<u64>,
    /// The network's id of the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// The network's id of the poll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_id: Option<String>,
    /// Why the last try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The session that it was said in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<String>,
    /// The run that said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
}

/// Params of `outbox.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OutboxListParams {
    /// Which parts; `dead` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<OutboxLot>,
    /// Only of this network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// Only of this account of the network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<AccountId>,
    /// At most so many; 100 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 500))]
    pub limit: Option<u32>,
}

/// Answer of `outbox.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutboxListResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// Newest first.
    pub parts: Vec<OutboxPart>,
}

/// Params of `outbox.retry` and `outbox.drop`: either `no` or `id`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboxPartParams {
    /// The part's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no: Option<u64>,
    /// The part's name, or whatever `messages.trace` takes: then every part of that message that was
    /// given up is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 512))]
    pub id: Option<String>,
}

/// Answer of `outbox.retry`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutboxRetryResult {
    /// Always true.
    pub ok: bool,
    /// Whether one was dead, and is tried again.
    pub retried: bool,
}

/// Answer of `outbox.drop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutboxDropResult {
    /// Always true.
    pub ok: bool,
    /// Whether one was dead, and is dropped.
    pub dropped: bool,
}

/// Params of `messages.trace`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MessagesTraceParams {
    /// A network's id of a message or event, a run, or the name of what was sent.
    #[schemars(length(min = 1, max = 512))]
    pub id: String,
}

/// Answer of `messages.trace`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MessagesTraceResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// The ways of messages that the id names, newest first, at most 20.
    pub messages: Vec<TracedMessage>,
}

/// The way of one message: from the network, through a run, back to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TracedMessage {
    /// What arrived; absent if it began here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound: Option<TracedInbound>,
    /// The run that it asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<TracedRun>,
    /// What went out, part by part.
    pub parts: Vec<OutboxPart>,
}

/// What arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TracedInbound {
    /// The network.
    pub channel: ChannelId,
    /// Through which account.
    pub account_id: AccountId,
    /// The conversation.
    pub from: String,
    /// `direct`, `group` or `channel`.
    pub chat_type: String,
    /// Its thread or topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
    /// The network's stable id of the person.
    pub sender_id: String,
    /// The network's id of the event.
    pub provider_id: String,
    /// The network's id of the message.
    pub message_id: String,
    /// When it was sent, by the network's clock, in Unix milliseconds.
    pub sent_at_ms: u64,
    /// When it was stored here, in Unix milliseconds.
    pub arrived_at_ms: u64,
    /// `accepted`, `answered`, `answered-empty` or `failed-with-notice`.
    pub state: String,
    /// When it ended, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at_ms: Option<u64>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<String>,
}

/// The run of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TracedRun {
    /// The run.
    pub run_id: RunId,
    /// The session.
    pub session_key: String,
    /// `queued`, `running` or `ended`.
    pub state: String,
    /// When it was accepted, in Unix milliseconds.
    pub accepted_at_ms: u64,
    /// When it began, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at_ms: Option<u64>,
    /// When it ended, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at_ms: Option<u64>,
    /// How: `ok`, `error`, `aborted` or `interrupted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

methods! {
    /// Parts that wait for a network, or that were given up.
    pub OutboxList = "outbox.list" {
        params: OutboxListParams,
        result: OutboxListResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// Tries a part that was given up again, and those of its answer that died with it.
    pub OutboxRetry = "outbox.retry" {
        params: OutboxPartParams,
        result: OutboxRetryResult,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }
    /// Drops a part that was given up.
    pub OutboxDrop = "outbox.drop" {
        params: OutboxPartParams,
        result: OutboxDropResult,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }
    /// Where a message went: what arrived, the run, every part that went out, with times.
    pub MessagesTrace = "messages.trace" {
        params: MessagesTraceParams,
        result: MessagesTraceResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
}

#[cfg(test)]
mod tests {
    use super::PartState;

    #[test]
    fn a_word_is_the_one_on_the_wire() {
        for state in [
            PartState::Prepared,
            PartState::Sending,
            PartState::Ambiguous,
            PartState::Sent,
            PartState::Dead,
            PartState::Dropped,
        ] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
    }
}
