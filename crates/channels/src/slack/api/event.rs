//! Events of channels, the same in Socket Mode and in webhooks.

use serde::Deserialize;

/// An event with what is around it.
#[derive(Debug, Deserialize)]
pub(crate) struct Callback {
    pub(crate) team_id: Option<String>,
    /// Stays the same when the event is delivered again.
    pub(crate) event_id: String,
    /// For whom it can be seen; Slack names one of them.
    #[serde(default)]
    pub(crate) authorizations: Vec<Authorization>,
    pub(crate) event: Event,
}

/// Somebody who can see an event.
#[derive(Debug, Deserialize)]
pub(crate) struct Authorization {
    pub(crate) user_id: Option<String>,
}

/// An event.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Event {
    /// Somebody wrote, or a message changed.
    Message(Box<Message>),
    /// Somebody wrote our name; the same message comes as `Message`, too.
    AppMention(Box<Message>),
    /// Somebody reacted.
    ReactionAdded(Reaction),
    /// Somebody took a reaction back.
    ReactionRemoved(Reaction),
    /// Anything else.
    #[serde(other)]
    Other,
}

/// A message, alone or as a part of an event.
#[derive(Debug, Deserialize)]
pub(crate) struct Message {
    pub(crate) subtype: Option<String>,
    pub(crate) channel: Option<String>,
    /// `im`, `mpim`, `channel` or `group`; mentions do not say.
    pub(crate) channel_type: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) bot_id: Option<String>,
    /// The name that a bot gave itself.
    pub(crate) username: Option<String>,
    pub(crate) user_profile: Option<Profile>,
    /// Its id in the channel, and its time.
    #[serde(default)]
    pub(crate) ts: String,
    pub(crate) thread_ts: Option<String>,
    pub(crate) parent_user_id: Option<String>,
    #[serde(default)]
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) files: Vec<File>,
    #[serde(default)]
    pub(crate) attachments: Vec<Attachment>,
    /// Of a change: the message now.
    #[serde(rename = "message")]
    pub(crate) after: Option<Box<Message>>,
    /// Of a change: the message before.
    #[serde(rename = "previous_message")]
    pub(crate) before: Option<Box<Message>>,
}

/// What hangs below a message: one that was passed on, the preview of a link, what a bot drew.
#[derive(Debug, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) text: Option<String>,
    /// The same for those who cannot see it.
    pub(crate) fallback: Option<String>,
    /// It is a message that was passed on.
    #[serde(default)]
    pub(crate) is_share: bool,
}

/// Names of a person.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Profile {
    pub(crate) display_name: Option<String>,
    pub(crate) real_name: Option<String>,
}

impl Profile {
    /// The name that people see.
    pub(crate) fn name(&self) -> Option<&str> {
        let names = [&self.display_name, &self.real_name];
        let mut names = names.into_iter().flatten().map(|name| name.trim());
        names.find(|name| !name.is_empty())
    }
}

/// A file that was shared.
#[derive(Debug, Deserialize)]
pub(crate) struct File {
    pub(crate) name: Option<String>,
    pub(crate) mimetype: Option<String>,
    /// `slack_audio`, `slack_video` for what was recorded in Slack itself.
    pub(crate) subtype: Option<String>,
    pub(crate) size: Option<u64>,
    /// Wants our token.
    pub(crate) url_private: Option<String>,
}

/// A reaction that came or went.
#[derive(Debug, Deserialize)]
pub(crate) struct Reaction {
    pub(crate) user: String,
    /// The name, without colons.
    #[serde(rename = "reaction")]
    pub(crate) name: String,
    pub(crate) item: Item,
    #[serde(default)]
    pub(crate) event_ts: String,
}

/// What was reacted to; only messages have both.
#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) channel: Option<String>,
    pub(crate) ts: Option<String>,
}
