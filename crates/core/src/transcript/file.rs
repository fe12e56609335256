//! Files of messages in a transcript, and how parts are stored.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::{Part, ToolCallPart, ToolResultPart};
use crate::channel::MediaKind;
use crate::files::size_in_words;
use crate::text::label_name;

/// What stands for a part that a newer version stored and this one does not know.
const UNKNOWN: &str = "[a part that this version cannot show]";

/// A file that came with a message and lies in the gateway's own folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilePart {
    /// What it was said to be.
    pub kind: MediaKind,
    /// Its name, as the sender gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its type, by its first bytes.
    pub mime: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Where it lies. It may be gone: files are kept for a week.
    pub path: PathBuf,
}

impl FilePart {
    /// What people are told of it: never where it lies.
    pub fn note(&self) -> String {
        format!("[{}]", self.described())
    }

    /// What an agent is told of it.
    pub fn line(&self) -> String {
        let path = self.path.display();
        format!("[{}, in the file {path}]", self.described())
    }

    fn described(&self) -> String {
        let name = self.name.as_deref();
        let name = name.map_or_else(String::new, |name| format!(" “{}”", label_name(name)));
        let size = size_in_words(self.bytes);
        format!("{}{name}: {}, {size}", self.kind.as_str(), self.mime)
    }
}

/// How a part is stored. A file is the words that tell of it with the file beside them: a version
/// that knows no files reads the words.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub(super) enum Stored {
    Text {
        text: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        file: Option<FilePart>,
    },
    Thinking {
        thinking: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        signature: Option<String>,
    },
    ToolCall(ToolCallPart),
    ToolResult(ToolResultPart),
    #[serde(other)]
    Unknown,
}

impl From<Part> for Stored {
    fn from(part: Part) -> Self {
        match part {
            Part::Text { text } => Self::Text { text, file: None },
            Part::File(file) => Self::Text {
                text: file.line(),
                file: Some(file),
            },
            Part::Thinking {
                thinking,
                signature,
            } => Self::Thinking {
                thinking,
                signature,
            },
            Part::ToolCall(call) => Self::ToolCall(call),
            Part::ToolResult(result) => Self::ToolResult(result),
        }
    }
}

impl From<Stored> for Part {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Text {
                file: Some(file), ..
            } => Self::File(file),
            Stored::Text { text, file: None } => Self::Text { text },
            Stored::Thinking {
                thinking,
                signature,
            } => Self::Thinking {
                thinking,
                signature,
            },
            Stored::ToolCall(call) => Self::ToolCall(call),
            Stored::ToolResult(result) => Self::ToolResult(result),
            Stored::Unknown => Self::Text {
                text: UNKNOWN.into(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
