//! What calls are given, and what they give back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::Profile;

/// Nothing.
#[derive(Debug, Serialize)]
pub(crate) struct NoParams {}

/// Who we are: `auth.test`.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Me {
    /// The user that our bot is.
    pub(crate) user_id: String,
    /// The same as an author of messages.
    pub(crate) bot_id: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) team_id: Option<String>,
    pub(crate) team: Option<String>,
    /// We belong to an organisation and not to one workspace.
    #[serde(default)]
    pub(crate) is_enterprise_install: bool,
    /// What we may do, if Slack said.
    #[serde(skip)]
    pub(crate) scopes: Option<Vec<String>>,
}

/// The address of a socket: `apps.connections.open`.
#[derive(Debug, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) url: String,
}

/// What marks a message as ours, invisible to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) event_type: String,
    #[serde(default)]
    pub(crate) event_payload: Value,
}

/// `chat.postMessage`, and with `ts` `chat.update`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Posting<'a> {
    pub(crate) channel: &'a str,
    /// The message to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ts: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thread_ts: Option<&'a str>,
    pub(crate) text: String,
    /// Empty takes those of the message away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) blocks: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<Metadata>,
}

/// What was posted.
#[derive(Debug, Deserialize)]
pub(crate) struct Posted {
    pub(crate) ts: String,
}

/// A message by its name: `chat.delete`.
#[derive(Debug, Serialize)]
pub(crate) struct Named<'a> {
    pub(crate) channel: &'a str,
    pub(crate) ts: &'a str,
}

/// What became of a change.
#[derive(Debug, Deserialize)]
pub(crate) struct Changed {}

/// `reactions.add` and `reactions.remove`.
#[derive(Debug, Serialize)]
pub(crate) struct Reacting<'a> {
    pub(crate) channel: &'a str,
    pub(crate) timestamp: &'a str,
    pub(crate) name: &'a str,
}

/// A conversation with a person: `conversations.open`.
#[derive(Debug, Deserialize)]
pub(crate) struct Opened {
    pub(crate) channel: Conversation,
}

/// A conversation by its id.
#[derive(Debug, Deserialize)]
pub(crate) struct Conversation {
    pub(crate) id: String,
}

/// A person: `users.info`.
#[derive(Debug, Deserialize)]
pub(crate) struct Person {
    pub(crate) user: User,
}

/// Names of a person.
#[derive(Debug, Deserialize)]
pub(crate) struct User {
    pub(crate) name: Option<String>,
    #[serde(default)]
    pub(crate) profile: Profile,
}

/// A conversation: `conversations.info`.
#[derive(Debug, Deserialize)]
pub(crate) struct Room {
    pub(crate) channel: RoomName,
}

/// The name of a conversation.
#[derive(Debug, Deserialize)]
pub(crate) struct RoomName {
    pub(crate) name: Option<String>,
    /// Several people without a channel.
    #[serde(default)]
    pub(crate) is_mpim: bool,
}

/// Which messages: `conversations.history`, and with `ts` `conversations.replies`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Span<'a> {
    pub(crate) channel: &'a str,
    /// The thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ts: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) oldest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latest: Option<String>,
    pub(crate) inclusive: bool,
    pub(crate) include_all_metadata: bool,
    pub(crate) limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cursor: Option<String>,
}

/// A page of messages.
#[derive(Debug, Deserialize)]
pub(crate) struct History {
    #[serde(default)]
    pub(crate) messages: Vec<Past>,
    #[serde(default)]
    pub(crate) response_metadata: Next,
}

/// Where the next page is; empty if there is none.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Next {
    #[serde(default)]
    pub(crate) next_cursor: String,
}

/// A message of the past.
#[derive(Debug, Deserialize)]
pub(crate) struct Past {
    pub(crate) ts: String,
    pub(crate) user: Option<String>,
    pub(crate) bot_id: Option<String>,
    pub(crate) metadata: Option<Metadata>,
    #[serde(default)]
    pub(crate) files: Vec<PastFile>,
    #[serde(default)]
    pub(crate) reactions: Vec<PastReaction>,
}

/// A file in it.
#[derive(Debug, Deserialize)]
pub(crate) struct PastFile {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) size: Option<u64>,
}

/// A reaction to it.
#[derive(Debug, Deserialize)]
pub(crate) struct PastReaction {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) users: Vec<String>,
}

/// Where a file may be sent to: `files.getUploadURLExternal`.
#[derive(Debug, Deserialize)]
pub(crate) struct Reserved {
    pub(crate) upload_url: String,
    pub(crate) file_id: String,
}

/// `files.completeUploadExternal`: makes a message of a file that was sent.
#[derive(Debug, Serialize)]
pub(crate) struct Finish<'a> {
    /// A list of ids with titles, as JSON.
    pub(crate) files: String,
    pub(crate) channel_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) thread_ts: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) initial_comment: Option<String>,
    /// Instead of the comment, as JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) blocks: Option<String>,
}

/// The files of that message.
#[derive(Debug, Deserialize)]
pub(crate) struct Completed {
    #[serde(default)]
    pub(crate) files: Vec<Shared>,
}

/// Where a file is shown. Slack often does not know yet when it answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Shared {
    #[serde(default)]
    pub(crate) shares: BTreeMap<String, BTreeMap<String, Vec<Share>>>,
}

/// One message that shows it.
#[derive(Debug, Deserialize)]
pub(crate) struct Share {
    pub(crate) ts: String,
}
