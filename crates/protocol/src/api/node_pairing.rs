//! The January way to pair nodes: a list of names with tokens beside the devices. It lets nobody
//! in, and is served because clients of the family ask for it (V3 8.6).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::connect::NoParams;
use crate::macros::{events, methods};

/// Params of `node.pair.request`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodePairRequestParams {
    /// The id that the node gives itself.
    #[schemars(length(min = 1, max = 128))]
    pub node_id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256))]
    pub display_name: Option<String>,
    /// Its operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub platform: Option<String>,
    /// Version of its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub version: Option<String>,
    /// Version of its core.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub core_version: Option<String>,
    /// Version of its surface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub ui_version: Option<String>,
    /// For example `iPhone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub device_family: Option<String>,
    /// For example `iPhone17,1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub model_identifier: Option<String>,
    /// Its abilities.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 128), inner(length(min = 1, max = 128)))]
    pub caps: Vec<String>,
    /// Its commands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 512), inner(length(min = 1, max = 128)))]
    pub commands: Vec<String>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64))]
    pub remote_ip: Option<String>,
    /// Whether nobody need be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent: Option<bool>,
}

/// A node that waits to be paired.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodePairPending {
    /// Its id, for `node.pair.approve`.
    pub request_id: String,
    /// The id that the node gives itself.
    pub node_id: String,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Version of its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whether a node of this id is paired already.
    pub is_repair: bool,
    /// Since when, in Unix milliseconds.
    pub ts: u64,
}

/// Answer of `node.pair.request`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodePairRequestResult {
    /// Always `pending`.
    pub status: String,
    /// The request.
    pub request: NodePairPending,
    /// Whether it is new.
    pub created: bool,
}

/// A node that was paired.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodePaired {
    /// The id that the node gives itself.
    pub node_id: String,
    /// Its token; told once, by `node.pair.approve`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Version of its program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Since when it is known, in Unix milliseconds.
    pub created_at_ms: u64,
    /// When it was approved, in Unix milliseconds.
    pub approved_at_ms: u64,
}

/// Answer of `node.pair.list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodePairListResult {
    /// Those that wait, newest first.
    pub pending: Vec<NodePairPending>,
    /// Those that were paired, newest first.
    pub paired: Vec<NodePaired>,
}

/// Params of `node.pair.approve` and `node.pair.reject`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodePairDecideParams {
    /// Which request.
    #[schemars(length(min = 1, max = 128))]
    pub request_id: String,
}

/// Answer of `node.pair.approve`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodePairApproveResult {
    /// Which request.
    pub request_id: String,
    /// The node, with a new token.
    pub node: NodePaired,
}

/// Answer of `node.pair.reject`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodePairRejectResult {
    /// Which request.
    pub request_id: String,
    /// The node.
    pub node_id: String,
}

/// Params of `node.pair.verify`.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodePairVerifyParams {
    /// The node.
    #[schemars(length(min = 1, max = 128))]
    pub node_id: String,
    /// The token that it shows.
    #[schemars(length(min = 1, max = 256))]
    pub token: String,
}

impl std::fmt::Debug for NodePairVerifyParams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodePairVerifyParams")
            .field("node_id", &self.node_id)
            .finish_non_exhaustive()
    }
}

/// Answer of `node.pair.verify`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NodePairVerifyResult {
    /// Whether the token is this node's.
    pub ok: bool,
    /// The node, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodePaired>,
}

/// The payload of `node.pair.resolved`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodePairDecision {
    /// Which request.
    pub request_id: String,
    /// The node.
    pub node_id: String,
    /// `approved` or `rejected`.
    pub decision: String,
    /// When, in Unix milliseconds.
    pub ts: u64,
}

methods! {
    /// Asks that a name be paired. It lets nobody in: nodes join as devices.
    pub NodePairRequest = "node.pair.request" {
        params: NodePairRequestParams,
        result: NodePairRequestResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Names that wait, and names that were paired.
    pub NodePairList = "node.pair.list" {
        params: NoParams,
        result: NodePairListResult,
        access: operator(Pairing),
        effect: read,
        since: 3,
    }
    /// Pairs a name and makes a token for it.
    pub NodePairApprove = "node.pair.approve" {
        params: NodePairDecideParams,
        result: NodePairApproveResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Refuses a name.
    pub NodePairReject = "node.pair.reject" {
        params: NodePairDecideParams,
        result: NodePairRejectResult,
        access: operator(Pairing),
        effect: idempotent,
        since: 3,
    }
    /// Whether a token is that of a paired name.
    pub NodePairVerify = "node.pair.verify" {
        params: NodePairVerifyParams,
        result: NodePairVerifyResult,
        access: operator(Pairing),
        effect: read,
        since: 3,
    }
}

events! {
    /// A name asks to be paired.
    pub NodePairRequested = "node.pair.requested" {
        payload: NodePairPending,
        access: operator(Pairing),
        delivery: Drop,
    }
    /// A name was paired or refused.
    pub NodePairResolved = "node.pair.resolved" {
        payload: NodePairDecision,
        access: operator(Pairing),
        delivery: Drop,
    }
}
