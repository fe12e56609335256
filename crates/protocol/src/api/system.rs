//! Logs and models.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::macros::methods;

/// Params of `logs.tail`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogsTailParams {
    /// Where the last answer ended, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<u64>,
    /// Most lines; 500 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 5000))]
    pub limit: Option<u32>,
    /// Most bytes; 250 000 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub max_bytes: Option<u32>,
}

/// Answer of `logs.tail`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct LogsTailResult {
    /// The log file.
    pub file: String,
    /// Where this answer ends, in bytes: pass it next time.
    pub cursor: u64,
    /// Size of the file in bytes.
    pub size: u64,
    /// Whole lines, oldest first.
    pub lines: Vec<String>,
    /// Whether lines were left out.
    pub truncated: bool,
    /// Whether the cursor was of another file: start anew.
    pub reset: bool,
}

/// Params of `models.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelsListParams {
    /// `configured` or `all`; the answer is the same here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 32))]
    pub view: Option<String>,
}

/// Answer of `models.list`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ModelsListResult {
    /// What the configured providers offer.
    pub models: Vec<ModelRow>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ModelRow {
    /// Its id at the provider.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The provider's name in the configuration.
    pub provider: String,
    /// Its context in tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_window: Option<u64>,
    /// Whether it can think first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<bool>,
    /// What it takes: `text`, `image`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Vec<String>>,
}

methods! {
    /// The end of the gateway's log, or what came after a cursor.
    pub LogsTail = "logs.tail" {
        params: LogsTailParams,
        result: LogsTailResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
    /// Models of the configured providers.
    pub ModelsList = "models.list" {
        params: ModelsListParams,
        result: ModelsListResult,
        access: operator(Read),
        effect: read,
        since: 3,
    }
}
