//! The browser of a node.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::macros::commands;

/// Params of `browser.proxy`: one request to the browser service of the node.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BrowserProxyParams {
    /// `GET`, `POST` or `DELETE`; `GET` if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 16))]
    pub method: Option<String>,
    /// The path of the service.
    #[schemars(length(min = 1, max = 4096))]
    pub path: String,
    /// Words of the query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Map<String, Value>>,
    /// What is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
    /// Time for it, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    /// Whose profile of the browser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub profile: Option<String>,
}

/// Answer of `browser.proxy`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BrowserProxyResult {
    /// What the service answered.
    #[serde(default)]
    pub result: Value,
    /// Files that it made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Value>,
}

commands! {
    /// Drives the browser of the node.
    pub BrowserProxy = "browser.proxy" {
        params: BrowserProxyParams,
        result: BrowserProxyResult,
        risk: Dangerous,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Write,
    }
}
