//! A chat: who it is with, what is in it, and what stands in the way of writing to it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::{Refusal, put};
use super::message::Message;

/// Identifiers of supergroups begin below this (the vendor's −100 prefix).
const SUPERGROUPS_BELOW: i64 = -1_000_000_000_000;

/// The identifier of the General topic, which is not to be named when sending.
pub(super) const GENERAL_TOPIC: i64 = 1;

/// What kind of chat it is; follows from its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatKind {
    /// With one person; the number is that of the person.
    Private,
    /// An old group.
    Group,
    /// A supergroup, perhaps a forum.
    Supergroup,
}

impl ChatKind {
    /// The kind that a number belongs to.
    pub fn of(chat: i64) -> Self {
        if chat > 0 {
            Self::Private
        } else if chat < SUPERGROUPS_BELOW {
            Self::Supergroup
        } else {
            Self::Group
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Group => "group",
            Self::Supergroup => "supergroup",
        }
    }
}

/// A "typing" or another action that the bot showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatAction {
    /// `typing`, `upload_photo`, …
    pub action: String,
    /// The topic, if one was named.
    pub thread: Option<i64>,
    /// When it began, Unix time in milliseconds. It is shown for 5 s, or until a message comes.
    pub at_ms: i64,
}

/// One chat.
#[derive(Debug)]
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) title: String,
    pub(super) username: Option<String>,
    pub(super) is_forum: bool,
    pub(super) topics: BTreeMap<i64, String>,
    pub(super) messages: BTreeMap<i64, Message>,
    pub(super) actions: Vec<ChatAction>,
    pub(super) barred: Option<&'static str>,
    pub(super) migrated_to: Option<i64>,
    pub(super) bot_status: &'static str,
    next_message: i64,
}

impl Chat {
    pub(super) fn new(id: i64, title: &str) -> Self {
        Self {
            id,
            title: title.to_owned(),
            username: None,
            is_forum: false,
            topics: BTreeMap::new(),
            messages: BTreeMap::new(),
            actions: Vec::new(),
            barred: None,
            migrated_to: None,
            bot_status: "member",
            next_message: 1,
        }
    }

    pub(super) fn kind(&self) -> ChatKind {
        ChatKind::of(self.id)
    }

    pub(super) fn take_message_id(&mut self) -> i64 {
        // Topics take numbers of the same row, and 1 is the General topic's in every forum.
        if self.is_forum && self.next_message == GENERAL_TOPIC {
            self.next_message += 1;
        }
        let id = self.next_message;
        self.next_message += 1;
        id
    }

    /// Refuses if nothing can be written here.
    pub(super) fn check_open(&self) -> Result<(), Refusal> {
        if let Some(to) = self.migrated_to {
            return Err(Refusal::migrated(to));
        }
        match self.barred {
            Some(why) => Err(Refusal::forbidden(why)),
            None => Ok(()),
        }
    }

    /// Refuses a topic that is not there. The General topic must not be named.
    pub(super) fn check_topic(&self, thread: Option<i64>) -> Result<(), Refusal> {
        match thread {
            None => Ok(()),
            Some(thread) if self.topics.contains_key(&thread) => Ok(()),
            Some(_) => Err(Refusal::bad("message thread not found")),
        }
    }

    /// The vendor's short object.
    pub(super) fn json(&self) -> Value {
        let mut chat = json!({ "id": self.id, "type": self.kind().word() });
        let name = match self.kind() {
            ChatKind::Private => "first_name",
            ChatKind::Group | ChatKind::Supergroup => "title",
        };
        put(&mut chat, name, json!(self.title));
        if let Some(username) = &self.username {
            put(&mut chat, "username", json!(username));
        }
        if self.is_forum {
            put(&mut chat, "is_forum", json!(true));
        }
        if self.kind() == ChatKind::Group {
            put(&mut chat, "all_members_are_administrators", json!(false));
        }
        chat
    }

    /// The vendor's object of a message here, with the one that it answers.
    pub(super) fn message_json(&self, message: &Message) -> Value {
        let mut whole = self.bare_message_json(message);
        let answered = message.reply_to.and_then(|id| self.messages.get(&id));
        if let Some(answered) = answered {
            put(
                &mut whole,
                "reply_to_message",
                self.bare_message_json(answered),
            );
        }
        whole
    }

    fn bare_message_json(&self, message: &Message) -> Value {
        let mut bare = message.json();
        put(&mut bare, "chat", self.json());
        bare
    }
}
