//! Messages, and who and where they are from.

use serde::Deserialize;

use super::media::{NamedFile, PhotoSize, Sticker};

/// A person or a bot.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct User {
    pub(crate) id: i64,
    #[serde(default)]
    pub(crate) is_bot: bool,
    #[serde(default)]
    pub(crate) first_name: String,
    pub(crate) last_name: Option<String>,
    pub(crate) username: Option<String>,
    /// Of ourselves: sees what is not said to it. Only `getMe` tells.
    pub(crate) can_read_all_group_messages: Option<bool>,
    /// Of ourselves: may be taken into groups. Only `getMe` tells.
    pub(crate) can_join_groups: Option<bool>,
}

/// A conversation.
#[derive(Debug, Deserialize)]
pub(crate) struct Chat {
    pub(crate) id: i64,
    /// `private`, `group`, `supergroup` or `channel`.
    #[serde(rename = "type")]
    pub(crate) kind: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) username: Option<String>,
    #[serde(default)]
    pub(crate) is_forum: bool,
}

/// A message.
#[derive(Debug, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the vendor's names")]
pub(crate) struct Message {
    pub(crate) message_id: i64,
    pub(crate) message_thread_id: Option<i64>,
    /// The thread is a topic; without it the thread is a mere chain of replies.
    #[serde(default)]
    pub(crate) is_topic_message: bool,
    pub(crate) from: Option<User>,
    /// In whose name it was sent, if not in a person's.
    pub(crate) sender_chat: Option<Chat>,
    pub(crate) chat: Chat,
    /// When it was sent, in Unix seconds.
    #[serde(default)]
    pub(crate) date: i64,
    /// When it was changed, in Unix seconds.
    pub(crate) edit_date: Option<i64>,
    pub(crate) media_group_id: Option<String>,
    pub(crate) text: Option<String>,
    #[serde(default)]
    pub(crate) entities: Vec<Entity>,
    pub(crate) caption: Option<String>,
    #[serde(default)]
    pub(crate) caption_entities: Vec<Entity>,
    /// Whose words they were, if they are forwarded.
    pub(crate) forward_origin: Option<ForwardOrigin>,
    pub(crate) reply_to_message: Option<Box<Message>>,
    pub(crate) quote: Option<TextQuote>,
    /// The same picture in several sizes.
    #[serde(default)]
    pub(crate) photo: Vec<PhotoSize>,
    pub(crate) animation: Option<NamedFile>,
    pub(crate) audio: Option<NamedFile>,
    pub(crate) document: Option<NamedFile>,
    pub(crate) video: Option<NamedFile>,
    pub(crate) video_note: Option<NamedFile>,
    pub(crate) voice: Option<NamedFile>,
    pub(crate) sticker: Option<Sticker>,
    pub(crate) location: Option<Location>,
    pub(crate) venue: Option<Venue>,
    pub(crate) contact: Option<Contact>,
    pub(crate) poll: Option<Poll>,
    /// The group has this id from now on.
    pub(crate) migrate_to_chat_id: Option<i64>,
    /// It is the service message that began a topic.
    pub(crate) forum_topic_created: Option<serde::de::IgnoredAny>,
}

/// Whose words a forwarded message is: a person, a hidden person, a group or a channel.
#[derive(Debug, Deserialize)]
pub(crate) struct ForwardOrigin {
    pub(crate) sender_user: Option<User>,
    pub(crate) sender_user_name: Option<String>,
    pub(crate) sender_chat: Option<Chat>,
    pub(crate) chat: Option<Chat>,
}

/// A mark on a stretch of text, counted in UTF-16 units.
#[derive(Debug, Deserialize)]
pub(crate) struct Entity {
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) offset: usize,
    #[serde(default)]
    pub(crate) length: usize,
    /// Whom a `text_mention` means.
    pub(crate) user: Option<User>,
    /// Where a `text_link` leads.
    pub(crate) url: Option<String>,
}

/// The words that a reply is about.
#[derive(Debug, Deserialize)]
pub(crate) struct TextQuote {
    #[serde(default)]
    pub(crate) text: String,
}

/// A point on the map.
#[derive(Debug, Deserialize)]
pub(crate) struct Location {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

/// A point on the map with a name.
#[derive(Debug, Deserialize)]
pub(crate) struct Venue {
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) address: String,
}

/// Somebody's number.
#[derive(Debug, Deserialize)]
pub(crate) struct Contact {
    #[serde(default)]
    pub(crate) phone_number: String,
    #[serde(default)]
    pub(crate) first_name: String,
    pub(crate) last_name: Option<String>,
}

/// A question with answers to choose from.
#[derive(Debug, Deserialize)]
pub(crate) struct Poll {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) question: String,
    #[serde(default)]
    pub(crate) options: Vec<PollOption>,
}

/// One answer of a poll.
#[derive(Debug, Deserialize)]
pub(crate) struct PollOption {
    #[serde(default)]
    pub(crate) text: String,
}
