//! Agent runs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::connect::NoParams;
use crate::ids::{IdempotencyKey, RunId};
use crate::macros::{events, methods};
use crate::value::Nullable;

/// Params of `agent`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentParams {
    /// What to tell the agent.
    #[schemars(length(min = 1, max = 131_072))]
    pub message: String,
    /// Same key and params: same run.
    pub idempotency_key: IdempotencyKey,
    /// Which agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub agent_id: Option<String>,
    /// With `deliver`, where the answer goes: a conversation on the channel. It chooses no session:
    /// direct peers share the main one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub to: Option<String>,
    /// The same; wins over `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// A session by its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub session_id: Option<String>,
    /// A session by its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub session_key: Option<String>,
    /// Thinking level of this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub thinking: Option<String>,
    /// Whether to send the answer to a chat network too: to `to` on `channel`, or to where the
    /// session was last spoken to from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver: Option<bool>,
    /// Pictures; refused until a runner takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attachments: Option<Vec<Value>>,
    /// The channel of `to`; `last` or none is the session's last one, `webchat` none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub channel: Option<String>,
    /// The same; wins over `channel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub reply_channel: Option<String>,
    /// The account on the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// The same; wins over `accountId`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_account_id: Option<String>,
    /// The thread of `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
    /// The group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// The group's channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_channel: Option<String>,
    /// The group's space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_space: Option<String>,
    /// Deadline of the run in seconds; 0 is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// The lane; accepted and not used, since each session is its own lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<String>,
    /// Words added to the system prompt of this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_system_prompt: Option<String>,
    /// A name for the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub label: Option<String>,
    /// The session that asked for this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spawned_by: Option<String>,
}

/// First answer of `agent`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentAccepted {
    /// The run.
    pub run_id: RunId,
    /// Always `accepted`.
    pub status: String,
    /// When it was stored, in Unix milliseconds.
    pub accepted_at: u64,
}

/// Final answer of `agent`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentFinal {
    /// The run.
    pub run_id: RunId,
    /// `ok` or `error`; a repeat of an aborted run says `aborted`, one still at work `accepted`.
    pub status: String,
    /// One line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// When it was stored; only with status `accepted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<u64>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<AgentResult>,
}

/// The answer of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AgentResult {
    /// What the agent said.
    pub payloads: Vec<AgentReply>,
    /// About the run.
    pub meta: AgentResultMeta,
    /// What became of the delivery; only if one was asked for.
    #[serde(
        default,
        rename = "deliveryStatus",
        skip_serializing_if = "Option::is_none"
    )]
    pub delivery_status: Option<DeliveryStatus>,
}

/// What became of an answer that was to be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryStatus {
    /// Always true.
    pub requested: bool,
    /// Whether there was something to deliver.
    pub attempted: bool,
    /// How far it is.
    pub status: DeliveryState,
    /// Whether the network has all of it.
    pub succeeded: bool,
    /// Why it is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The network has all of it.
    Sent,
    /// It waits in the outbox; `messages.trace` of the run tells more.
    Queued,
    /// There was nothing to deliver.
    Suppressed,
    /// The network has its beginning, the rest was given up.
    PartialFailed,
    /// It was given up.
    Failed,
}

/// One message of the agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentReply {
    /// The text.
    pub text: String,
    /// A picture or file.
    pub media_url: Nullable<String>,
}

/// About a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentResultMeta {
    /// From start to end, in milliseconds.
    pub duration_ms: u64,
    /// Session, model and usage.
    pub agent_meta: AgentMeta,
    /// Whether it was aborted.
    pub aborted: bool,
}

/// Session, model and usage of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentMeta {
    /// The session's id.
    pub session_id: String,
    /// Provider name.
    pub provider: String,
    /// Model id.
    pub model: String,
    /// Tokens.
    pub usage: RunUsage,
}

/// Tokens of one run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunUsage {
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
    /// Tokens read from the provider's cache.
    pub cache_read: u64,
    /// Tokens written to the provider's cache.
    pub cache_write: u64,
    /// All of them.
    pub total: u64,
}

/// Params of `agent.wait`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentWaitParams {
    /// The run.
    pub run_id: RunId,
    /// How long to wait, in milliseconds; 30 000 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
}

/// Answer of `agent.wait`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentWaitResult {
    /// The run.
    pub run_id: RunId,
    /// `ok`, `error` or `timeout`.
    pub status: String,
    /// When it began, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<u64>,
    /// When it ended, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<u64>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// Params of `agent.identity.get`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AgentIdentityParams {
    /// Which agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub agent_id: Option<String>,
    /// A session of the agent; wins over `agentId` and must match it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 512))]
    pub session_key: Option<String>,
}

/// How an agent is shown.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentIdentityResult {
    /// The agent.
    pub agent_id: String,
    /// Its name; `Assistant` if none is configured.
    pub name: String,
    /// A letter, an emoji or the path of a picture.
    pub avatar: String,
}

/// Answer of `agents.list`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentsListResult {
    /// The agent that answers by default.
    pub default_id: String,
    /// The alias of the main session.
    pub main_key: String,
    /// `per-sender`.
    pub scope: String,
    /// The default agent first.
    pub agents: Vec<AgentRow>,
}

/// One agent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentRow {
    /// Its id.
    pub id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<AgentIdentity>,
    /// What answers for it.
    pub model: AgentModel,
}

/// How an agent is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentIdentity {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its theme.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<String>,
    /// Its emoji.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// A letter, an emoji or a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub avatar: Option<String>,
}

/// The model of an agent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct AgentModel {
    /// `provider/model`.
    pub primary: String,
}

/// One update of a run.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentEvent {
    /// The run.
    pub run_id: RunId,
    /// Counts from 1 in each run.
    pub seq: u64,
    /// What kind of update.
    pub stream: AgentStream,
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// The update.
    pub data: AgentEventData,
    /// The session as the caller named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_key: Option<String>,
}

/// Kinds of updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AgentStream {
    /// The run started, ended or failed.
    Lifecycle,
    /// The answer grew.
    Assistant,
    /// The thinking grew.
    Thinking,
    /// A tool was called, has something, or brought its result. Only for connections with the cap
    /// `tool-events`, and for all while the session is verbose.
    Tool,
}

/// An update; which fields are there depends on the stream.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct AgentEventData {
    /// Lifecycle: `start`, `end` or `error`. Tool: `start`, `update` or `result`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Lifecycle: when the run began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<u64>,
    /// Lifecycle: when the run ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<u64>,
    /// Lifecycle: whether the run was aborted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aborted: Option<bool>,
    /// Lifecycle: why the run failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Assistant and thinking: the whole text so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Assistant and thinking: what is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta: Option<String>,
    /// Tool: its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Tool: the id of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// Tool, start: the arguments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub args: Option<Value>,
    /// Tool, update: what it has so far, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial_result: Option<String>,
    /// Tool, result: whether it went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_error: Option<bool>,
    /// Tool, result: what it brought.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<AgentToolResult>,
}

/// What a tool brought.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AgentToolResult {
    /// Parts: `{type: "text", text}` or `{type: "image", mimeType}`; pictures are without their
    /// bytes here.
    pub content: Vec<Value>,
    /// Facts beside it, for example an exit code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
}

methods! {
    /// Runs one turn of an agent. Answers twice: accepted (stored, will not be lost), then final.
    /// A repeat with the same key gets the accepted answer while the run is at work and the
    /// final one after it.
    pub Agent = "agent" {
        params: AgentParams,
        result: AgentFinal,
        ack: AgentAccepted,
        access: operator(Write),
        effect: keyed,
        since: 3,
        waits: true,
    }
    /// Waits until a run has ended. An unknown run times out.
    pub AgentWait = "agent.wait" {
        params: AgentWaitParams,
        result: AgentWaitResult,
        access: operator(Write),
        effect: read,
        since: 3,
        waits: true,
    }
    /// How an agent is shown.
    pub AgentIdentityGet = "agent.identity.get" {
        params: AgentIdentityParams,
        result: AgentIdentityResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// The configured agents.
    pub AgentsList = "agents.list" {
        params: NoParams,
        result: AgentsListResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
}

events! {
    /// One update of an agent run.
    pub AgentUpdate = "agent" {
        payload: AgentEvent,
        access: operator(Read),
        delivery: Must,
    }
}
