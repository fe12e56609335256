//! Files of a node, inside the folders that it offers. A path is relative to one of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::macros::commands;

/// Params of `file.read`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileReadParams {
    /// Which file: the name of the folder that is offered, then the way in it.
    #[schemars(length(min = 1, max = 4096))]
    pub path: String,
    /// From which byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Most bytes; 262 144 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1_048_576))]
    pub max_bytes: Option<u32>,
}

/// Answer of `file.read`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileReadResult {
    /// The file.
    pub path: String,
    /// The bytes in base64.
    pub base64: String,
    /// Size of the whole file in bytes.
    pub size: u64,
    /// Whether the file ends here.
    pub eof: bool,
}

/// Params of `file.write`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileWriteParams {
    /// Which file: the name of the folder that is offered, then the way in it.
    #[schemars(length(min = 1, max = 4096))]
    pub path: String,
    /// Its bytes in base64.
    #[schemars(length(max = 393_216))]
    pub base64: String,
    /// Whether a file that is there is replaced; refused if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overwrite: Option<bool>,
}

/// Answer of `file.write`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileWriteResult {
    /// The file.
    pub path: String,
    /// Bytes written.
    pub bytes: u64,
}

/// Params of `file.list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileListParams {
    /// Which folder; the folders that are offered if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 4096))]
    pub path: Option<String>,
}

/// Answer of `file.list`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileListResult {
    /// The folder.
    pub path: String,
    /// What is in it, by name.
    pub entries: Vec<FileEntry>,
    /// Whether there is more than is shown.
    pub truncated: bool,
}

/// One entry of a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileEntry {
    /// Its name.
    pub name: String,
    /// `file`, `folder`, `link` or `other`.
    pub kind: String,
    /// Size in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// When it was changed, in Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at_ms: Option<u64>,
}

commands! {
    /// Reads a file.
    pub FileRead = "file.read" {
        params: FileReadParams,
        result: FileReadResult,
        risk: Private,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Write,
    }
    /// Writes a file.
    pub FileWrite = "file.write" {
        params: FileWriteParams,
        result: FileWriteResult,
        risk: Dangerous,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Write,
    }
    /// What is in a folder.
    pub FileList = "file.list" {
        params: FileListParams,
        result: FileListResult,
        risk: Private,
        platforms: [Macos, Linux, Windows],
        queueable: false,
        scope: Write,
    }
}
