//! Nodes: machines that offer commands. An operator lists them and sends them commands; a node
//! answers, and tells what happened to it (V3 section 8).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::connect::NoParams;
use crate::ids::IdempotencyKey;
use crate::macros::{events, methods};
use crate::value::Nullable;

/// Answer of `node.list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeListResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// Connected ones first, then by name.
    pub nodes: Vec<NodeRow>,
}

/// A node: what it says of itself, and what of it is in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeRow {
    /// Its id: that of its device.
    pub node_id: String,
    /// Its name: the one that the owner gave it, else its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Version of its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// For example `iPhone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_family: Option<String>,
    /// For example `iPhone17,1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_identifier: Option<String>,
    /// Where it connected from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote_ip: Option<String>,
    /// Its abilities, sorted; shown only.
    pub caps: Vec<String>,
    /// Commands that it may be sent, sorted: those that it declares, the gateway allows and somebody
    /// approved.
    pub commands: Vec<String>,
    /// Commands that it declares and the gateway does not allow, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blocked_commands: Vec<String>,
    /// Commands that it declares, that the gateway allows, and that nobody approved for it, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unapproved_commands: Vec<String>,
    /// What its operating system permits; shown only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub permissions: BTreeMap<String, bool>,
    /// Its `PATH`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path_env: Option<String>,
    /// Since when it is connected, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_at_ms: Option<u64>,
    /// Commands that wait for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u32>,
    /// Whether its device is paired as a node.
    pub paired: bool,
    /// Whether it is connected.
    pub connected: bool,
}

/// Params of `node.describe`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeDescribeParams {
    /// Which node.
    #[schemars(length(min = 1, max = 128))]
    pub node_id: String,
}

/// Answer of `node.describe`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeDescribeResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// The node.
    #[serde(flatten)]
    pub node: NodeRow,
}

/// Params of `node.rename`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeRenameParams {
    /// Which node.
    #[schemars(length(min = 1, max = 128))]
    pub node_id: String,
    /// Its new name.
    #[schemars(length(min = 1, max = 128))]
    pub display_name: String,
}

/// Answer of `node.rename`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeRenameResult {
    /// Which node.
    pub node_id: String,
    /// Its new name.
    pub display_name: String,
}

/// Params of `node.invoke`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeInvokeParams {
    /// Which node.
    #[schemars(length(min = 1, max = 128))]
    pub node_id: String,
    /// The command.
    #[schemars(length(min = 1, max = 128))]
    pub command: String,
    /// What the command takes; `approved`, `approvalDecision` and `runId` are refused at any depth.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub params: Value,
    /// How long the node may take, in milliseconds; 30 000 if absent or 0, at most 600 000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Whether it may wait for the node to come back. Only for commands that are marked queueable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<bool>,
    /// The caller's name for this effect.
    pub idempotency_key: IdempotencyKey,
}

/// Answer of `node.invoke`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeInvokeResult {
    /// Always true.
    pub ok: bool,
    /// Which node.
    pub node_id: String,
    /// The command.
    pub command: String,
    /// The answer as a value.
    pub payload: Value,
    /// The answer as the text that the node sent; `null` if it sent a value.
    #[serde(rename = "payloadJSON")]
    pub payload_json: Nullable<String>,
    /// Set if the node is away and the command waits for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queued: Option<PendingCommand>,
}

/// A command that waits for its node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingCommand {
    /// Its id, for `node.pending.cancel`.
    pub id: String,
    /// Which node.
    pub node_id: String,
    /// The command.
    pub command: String,
    /// Since when, in Unix milliseconds.
    pub queued_at_ms: u64,
    /// When it is given up, in Unix milliseconds.
    pub expires_at_ms: u64,
}

/// Params of `node.pending.list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodePendingListParams {
    /// Only for this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub node_id: Option<String>,
}

/// Answer of `node.pending.list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodePendingListResult {
    /// When, in Unix milliseconds.
    pub ts: u64,
    /// What waits, oldest first.
    pub pending: Vec<PendingCommand>,
}

/// Params of `node.pending.cancel`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodePendingCancelParams {
    /// Which command that waits.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,
}

/// Answer of `node.pending.cancel`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodePendingCancelResult {
    /// Always true.
    pub ok: bool,
    /// Whether it still waited.
    pub cancelled: bool,
}

/// Params of `node.invoke.result`: what came of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeInvokeResultParams {
    /// The id of the request.
    #[schemars(length(min = 1, max = 128))]
    pub id: String,
    /// The node's own id.
    #[schemars(length(min = 1, max = 128))]
    pub node_id: String,
    /// Whether it was done.
    pub ok: bool,
    /// The answer as a value.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub payload: Value,
    /// The answer as JSON text; anything else counts as `payload`.
    #[serde(
        default,
        rename = "payloadJSON",
        skip_serializing_if = "Value::is_null"
    )]
    pub payload_json: Value,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub error: Nullable<NodeFailure>,
}

fn is_nothing<T>(value: &Nullable<T>) -> bool {
    value.0.is_none()
}

/// Why a node did not do a command, in its own words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeFailure {
    /// Its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 128))]
    pub code: Option<String>,
    /// Its sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 8192))]
    pub message: Option<String>,
}

/// Answer of `node.invoke.result`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeInvokeResultAck {
    /// Always true.
    pub ok: bool,
    /// True if nobody waits for it any more, or it was never asked of this connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ignored: Option<bool>,
}

/// Params of `node.event`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeEventParams {
    /// What happened; unknown words are let through and mean nothing.
    #[schemars(length(min = 1, max = 128))]
    pub event: String,
    /// The particulars as a value.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub payload: Value,
    /// The particulars as JSON text.
    #[serde(
        default,
        rename = "payloadJSON",
        skip_serializing_if = "Value::is_null"
    )]
    pub payload_json: Value,
}

/// Answer of `node.event`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodeEventResult {
    /// Always true.
    pub ok: bool,
}

/// Answer of `skills.bins`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SkillsBinsResult {
    /// Programs that the skills of this gateway need, sorted.
    pub bins: Vec<String>,
}

/// The payload of `node.invoke.request`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeInvokeRequest {
    /// A random id: the result repeats it, on the same connection.
    pub id: String,
    /// The node.
    pub node_id: String,
    /// The command.
    pub command: String,
    /// What it takes, as JSON text.
    #[serde(rename = "paramsJSON")]
    pub params_json: Nullable<String>,
    /// How long it may take, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// The caller's name for this effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

methods! {
    /// Every node that is paired or connected.
    pub NodeList = "node.list" {
        params: NoParams,
        result: NodeListResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// One node.
    pub NodeDescribe = "node.describe" {
        params: NodeDescribeParams,
        result: NodeDescribeResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// Gives a node another name.
    pub NodeRename = "node.rename" {
        params: NodeRenameParams,
        result: NodeRenameResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Sends a node a command and waits for what comes of it: a result, an error, the end of its
    /// time or of its connection, and exactly one of them.
    pub NodeInvoke = "node.invoke" {
        params: NodeInvokeParams,
        result: NodeInvokeResult,
        access: operator(Write),
        effect: keyed,
        since: 3,
        waits: true,
    }
    /// Commands that wait for nodes that are away.
    pub NodePendingList = "node.pending.list" {
        params: NodePendingListParams,
        result: NodePendingListResult,
        access: operator(Read),
        effect: read,
        since: 4,
    }
    /// Gives up a command that waits.
    pub NodePendingCancel = "node.pending.cancel" {
        params: NodePendingCancelParams,
        result: NodePendingCancelResult,
        access: operator(Write),
        effect: idempotent,
        since: 4,
    }
    /// What came of a command that this connection was sent.
    pub NodeInvokeAnswer = "node.invoke.result" {
        params: NodeInvokeResultParams,
        result: NodeInvokeResultAck,
        access: node,
        effect: idempotent,
        since: 3,
    }
    /// What happened at a node: `chat.subscribe`, `chat.unsubscribe`, `voice.transcript`,
    /// `agent.request`, `exec.started`, `exec.finished`, `exec.denied`.
    pub NodeEvent = "node.event" {
        params: NodeEventParams,
        result: NodeEventResult,
        access: node,
        effect: idempotent,
        since: 3,
    }
    /// Programs that skills need, for a node that looks whether it has them.
    pub SkillsBins = "skills.bins" {
        params: NoParams,
        result: SkillsBinsResult,
        access: node,
        effect: read,
        since: 3,
    }
}

events! {
    /// A command, for the one connection that it is sent to; it has no `seq`.
    pub NodeInvokeRequested = "node.invoke.request" {
        payload: NodeInvokeRequest,
        access: node,
        delivery: Must,
    }
}
