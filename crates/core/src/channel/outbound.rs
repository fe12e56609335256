//! What goes out to a network, as the outbox stores it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::inbound::MediaKind;

/// One message on the network: already cut to its limits, not yet in its markup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboundPart {
    /// What it is.
    pub body: Body,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// A draft of ours that it takes the place of. Where that is gone, it is sent anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// Buttons below it, in rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Vec<Button>>,
}

impl OutboundPart {
    /// Words alone.
    pub fn text(markdown: impl Into<String>) -> Self {
        Self {
            body: Body::Text {
                markdown: markdown.into(),
            },
            reply_to: None,
            replaces: None,
            buttons: Vec::new(),
        }
    }

    /// Its conversation moved. There the ids of old messages are those of others, so it neither
    /// answers nor replaces one.
    pub fn moved(&mut self) {
        self.reply_to = None;
        self.replaces = None;
    }
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Body {
    /// Words, as Markdown.
    Text {
        /// The words.
        markdown: String,
    },
    /// A file.
    Media {
        /// The file.
        media: OutboundMedia,
        /// Words with it, as Markdown; may be empty.
        markdown: String,
    },
    /// A question with answers to choose from.
    Poll(Poll),
}

/// A file to send. It lies in the gateway's own store of files, looked at and measured before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutboundMedia {
    /// What it is sent as.
    pub kind: MediaKind,
    /// Where it lies.
    pub path: PathBuf,
    /// Its name for the receiver.
    pub name: String,
    /// Its type, by its first bytes.
    pub mime: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A file that was fetched from a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A question with answers to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Poll {
    /// The question.
    pub question: String,
    /// 2 to 12 answers.
    pub options: Vec<String>,
    /// How many may be chosen.
    pub max_selections: u32,
    /// How long it is open, in hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_hours: Option<u32>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What comes back when it is pressed; at most 64 bytes, the least of the networks' limits.
    pub value: String,
}

/// Which try it is to send a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The part's own name; the same in every try. Where the network takes such a key, it makes
    /// one message of all tries.
    pub key: String,
    /// An earlier try may have arrived, since this time in Unix milliseconds: a network with a
    /// history looks there first, and gives the receipt of what it finds.
    pub maybe_sent_since_ms: Option<u64>,
    /// Messages of ours there since then that are known to be others: a look by equal words takes
    /// none of them. Empty in a first try.
    pub known: Vec<String>,
}

/// The network has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The network's id of the message.
    pub message_id: String,
    /// The network's id of the poll, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll_id: Option<String>,
}

/// Something small that is done once and never stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Shows that an answer is being written, for as long as the network shows it.
    Typing,
    /// Stops showing it, where the network can.
    TypingEnds,
    /// Puts a reaction to a message; empty takes ours away.
    React {
        /// The message.
        message_id: String,
        /// The reaction.
        emoji: String,
    },
    /// Gives a message of ours other words.
    Edit {
        /// The message.
        message_id: String,
        /// The words, as Markdown.
        markdown: String,
    },
}
