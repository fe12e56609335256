//! The rules that say which commands run, as they are read and set.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ids::DeviceId;

/// The rules of all agents on one machine. What another program of the family wrote into it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExecApprovalsFile {
    /// 1.
    pub version: u32,
    /// The socket of another program of the family; kept and not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<ExecApprovalsSocket>,
    /// What holds where an agent has no rule of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub defaults: Option<ExecApprovalsRules>,
    /// Rules by agent; `*` for all.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub agents: BTreeMap<String, ExecApprovalsAgent>,
    /// What we do not know.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A socket of another program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExecApprovalsSocket {
    /// Its path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its secret; never shown, and kept if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Rules; what is absent is inherited.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalsRules {
    /// What may run at all: `deny`, `allowlist` or `full`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security: Option<String>,
    /// When a person is asked: `off`, `on-miss` or `always`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// What counts if nobody answers: `deny`, `allowlist` or `full`, which here counts as `allowlist`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask_fallback: Option<String>,
    /// Kept, and without effect here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_allow_skills: Option<bool>,
    /// What we do not know.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The rules of one agent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecApprovalsAgent {
    /// What is allowed always. An entry of ours has the path (`pattern`), the hash (`sha256`), the
    /// arguments (`argv`) and the directory (`cwd`); one without a hash allows nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1000))]
    pub allowlist: Vec<Map<String, Value>>,
    /// The rest.
    #[serde(flatten)]
    pub rules: ExecApprovalsRules,
}

/// Params of `exec.approvals.get`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExecApprovalsGetParams {}

/// Params of `exec.approvals.set`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExecApprovalsSetParams {
    /// The rules from now on.
    pub file: ExecApprovalsFile,
    /// The `hash` of the rules that they replace; needed if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub base_hash: Option<String>,
}

/// The rules as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExecApprovalsSnapshot {
    /// Where they are kept.
    pub path: String,
    /// Whether anybody ever set any.
    pub exists: bool,
    /// What names this state of them, for `baseHash`.
    pub hash: String,
    /// The rules.
    pub file: ExecApprovalsFile,
}

/// Params of `exec.approvals.node.get`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExecApprovalsNodeGetParams {
    /// The node.
    pub node_id: DeviceId,
}

/// Params of `exec.approvals.node.set`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExecApprovalsNodeSetParams {
    /// The node.
    pub node_id: DeviceId,
    /// Its rules from now on.
    pub file: ExecApprovalsFile,
    /// The `hash` of the rules that they replace, as the node wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub base_hash: Option<String>,
}
