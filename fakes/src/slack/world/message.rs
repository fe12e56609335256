//! One message and its JSON.

use serde_json::{Value, json};

use super::names;

/// A message as everybody in the channel can see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its name within the channel: seconds and microseconds.
    pub ts: String,
    /// The author; for the bot its user id.
    pub user: String,
    /// True if the app under test wrote it.
    pub by_bot: bool,
    /// The text in the vendor's markup.
    pub text: String,
    /// The `ts` of the thread's parent, if it is a reply.
    pub thread_ts: Option<String>,
    /// The author of that parent.
    pub parent_user: Option<String>,
    /// True if a reply is also shown in the channel.
    pub broadcast: bool,
    /// Block Kit blocks; null if none.
    pub blocks: Value,
    /// Attachments of the older kind, and previews of links; null if none.
    pub attachments: Value,
    /// `{event_type, event_payload}`; null if none.
    pub metadata: Value,
    /// When it was last edited, as a `ts`.
    pub edited_ts: Option<String>,
    /// Reactions in the order of their first use.
    pub reactions: Vec<Reaction>,
    /// File objects.
    pub files: Vec<Value>,
    /// The key that the vendor's own apps give each message of a person.
    pub client_msg_id: Option<String>,
}

/// An emoji and who gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// The name without colons.
    pub name: String,
    /// User ids.
    pub users: Vec<String>,
}

/// What becomes a message when it is posted.
#[derive(Debug, Clone, Default)]
pub(in crate::slack) struct Draft {
    pub(in crate::slack) user: String,
    pub(in crate::slack) text: String,
    pub(in crate::slack) thread_ts: Option<String>,
    pub(in crate::slack) broadcast: bool,
    pub(in crate::slack) blocks: Value,
    pub(in crate::slack) attachments: Value,
    pub(in crate::slack) metadata: Value,
    pub(in crate::slack) files: Vec<Value>,
}

impl Draft {
    /// Plain words of somebody.
    pub(in crate::slack) fn text(user: &str, text: &str) -> Self {
        Self {
            user: user.to_owned(),
            text: text.to_owned(),
            ..Self::default()
        }
    }
}

impl Message {
    /// The message object. Metadata is shown only to who asks for it.
    pub(in crate::slack) fn to_json(&self, with_metadata: bool) -> Value {
        let mut whole = json!({
            "type": "message", "user": self.user, "ts": self.ts, "text": self.text,
            "team": names::TEAM,
        });
        let Some(fields) = whole.as_object_mut() else {
            return whole;
        };
        let mut put = |name: &str, value: Value| {
            if !value.is_null() {
                fields.insert(name.to_owned(), value);
            }
        };
        if self.by_bot {
            put("bot_id", json!(names::BOT));
            put("app_id", json!(names::APP));
            put("bot_profile", bot_profile());
        }
        put("subtype", json!(self.subtype()));
        put("client_msg_id", json!(self.client_msg_id));
        put("thread_ts", json!(self.thread_ts));
        put("parent_user_id", json!(self.parent_user));
        put("blocks", self.shown_blocks());
        put("attachments", self.attachments.clone());
        if !self.files.is_empty() {
            put("files", json!(self.files));
            put("upload", json!(false));
        }
        if let Some(ts) = &self.edited_ts {
            put("edited", json!({"user": self.user, "ts": ts}));
        }
        if !self.reactions.is_empty() {
            put(
                "reactions",
                self.reactions.iter().map(Reaction::to_json).collect(),
            );
        }
        if with_metadata {
            put("metadata", self.metadata.clone());
        }
        whole
    }

    fn subtype(&self) -> Option<&'static str> {
        if !self.files.is_empty() {
            Some("file_share")
        } else if self.broadcast {
            Some("thread_broadcast")
        } else {
            None
        }
    }

    /// What people write always has a rich text block; what the bot writes has what it gave.
    fn shown_blocks(&self) -> Value {
        if self.by_bot || self.text.is_empty() {
            return self.blocks.clone();
        }
        json!([{
            "type": "rich_text", "block_id": "b1", "elements": [{
                "type": "rich_text_section", "elements": [{"type": "text", "text": self.text}],
            }],
        }])
    }
}

impl Reaction {
    fn to_json(&self) -> Value {
        json!({"name": self.name, "users": self.users, "count": self.users.len()})
    }
}

fn bot_profile() -> Value {
    json!({
        "id": names::BOT, "app_id": names::APP, "user_id": names::BOT_USER, "name": "tidegate",
        "deleted": false, "team_id": names::TEAM, "updated": 1_700_000_000,
    })
}
