//! Chat: history, sending, stopping, and the stream of answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::{IdempotencyKey, RunId};
use crate::macros::{events, methods};

/// Params of `chat.history`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatHistoryParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub session_key: String,
    /// How many messages; 200 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub limit: Option<u32>,
    /// Only messages before this one: the `nextBefore` of a newer page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
}

/// Answer of `chat.history`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatHistoryResult {
    /// The session as the caller named it.
    pub session_key: String,
    /// Its id; absent if it does not exist yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// Oldest first.
    pub messages: Vec<ChatMessage>,
    /// Thinking level of the session.
    pub thinking_level: String,
    /// There are older messages: pass this as `before`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_before: Option<u64>,
    /// Messages that wait for the run at work.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queued: Vec<QueuedMessage>,
    /// The run at work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_run: Option<ActiveRun>,
}

/// A message that waits for its turn.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct QueuedMessage {
    /// The run that it will start.
    pub run_id: RunId,
    /// Its text.
    pub text: String,
}

/// The run at work in a session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActiveRun {
    /// The run.
    pub run_id: RunId,
    /// The answer so far.
    pub text: String,
    /// The thinking so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<String>,
}

/// One message of a transcript.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    /// `user`, `assistant`, `toolResult` or `system`.
    pub role: String,
    /// Its parts.
    pub content: Vec<ContentPart>,
    /// When, in Unix milliseconds.
    pub timestamp: u64,
    /// Assistant: the dialect that was spoken with the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// Assistant: the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Assistant: the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Assistant: tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<MessageUsage>,
    /// Tool result: the id of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// Tool result: the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_name: Option<String>,
    /// Tool result: whether it went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_error: Option<bool>,
    /// Tool result: whether the call was given up; nobody knows what it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interrupted: Option<bool>,
    /// Tool result: facts beside it, for example an exit code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    /// Assistant: `stop`, `length`, `toolUse`, `error`, `aborted`, `interrupted` or `injected`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// Assistant: why the turn failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// The message's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its place in the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The run that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileNote {
    /// `photo`, `video`, `animation`, `audio`, `voice`, `sticker` or `document`.
    pub kind: String,
    /// Its name, as the sender gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its type, by its first bytes.
    pub mime: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ContentPart {
    /// Words.
    Text {
        /// The words.
        text: String,
        /// The file that the words tell of. Its bytes are not given out here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<FileNote>,
    },
    /// What the model thought before it answered.
    Thinking {
        /// The words.
        thinking: String,
        /// The provider's proof, which must be sent back unchanged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    /// What the agent asked a tool for.
    ToolCall {
        /// Unique in its run.
        id: String,
        /// The tool.
        name: String,
        /// The arguments: an object, or the text as it came if that was none.
        arguments: Value,
    },
    /// A picture that a tool brought.
    Image {
        /// Its bytes, in base64.
        data: String,
        /// Its type.
        #[serde(rename = "mimeType")]
        mime_type: String,
    },
}

/// Tokens and cost of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageUsage {
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
    /// Tokens read from the provider's cache.
    pub cache_read: u64,
    /// Tokens written to the provider's cache.
    pub cache_write: u64,
    /// All of them.
    pub total_tokens: u64,
    /// Cost in US dollars; 0 where no price is configured.
    pub cost: MessageCost,
}

/// Cost of a message in US dollars.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MessageCost {
    /// For tokens read.
    pub input: f64,
    /// For tokens written.
    pub output: f64,
    /// For tokens read from the cache.
    pub cache_read: f64,
    /// For tokens written to the cache.
    pub cache_write: f64,
    /// All of it.
    pub total: f64,
}

/// Params of `chat.send`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatSendParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub session_key: String,
    /// The session's id, if the client knows it; the key decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub session_id: Option<String>,
    /// What to say.
    #[schemars(length(min = 1, max = 131_072))]
    pub message: String,
    /// Same key and params: same run.
    pub idempotency_key: IdempotencyKey,
    /// Thinking level of this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub thinking: Option<String>,
    /// Accepted and not used: the answer goes back to where the message came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver: Option<bool>,
    /// Pictures; refused until a runner takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Value>>,
    /// Deadline of the run in milliseconds; 0 is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// Answer of `chat.send`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ChatSendResult {
    /// The run; absent after a stop word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
    /// `started`; of a repeat `in_flight`, `ok`, `error` or `aborted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Whether it waits for the run at work.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queued: Option<bool>,
    /// One line, of a failed run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// After a stop word: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ok: Option<bool>,
    /// After a stop word: whether anything was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aborted: Option<bool>,
    /// After a stop word: what was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_ids: Option<Vec<RunId>>,
}

/// Params of `chat.abort`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatAbortParams {
    /// The session.
    #[schemars(length(min = 1, max = 512))]
    pub session_key: String,
    /// One run; all of the session if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_id: Option<RunId>,
}

/// Answer of `chat.abort`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatAbortResult {
    /// Always true.
    pub ok: bool,
    /// Whether anything was stopped.
    pub aborted: bool,
    /// What was stopped.
    pub run_ids: Vec<RunId>,
}

/// How far a chat run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ChatState {
    /// The answer grew.
    Delta,
    /// The run ended well.
    Final,
    /// Somebody stopped it.
    Aborted,
    /// It failed.
    Error,
}

/// One step of a chat run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatEvent {
    /// The run.
    pub run_id: RunId,
    /// The session as the caller named it.
    pub session_key: String,
    /// The `seq` of the agent update that led to this.
    pub seq: u64,
    /// How far the run is.
    pub state: ChatState,
    /// The whole message so far; absent when there are no words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<ChatEventMessage>,
    /// Delta: what is new since the last delta.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta_text: Option<String>,
    /// Delta: whether what is new begins another message of the run instead of growing the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replace: Option<bool>,
    /// Error: why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Error: `refusal`, `timeout`, `rate_limit`, `context_length` or `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_kind: Option<String>,
    /// Final: tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<MessageUsage>,
    /// Final and aborted: why it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
}

/// The message of a chat event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChatEventMessage {
    /// Always `assistant`.
    pub role: String,
    /// The words.
    pub content: Vec<ContentPart>,
    /// When, in Unix milliseconds.
    pub timestamp: u64,
    /// `injected` for answers that no model made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_reason: Option<String>,
    /// Zero for answers that no model made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<MessageUsage>,
}

methods! {
    /// The last messages of a session, oldest first, at most 6 MiB.
    pub ChatHistory = "chat.history" {
        params: ChatHistoryParams,
        result: ChatHistoryResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// Says something in a session. The answer comes as `chat` and `agent` events. A stop word
    /// (`/stop`, `stop`, `esc`, `abort`, `wait`, `exit`, `interrupt`) ends the session's runs instead.
    pub ChatSend = "chat.send" {
        params: ChatSendParams,
        result: ChatSendResult,
        access: operator(Write),
        effect: keyed,
        since: 3,
    }
    /// Stops one run or all runs of a session.
    pub ChatAbort = "chat.abort" {
        params: ChatAbortParams,
        result: ChatAbortResult,
        access: operator(Write),
        effect: idempotent,
        since: 3,
    }
}

events! {
    /// One step of a chat run.
    pub ChatUpdate = "chat" {
        payload: ChatEvent,
        access: operator(Read),
        delivery: Must,
    }
}
