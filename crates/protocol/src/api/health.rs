//! Health, status and presence.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::channels::{ChannelProbe, ChannelState};
use crate::api::connect::NoParams;
use crate::ids::AccountId;
use crate::macros::{events, methods};
use crate::value::Nullable;

/// Params of `health`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HealthParams {
    /// Ask the chat networks who we are, before answering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<bool>,
}

/// The state of the gateway in one object.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HealthSummary {
    /// Whether nothing needs attention.
    pub ok: bool,
    /// When it was computed, in Unix milliseconds.
    pub ts: u64,
    /// How long that took, in milliseconds.
    pub duration_ms: u64,
    /// State by channel.
    pub channels: BTreeMap<String, ChannelHealth>,
    /// Channels in the order to show.
    pub channel_order: Vec<String>,
    /// Names of channels.
    pub channel_labels: BTreeMap<String, String>,
    /// Heartbeat interval in seconds; 0 is off.
    pub heartbeat_seconds: u64,
    /// The agent that answers by default.
    pub default_agent_id: String,
    /// State by agent.
    pub agents: Vec<AgentHealth>,
    /// Sessions of the default agent.
    pub sessions: SessionsHealth,
    /// What needs attention, a sentence each, with the command that helps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
    /// Figures of the process.
    pub process: ProcessHealth,
}

/// A chat network in the summary: its default account, and every account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelHealth {
    /// The default account.
    #[serde(flatten)]
    pub default: AccountHealth,
    /// Every account, the default one too.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, AccountHealth>,
}

/// An account in the summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountHealth {
    /// The account.
    pub account_id: AccountId,
    /// Whether there is a credential.
    pub configured: bool,
    /// Whether the network knows us by it, as far as we saw.
    pub linked: bool,
    /// The word of its state.
    pub state: ChannelState,
    /// Time since the network last took the credential, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_age_ms: Option<u64>,
    /// What the network said when it was asked last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ChannelProbe>,
    /// When that was, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_probe_at: Option<u64>,
}

/// Figures of the process.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProcessHealth {
    /// Version of the program.
    pub version: String,
    /// Process id.
    pub pid: u32,
    /// Resident memory in bytes, where the system tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rss_bytes: Option<u64>,
    /// Connections that finished the handshake.
    pub connections: u64,
    /// Runs at work.
    pub runs_active: u64,
    /// Runs that wait for their turn.
    pub runs_queued: u64,
}

/// State of one agent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentHealth {
    /// Its id.
    pub agent_id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it answers by default.
    pub is_default: bool,
    /// Its heartbeat.
    pub heartbeat: HeartbeatSetting,
    /// Its sessions.
    pub sessions: SessionsHealth,
}

/// The heartbeat of an agent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeartbeatSetting {
    /// Whether it is on.
    pub enabled: bool,
    /// The interval as written in the configuration.
    pub every: String,
    /// The interval in milliseconds; null when off.
    pub every_ms: Nullable<u64>,
    /// What the agent is told.
    pub prompt: String,
    /// Where an alert goes.
    pub target: String,
    /// Longest tail of an acknowledgement, in characters.
    pub ack_max_chars: u32,
}

/// Sessions in brief.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct SessionsHealth {
    /// Where they are kept.
    pub path: String,
    /// How many there are.
    pub count: u64,
    /// The five newest.
    pub recent: Vec<RecentSession>,
}

/// One recent session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecentSession {
    /// Its key.
    pub key: String,
    /// Last change, in Unix milliseconds.
    pub updated_at: Nullable<u64>,
    /// Time since then, in milliseconds.
    pub age: Nullable<u64>,
}

/// The state of sessions, for the status page.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusSummary {
    /// Heartbeats by agent.
    pub heartbeat: StatusHeartbeat,
    /// A line per channel.
    pub channel_summary: Vec<String>,
    /// System events that wait for the next run of the main session.
    pub queued_system_events: Vec<String>,
    /// Sessions.
    pub sessions: StatusSessions,
    /// True number of presence entries; the list is cut at 200.
    pub presence_count: u64,
}

/// Heartbeats by agent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusHeartbeat {
    /// The agent that answers by default.
    pub default_agent_id: String,
    /// One row per agent.
    pub agents: Vec<StatusHeartbeatAgent>,
}

/// The heartbeat of one agent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusHeartbeatAgent {
    /// Its id.
    pub agent_id: String,
    /// Whether it is on.
    pub enabled: bool,
    /// The interval as written.
    pub every: String,
    /// The interval in milliseconds; null when off.
    pub every_ms: Nullable<u64>,
}

/// Sessions in the status.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusSessions {
    /// Where they are kept.
    pub paths: Vec<String>,
    /// How many there are.
    pub count: u64,
    /// What a session starts with.
    pub defaults: StatusDefaults,
    /// The ten newest.
    pub recent: Vec<StatusSession>,
    /// The same by agent.
    pub by_agent: Vec<StatusAgentSessions>,
}

/// Sessions of one agent in the status.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusAgentSessions {
    /// The agent.
    pub agent_id: String,
    /// Where they are kept.
    pub path: String,
    /// How many there are.
    pub count: u64,
    /// The ten newest.
    pub recent: Vec<StatusSession>,
}

/// What a session starts with.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusDefaults {
    /// The model.
    pub model: Nullable<String>,
    /// Its context in tokens.
    pub context_tokens: Nullable<u64>,
}

/// One session in the status.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatusSession {
    /// Its agent.
    pub agent_id: String,
    /// Its key.
    pub key: String,
    /// `direct`, `group`, `global` or `unknown`.
    pub kind: String,
    /// Its id.
    pub session_id: String,
    /// Last change, in Unix milliseconds.
    pub updated_at: Nullable<u64>,
    /// Time since then, in milliseconds.
    pub age: Nullable<u64>,
    /// Thinking level, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking_level: Option<String>,
    /// Verbosity, if set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verbose_level: Option<String>,
    /// Whether the system prompt was sent.
    pub system_sent: bool,
    /// Whether the last run was aborted.
    pub aborted_last_run: bool,
    /// Tokens of the last turn's input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens of the last turn's output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Tokens in the context.
    pub total_tokens: u64,
    /// Tokens left in the context.
    pub remaining_tokens: Nullable<u64>,
    /// Share of the context that is used.
    pub percent_used: Nullable<u64>,
    /// The model.
    pub model: Nullable<String>,
    /// Its context in tokens.
    pub context_tokens: Nullable<u64>,
    /// Settings that differ from the default, as short words.
    pub flags: Vec<String>,
}

/// One entry of the presence list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PresenceEntry {
    /// Name of the machine or client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Its address, for remote clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// Version of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// For example `Mac`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_family: Option<String>,
    /// Hardware.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_identifier: Option<String>,
    /// How it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Seconds since a person used it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_input_seconds: Option<u64>,
    /// What led to this entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Free words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// A line for people.
    pub text: String,
    /// Last sign of life, in Unix milliseconds.
    pub ts: u64,
    /// The device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Roles in use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Scopes in use.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// One run of one program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
}

/// The presence list as an event.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Presence {
    /// Newest first.
    pub presence: Vec<PresenceEntry>,
}

/// A beacon of a machine, or a line for the main session.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SystemEventParams {
    /// A `Node: …` line, or free text.
    #[schemars(length(max = 8192))]
    pub text: String,
    /// The device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// One run of one program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_id: Option<String>,
    /// Name of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// How it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Version of the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// For example `Mac`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_family: Option<String>,
    /// Hardware.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_identifier: Option<String>,
    /// What led to the beacon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Seconds since a person used it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_input_seconds: Option<f64>,
    /// Roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 16))]
    pub roles: Option<Vec<String>>,
    /// Scopes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub scopes: Option<Vec<String>>,
    /// Free words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 64))]
    pub tags: Option<Vec<String>>,
}

/// It was done.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// Always true.
    pub ok: bool,
}

/// The last heartbeat of an agent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct HeartbeatEvent {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// `sent`, `ok-empty`, `ok-token`, `skipped` or `failed`.
    pub status: String,
}

methods! {
    /// The state of the gateway: cheap, computed on change or on a timer, never by the caller.
    pub Health = "health" {
        params: HealthParams,
        result: HealthSummary,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// Sessions, heartbeats and queued system events.
    pub Status = "status" {
        params: NoParams,
        result: StatusSummary,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// Who is connected, newest first, at most 200.
    pub SystemPresence = "system-presence" {
        params: NoParams,
        result: Vec<PresenceEntry>,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// A beacon of a machine (a line that starts with `Node:`), or a line for the main session.
    pub SystemEvent = "system-event" {
        params: SystemEventParams,
        result: Done,
        access: operator(Admin),
        effect: idempotent,
        since: 3,
    }
    /// The last heartbeat, or null if there was none.
    pub LastHeartbeat = "last-heartbeat" {
        params: NoParams,
        result: Nullable<HeartbeatEvent>,
        access: operator(Read),
        effect: read,
        since: 3,
    }
}

events! {
    /// Who is connected; at most one a second for the whole gateway.
    pub PresenceChanged = "presence" {
        payload: Presence,
        access: any,
        delivery: Latest,
    }
    /// The health summary changed.
    pub HealthChanged = "health" {
        payload: HealthSummary,
        access: any,
        delivery: Latest,
    }
}
