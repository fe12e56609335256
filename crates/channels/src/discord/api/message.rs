//! Messages, who they are from, and what happens to them.

use serde::Deserialize;

/// A person or a bot.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) id: String,
    /// The handle.
    pub(crate) username: Option<String>,
    /// The name shown.
    pub(crate) global_name: Option<String>,
    #[serde(default)]
    pub(crate) bot: bool,
}

/// Somebody in a guild.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Member {
    /// The name shown there.
    pub(crate) nick: Option<String>,
    pub(crate) user: Option<User>,
}

/// A message, whole or as an update tells it.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the vendor's names")]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) channel_id: String,
    pub(crate) guild_id: Option<String>,
    /// The type of its channel; the gateway tells it.
    pub(crate) channel_type: Option<u8>,
    /// 0 plain, 19 an answer to another one; all others are the system's.
    #[serde(rename = "type")]
    pub(crate) kind: Option<u8>,
    pub(crate) author: Option<User>,
    pub(crate) member: Option<Member>,
    /// It was sent by a program through a webhook.
    pub(crate) webhook_id: Option<String>,
    #[serde(default)]
    pub(crate) content: String,
    /// Somebody changed it; an update without this is a preview of a link.
    pub(crate) edited_timestamp: Option<String>,
    #[serde(default)]
    pub(crate) mentions: Vec<User>,
    #[serde(default)]
    pub(crate) attachments: Vec<File>,
    #[serde(default)]
    pub(crate) sticker_items: Vec<Sticker>,
    pub(crate) message_reference: Option<MessageReference>,
    pub(crate) referenced_message: Option<Box<Message>>,
    /// What is handed on from elsewhere.
    #[serde(default)]
    pub(crate) message_snapshots: Vec<Snapshot>,
    pub(crate) poll: Option<Poll>,
    #[serde(default)]
    pub(crate) flags: u64,
    /// Over REST: who reacted how.
    #[serde(default)]
    pub(crate) reactions: Vec<ReactionCount>,
}

/// Which message another one points to.
#[derive(Debug, Deserialize)]
pub(crate) struct MessageReference {
    pub(crate) message_id: Option<String>,
    /// 0 answers it, 1 hands it on.
    #[serde(rename = "type", default)]
    pub(crate) kind: u8,
}

/// A message that is handed on.
#[derive(Debug, Deserialize)]
pub(crate) struct Snapshot {
    pub(crate) message: SnapshotMessage,
}

/// What is in it.
#[derive(Debug, Deserialize)]
pub(crate) struct SnapshotMessage {
    #[serde(default)]
    pub(crate) content: String,
    #[serde(default)]
    pub(crate) attachments: Vec<File>,
}

/// A file.
#[derive(Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) filename: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) size: Option<u64>,
    /// A signed address; it needs no token and must get none.
    #[serde(default)]
    pub(crate) url: String,
}

/// A sticker.
#[derive(Debug, Deserialize)]
pub(crate) struct Sticker {
    #[serde(default)]
    pub(crate) name: String,
}

/// A question with answers to choose from.
#[derive(Debug, Deserialize)]
pub(crate) struct Poll {
    pub(crate) question: PollMedia,
    #[serde(default)]
    pub(crate) answers: Vec<PollAnswer>,
}

/// One answer.
#[derive(Debug, Deserialize)]
pub(crate) struct PollAnswer {
    pub(crate) poll_media: PollMedia,
}

/// Words of a poll.
#[derive(Debug, Deserialize)]
pub(crate) struct PollMedia {
    #[serde(default)]
    pub(crate) text: String,
}

/// A sign: of everybody's, or a guild's own with an id.
#[derive(Debug, Deserialize)]
pub(crate) struct Emoji {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
}

/// One sign under a message.
#[derive(Debug, Deserialize)]
pub(crate) struct ReactionCount {
    pub(crate) emoji: Emoji,
    /// We put it.
    #[serde(default)]
    pub(crate) me: bool,
}

/// Somebody put a sign under a message or took it away.
#[derive(Debug, Deserialize)]
pub(crate) struct ReactionChange {
    pub(crate) user_id: String,
    pub(crate) channel_id: String,
    pub(crate) message_id: String,
    pub(crate) guild_id: Option<String>,
    pub(crate) member: Option<Member>,
    pub(crate) emoji: Emoji,
}

impl Emoji {
    /// As addresses and events write it: the sign, or `name:id`.
    pub(crate) fn written(&self) -> Option<String> {
        let name = self.name.as_deref().unwrap_or_default();
        match &self.id {
            Some(id) => Some(format!("{name}:{id}")),
            None if name.is_empty() => None,
            None => Some(name.to_owned()),
        }
    }
}
