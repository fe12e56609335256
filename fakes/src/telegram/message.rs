//! A message as it stands in a chat now: what tests look at, and what the server sends.

use serde_json::{Value, json};

use super::answer::put;
use super::markup::Entity;
use super::user::User;

/// What a message is made of besides its text.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Text only.
    Text,
    /// A file, place, sticker or poll: the field's name in the vendor's message, and its value.
    Media {
        /// `photo`, `document`, `voice` and so on.
        kind: &'static str,
        /// The vendor's object (an array of sizes for a photo).
        body: Value,
    },
    /// A service message: the field's name and its value.
    Service {
        /// `migrate_to_chat_id`, `forum_topic_created` and so on.
        kind: &'static str,
        /// The vendor's value.
        body: Value,
    },
}

/// A text that a message had before it was edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Former {
    /// The text or caption.
    pub text: String,
    /// When it was replaced, Unix time in milliseconds.
    pub until_ms: i64,
}

/// A message in a chat.
#[derive(Debug, Clone)]
pub struct Message {
    /// Unique in its chat only.
    pub id: i64,
    /// The chat.
    pub chat: i64,
    /// Who wrote it.
    pub from: User,
    /// When it was stored, Unix time in milliseconds.
    pub at_ms: i64,
    /// When it was last edited.
    pub edited_ms: Option<i64>,
    /// The forum topic, if it is in one (never the General topic).
    pub thread: Option<i64>,
    /// The message that it answers.
    pub reply_to: Option<i64>,
    /// The text, or the caption of a file; markup already parsed away.
    pub text: String,
    /// The markup of the text.
    pub entities: Vec<Entity>,
    /// What it is made of.
    pub content: Content,
    /// Buttons under it, as the vendor's object.
    pub buttons: Option<Value>,
    /// The album that it is part of.
    pub album: Option<String>,
    /// Who reacted with what: pairs of account and emoji.
    pub reactions: Vec<(i64, String)>,
    /// The texts that it had, oldest first.
    pub former: Vec<Former>,
}

impl Message {
    /// `text`, `photo`, `document`, … or the name of a service message.
    pub fn kind(&self) -> &'static str {
        match &self.content {
            Content::Text => "text",
            Content::Media { kind, .. } | Content::Service { kind, .. } => kind,
        }
    }

    /// The identifier of the file that it carries; for a photo that of the largest size.
    pub fn file_id(&self) -> Option<&str> {
        let Content::Media { body, .. } = &self.content else {
            return None;
        };
        let file = body
            .as_array()
            .and_then(|sizes| sizes.last())
            .unwrap_or(body);
        file.get("file_id")?.as_str()
    }

    pub(super) fn has_caption(&self) -> bool {
        matches!(
            self.kind(),
            "photo" | "document" | "voice" | "audio" | "video" | "animation"
        )
    }

    /// The vendor's object without `chat` and `reply_to_message`, which need the chat.
    pub(super) fn json(&self) -> Value {
        let mut message = json!({
            "message_id": self.id,
            "from": self.from.json(),
            "date": self.at_ms.div_euclid(1000),
        });
        let mut add = |field: &str, value: Value| put(&mut message, field, value);
        if let Some(edited_ms) = self.edited_ms {
            add("edit_date", json!(edited_ms.div_euclid(1000)));
        }
        if let Some(thread) = self.thread {
            add("message_thread_id", json!(thread));
            add("is_topic_message", json!(true));
        }
        match &self.content {
            Content::Text => {}
            Content::Media { kind, body } | Content::Service { kind, body } => {
                add(kind, body.clone());
                // The vendor sends animations as documents too, for old bots.
                if *kind == "animation" {
                    add("document", body.clone());
                }
            }
        }
        if !self.text.is_empty() {
            let (text, entities) = match self.content {
                Content::Text => ("text", "entities"),
                _ => ("caption", "caption_entities"),
            };
            add(text, json!(self.text));
            if !self.entities.is_empty() {
                let list: Vec<_> = self.entities.iter().map(Entity::json).collect();
                add(entities, json!(list));
            }
        }
        if let Some(album) = &self.album {
            add("media_group_id", json!(album));
        }
        if let Some(buttons) = &self.buttons {
            add("reply_markup", buttons.clone());
        }
        message
    }
}
