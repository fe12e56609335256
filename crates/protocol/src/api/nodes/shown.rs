//! Nodes as an operator is shown them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::devices::DEVICE_LABEL_CHARS;

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
    #[schemars(length(min = 1, max = DEVICE_LABEL_CHARS))]
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
