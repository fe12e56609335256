//! What people see in a channel now; copies, so that a test may keep them.

use serde_json::Value;

use super::snowflake::Snowflake;

/// What a channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// Between the bot and one user (type 1).
    Dm {
        /// That user.
        peer: Snowflake,
    },
    /// A text channel of a guild (type 0).
    Text,
    /// A forum of a guild, in which only threads can be made (type 15).
    Forum,
    /// A public thread (type 11).
    Thread {
        /// The channel that it belongs to.
        parent: Snowflake,
    },
}

/// A message as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenMessage {
    /// Its id.
    pub id: Snowflake,
    /// Who wrote it.
    pub author: Snowflake,
    /// The text after all edits.
    pub content: String,
    /// Unix milliseconds.
    pub at_ms: u64,
    /// The vendor's type: 0 plain, 19 reply, 20 answer to a command, 21 start of a thread.
    pub kind: u8,
    /// The message that it answers.
    pub reply_to: Option<Snowflake>,
    /// The nonce that it was made with, as text.
    pub nonce: Option<String>,
    /// Users who were notified.
    pub mentions: Vec<Snowflake>,
    /// True if everyone was notified.
    pub mention_everyone: bool,
    /// Files, in order.
    pub files: Vec<SeenFile>,
    /// Buttons and rows, as they came.
    pub components: Value,
    /// The poll, as it came; null without.
    pub poll: Value,
    /// The vendor's flags: 64 is "only you can see this", 128 is "thinking".
    pub flags: u64,
    /// Reactions, in the order in which each emoji came first.
    pub reactions: Vec<SeenReaction>,
    /// Earlier texts, oldest first.
    pub edits: Vec<Edit>,
    /// The thread that was started from it.
    pub thread: Option<Snowflake>,
}

/// One edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Unix milliseconds.
    pub at_ms: u64,
    /// The text that it replaced.
    pub before: String,
}

/// One file of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFile {
    /// Its id.
    pub id: Snowflake,
    /// The name as the vendor shows it.
    pub name: String,
    /// The claimed type.
    pub content_type: Option<String>,
    /// The text for who cannot see it.
    pub description: Option<String>,
    /// The bytes.
    pub bytes: bytes::Bytes,
}

/// One emoji under a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenReaction {
    /// The emoji itself, or `name:id` of a custom one.
    pub emoji: String,
    /// Who put it.
    pub users: Vec<Snowflake>,
}
