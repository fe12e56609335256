//! What was said in a session, as it is stored.

mod file;
mod tool;

use serde::{Deserialize, Serialize};
use tidegate_protocol::RunId;

pub use file::FilePart;
use file::Stored;
pub use tool::{INTERRUPTED_CALL, ToolCallPart, ToolResultPart, open_calls};

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Speaker {
    /// A person.
    User,
    /// The agent, and the tools that it called.
    Assistant,
}

impl Speaker {
    /// The stored word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub enum Part {
    /// Words.
    Text {
        /// The words.
        text: String,
    },
    /// A file that came with the words.
    File(FilePart),
    /// What the model thought before it answered.
    Thinking {
        /// The words.
        thinking: String,
        /// The provider's proof, which must be sent back unchanged.
        signature: Option<String>,
    },
    /// What the agent asked a tool for.
    ToolCall(ToolCallPart),
    /// What the tool brought.
    ToolResult(ToolResultPart),
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StopReason {
    /// It was complete.
    Stop,
    /// The model's limit of tokens.
    Length,
    /// It waits for what its tools bring; the run goes on.
    #[serde(rename = "toolUse")]
    ToolUse,
    /// The provider or the runner failed.
    Error,
    /// Somebody stopped it.
    Aborted,
    /// The gateway ended while the run was at work.
    Interrupted,
    /// No model made it: a command's answer or a delivered message.
    Injected,
}

impl StopReason {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolUse => "toolUse",
            Self::Error => "error",
            Self::Aborted => "aborted",
            Self::Interrupted => "interrupted",
            Self::Injected => "injected",
        }
    }
}

/// Tokens of one turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Usage {
    /// Tokens read.
    pub input: u64,
    /// Tokens written.
    pub output: u64,
    /// Tokens read from the provider's cache.
    pub cache_read: u64,
    /// Tokens written to the provider's cache.
    pub cache_write: u64,
}

impl Usage {
    /// None at all.
    pub const NONE: Self = Self {
        input: 0,
        output: 0,
        cache_read: 0,
        cache_write: 0,
    };

    /// All of them.
    pub const fn total(self) -> u64 {
        self.input
            .saturating_add(self.output)
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write)
    }
}

/// Who made an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maker {
    /// The dialect that was spoken: `openai-completions`, `anthropic-messages`, `offline`.
    pub api: String,
    /// The provider's name in the configuration.
    pub provider: String,
    /// The model's id there.
    pub model: String,
}

/// One message that is not stored yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Its id.
    pub id: String,
    /// Who said it.
    pub speaker: Speaker,
    /// What.
    pub parts: Vec<Part>,
    /// When, in Unix milliseconds.
    pub at_ms: u64,
    /// The run that it belongs to.
    pub run_id: Option<RunId>,
    /// Who made it, for answers.
    pub maker: Option<Maker>,
    /// Tokens, for answers.
    pub usage: Option<Usage>,
    /// Why it ended, for answers.
    pub stop: Option<StopReason>,
    /// Why it failed, for people.
    pub error: Option<String>,
}

impl NewMessage {
    /// What a person said.
    pub fn user(id: String, text: String, at_ms: u64, run_id: RunId) -> Self {
        Self {
            id,
            speaker: Speaker::User,
            parts: vec![Part::Text { text }],
            at_ms,
            run_id: Some(run_id),
            maker: None,
            usage: None,
            stop: None,
            error: None,
        }
    }

    /// Words that no model made.
    pub fn injected(id: String, text: String, at_ms: u64, run_id: Option<RunId>) -> Self {
        Self {
            id,
            speaker: Speaker::Assistant,
            parts: vec![Part::Text { text }],
            at_ms,
            run_id,
            maker: None,
            usage: Some(Usage::default()),
            stop: Some(StopReason::Injected),
            error: None,
        }
    }

    /// The words, without thinking; a note for each file below, a line each.
    pub fn text(&self) -> String {
        self.text_with(|file| Some(file.note()))
    }

    /// The words, without thinking; below, a line each, what is to be told of the files.
    pub fn text_with(&self, tell: impl Fn(&FilePart) -> Option<String>) -> String {
        let words = text_of(&self.parts);
        let told: Vec<String> = self.files().filter_map(tell).collect();
        let told = told.join("\n");
        if told.is_empty() {
            words
        } else if words.trim().is_empty() {
            told
        } else {
            format!("{words}\n\n{told}")
        }
    }

    /// The files, in order.
    pub fn files(&self) -> impl Iterator<Item = &FilePart> {
        self.parts.iter().filter_map(|part| match part {
            Part::File(file) => Some(file),
            _ => None,
        })
    }
}

/// One stored message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its place in the session, from 1, growing.
    pub seq: u64,
    /// The message.
    pub body: NewMessage,
}

/// The words of some parts, without thinking and files.
pub fn text_of(parts: &[Part]) -> String {
    parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}
