//! Configuration, for reading.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::connect::NoParams;
use crate::macros::methods;
use crate::value::Nullable;

/// Answer of `config.get`. Secrets are replaced by a fixed mark.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigGetResult {
    /// Path of the file.
    pub path: String,
    /// Whether the file exists.
    pub exists: bool,
    /// The file's text, secrets replaced; null if there is no file.
    pub raw: Nullable<String>,
    /// The file as JSON, secrets replaced.
    pub parsed: Value,
    /// Whether the file is valid.
    pub valid: bool,
    /// What is in force, secrets replaced.
    pub config: Value,
    /// Hex SHA-256 of the file's text.
    pub hash: String,
    /// What is wrong with the file.
    pub issues: Vec<ConfigIssue>,
    /// What is odd about the file.
    pub warnings: Vec<ConfigIssue>,
    /// Keys of an older form; always empty here.
    pub legacy_issues: Vec<ConfigIssue>,
}

/// One finding about the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConfigIssue {
    /// The key, with dots.
    pub path: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Answer of `config.schema`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigSchemaResult {
    /// JSON Schema of the file.
    pub schema: Value,
    /// Hints for a form, by key.
    pub ui_hints: BTreeMap<String, UiHint>,
    /// Version of the program.
    pub version: String,
    /// When, as an ISO time.
    pub generated_at: String,
}

/// A hint for a form.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct UiHint {
    /// Name for people.
    pub label: String,
    /// Explanation.
    pub help: String,
    /// Whether the value must be hidden.
    pub sensitive: bool,
}

methods! {
    /// The configuration file and what is in force, without secrets.
    pub ConfigGet = "config.get" {
        params: NoParams,
        result: ConfigGetResult,
        access: operator(Admin),
        effect: read,
        since: 3,
    }
    /// The JSON Schema of the configuration file.
    pub ConfigSchema = "config.schema" {
        params: NoParams,
        result: ConfigSchemaResult,
        access: operator(Admin),
        effect: read,
        since: 3,
    }
}
