//! What arrives from a network. Nothing here has been admitted: names and texts are a stranger's.

use super::place::Peer;

/// One event of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The network's own stable id of this event, unique in the account; at most 256 bytes.
    pub provider_id: String,
    /// The conversation.
    pub peer: Peer,
    /// Its thread or topic.
    pub thread: Option<String>,
    /// The server or workspace around it.
    pub space: Option<Space>,
    /// Who did it.
    pub sender: Sender,
    /// The conversation's name, for people.
    pub title: Option<String>,
    /// When, by the network's clock, in Unix milliseconds.
    pub at_ms: u64,
    /// What happened.
    pub event: InboundEvent,
}

/// The server or workspace around a conversation, by its stable id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Space {
    /// A guild.
    Guild(String),
    /// A team.
    Team(String),
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sender {
    /// The network's stable id; the only thing that allowlists look at (SECURITY T26).
    pub id: String,
    /// The name shown, for people.
    pub name: Option<String>,
    /// The handle, for people.
    pub handle: Option<String>,
    /// Whether it is a program.
    pub bot: bool,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboundEvent {
    /// Somebody wrote.
    Message(InboundMessage),
    /// Somebody changed a message of theirs.
    Edited {
        /// The message.
        message_id: String,
        /// Its words now, without a leading mention of us.
        text: String,
        /// The message that it answers.
        reply_to: Option<ReplyTo>,
    },
    /// Somebody reacted to a message.
    Reacted {
        /// The message.
        message_id: String,
        /// The reaction, as the network writes it.
        emoji: String,
        /// Taken back instead of given.
        removed: bool,
    },
    /// Somebody pressed a button of ours.
    Pressed {
        /// The message with the button.
        message_id: String,
        /// The button's value.
        value: String,
    },
    /// The conversation has another id from now on.
    Moved {
        /// The new id.
        to: String,
    },
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboundMessage {
    /// The network's id of the message, for replies, reactions and edits.
    pub message_id: String,
    /// The words, without a leading mention of us.
    pub text: String,
    /// What came with it; nothing is fetched before the sender is admitted (SECURITY T30).
    pub media: Vec<InboundMedia>,
    /// The message that it answers.
    pub reply_to: Option<ReplyTo>,
    /// Whether it mentions us by our stable id or name, as the network marks it.
    pub mentioned: bool,
    /// Messages of one album come one by one; they share this.
    pub album: Option<String>,
}

/// The message that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    /// Its id.
    pub message_id: String,
    /// Whether it is one of ours.
    pub ours: bool,
    /// The beginning of its words.
    pub text: Option<String>,
}

/// A file that came with a message.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InboundMedia {
    /// What it is said to be.
    pub kind: MediaKind,
    /// What the network wants to hear to give it out.
    pub handle: String,
    /// Its name, as the sender gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its type, as the network says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime: Option<String>,
    /// Its size in bytes, as the network says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// What kind of file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// A picture.
    Photo,
    /// Moving pictures.
    Video,
    /// Moving pictures without sound, in a loop.
    Animation,
    /// Music.
    Audio,
    /// Somebody speaks.
    Voice,
    /// A sticker.
    Sticker,
    /// Any other file.
    Document,
}

impl MediaKind {
    /// The word for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Video => "video",
            Self::Animation => "animation",
            Self::Audio => "audio",
            Self::Voice => "voice",
            Self::Sticker => "sticker",
            Self::Document => "document",
        }
    }
}
