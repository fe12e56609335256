//! What people send.

use bytes::Bytes;
use serde_json::{Value, json};

use super::files::NewFile;
use super::markup::{Entity, find};
use super::message::Content;
use super::world::World;

/// A message of a person, before it is sent.
#[derive(Debug, Clone)]
pub struct Incoming {
    text: String,
    kind: &'static str,
    file: Option<NewFile>,
    body: Value,
    pub(super) reply_to: Option<i64>,
    pub(super) thread: Option<i64>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// The message in its chat.
    pub message_id: i64,
    /// The update that tells the bot; `None` if it is not told (not wanted, private to others, or
    /// held back).
    pub update_id: Option<i64>,
}

impl Incoming {
    fn new(kind: &'static str, file: Option<NewFile>, body: Value) -> Self {
        Self {
            text: String::new(),
            kind,
            file,
            body,
            reply_to: None,
            thread: None,
        }
    }

    /// A text. Mentions, commands and addresses in it are found as the real server finds them.
    pub fn text(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..Self::new("text", None, Value::Null)
        }
    }

    /// A photo.
    pub fn photo(bytes: impl Into<Bytes>) -> Self {
        Self::new("photo", Some(file(bytes.into(), None, None)), json!({}))
    }

    /// A document with its name and type.
    pub fn document(name: &str, mime: &str, bytes: impl Into<Bytes>) -> Self {
        let file = file(bytes.into(), Some(name), Some(mime));
        Self::new("document", Some(file), json!({}))
    }

    /// A voice message of so many seconds.
    pub fn voice(seconds: u32, bytes: impl Into<Bytes>) -> Self {
        let file = file(bytes.into(), None, Some("audio/ogg"));
        Self::new("voice", Some(file), json!({ "duration": seconds }))
    }

    /// A video of so many seconds.
    pub fn video(seconds: u32, bytes: impl Into<Bytes>) -> Self {
        let file = file(bytes.into(), None, Some("video/mp4"));
        let body = json!({ "duration": seconds, "width": 640, "height": 480 });
        Self::new("video", Some(file), body)
    }

    /// A sticker that stands for an emoji.
    pub fn sticker(emoji: &str) -> Self {
        let file = file(Bytes::from_static(b"RIFF\0\0\0\0WEBP"), None, None);
        let body = json!({
            "type": "regular", "width": 512, "height": 512, "is_animated": false,
            "is_video": false, "emoji": emoji, "set_name": "animals",
        });
        Self::new("sticker", Some(file), body)
    }

    /// A place.
    pub fn location(latitude: f64, longitude: f64) -> Self {
        let body = json!({ "latitude": latitude, "longitude": longitude });
        Self::new("location", None, body)
    }

    /// With a caption.
    #[must_use]
    pub fn caption(mut self, caption: &str) -> Self {
        caption.clone_into(&mut self.text);
        self
    }

    /// As an answer to a message of the same chat.
    #[must_use]
    pub fn reply_to(mut self, message_id: i64) -> Self {
        self.reply_to = Some(message_id);
        self
    }

    /// In a forum topic.
    #[must_use]
    pub fn in_topic(mut self, thread: i64) -> Self {
        self.thread = Some(thread);
        self
    }

    /// With a file that claims to have so many bytes, whatever it has.
    #[must_use]
    pub fn of_size(mut self, bytes: u64) -> Self {
        if let Some(file) = &mut self.file {
            file.size = bytes;
        }
        self
    }

    pub(super) fn words(&self) -> (String, Vec<Entity>) {
        (self.text.clone(), find(&self.text))
    }

    pub(super) fn content(&self, world: &mut World) -> Content {
        let kind = self.kind;
        match &self.file {
            _ if kind == "text" => Content::Text,
            Some(file) => Content::Media {
                kind,
                body: world.files.keep(kind, file.clone(), &self.body),
            },
            None => Content::Media {
                kind,
                body: self.body.clone(),
            },
        }
    }
}

fn file(bytes: Bytes, name: Option<&str>, mime: Option<&str>) -> NewFile {
    NewFile {
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        bytes,
        name: name.map(str::to_owned),
        mime: mime.map(str::to_owned),
    }
}
