//! Nodes: machines that offer commands. An operator lists them and sends them commands; a node
//! answers, and tells what happened to it (V3 section 8).

mod shown;
mod told;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::connect::NoParams;
use crate::ids::IdempotencyKey;
use crate::macros::{events, methods};
use crate::value::Nullable;

pub use shown::{
    NodeDescribeParams, NodeDescribeResult, NodeListResult, NodeRenameParams, NodeRenameResult,
    NodeRow,
};
pub use told::{
    NodeEventParams, NodeEventResult, NodeFailure, NodeInvokeResultAck, NodeInvokeResultParams,
    SkillsBinsResult,
};

/// `details.reason` of a refused `node.invoke` where the node offers the command and nobody approved
/// that for it yet.
pub const NOT_APPROVED: &str = "not-approved";

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
