//! What calls are given, and what they give back.

use serde::{Deserialize, Serialize};

use super::message::Poll;
use crate::telegram::destination::ChatId;

/// Nothing.
#[derive(Debug, Serialize)]
pub(crate) struct NoParams {}

/// `getUpdates`.
#[derive(Debug, Serialize)]
pub(crate) struct Polling<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset: Option<i64>,
    /// In seconds.
    pub(crate) timeout: u64,
    pub(crate) limit: u32,
    pub(crate) allowed_updates: &'a [&'a str],
}

/// `setWebhook`.
#[derive(Debug, Serialize)]
pub(crate) struct SetWebhook<'a> {
    pub(crate) url: &'a str,
    pub(crate) secret_token: &'a str,
    pub(crate) allowed_updates: &'a [&'a str],
    pub(crate) max_connections: u32,
}

/// `setMyCommands`.
#[derive(Debug, Serialize)]
pub(crate) struct Commands<'a> {
    pub(crate) commands: Vec<BotCommand<'a>>,
}

/// One of them.
#[derive(Debug, Serialize)]
pub(crate) struct BotCommand<'a> {
    pub(crate) command: &'a str,
    pub(crate) description: String,
}

/// `answerCallbackQuery`; as the answer of a webhook it names its method itself.
#[derive(Debug, Serialize)]
pub(crate) struct AnswerCallback<'a> {
    pub(crate) callback_query_id: &'a str,
}

/// `getFile`.
#[derive(Debug, Serialize)]
pub(crate) struct FileId<'a> {
    pub(crate) file_id: &'a str,
}

/// `sendChatAction`.
#[derive(Debug, Serialize)]
pub(crate) struct ShowAction<'a> {
    pub(crate) chat_id: &'a ChatId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_thread_id: Option<i64>,
    pub(crate) action: &'static str,
}

/// `setMessageReaction`.
#[derive(Debug, Serialize)]
pub(crate) struct ReactTo<'a> {
    pub(crate) chat_id: &'a ChatId,
    pub(crate) message_id: i64,
    pub(crate) reaction: Vec<Reaction<'a>>,
}

/// A reaction of ours.
#[derive(Debug, Serialize)]
pub(crate) struct Reaction<'a> {
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) emoji: &'a str,
}

/// `deleteMessage`.
#[derive(Debug, Serialize)]
pub(crate) struct DeleteMessage<'a> {
    pub(crate) chat_id: &'a ChatId,
    pub(crate) message_id: i64,
}

/// Words or a file: `sendMessage`, `editMessageText`, `sendPhoto` and their like.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Outgoing {
    pub(crate) chat_id: ChatId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_thread_id: Option<i64>,
    /// The message to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) caption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parse_mode: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_parameters: Option<ReplyTo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_markup: Option<Keyboard>,
}

impl Outgoing {
    /// Nothing yet, to this conversation.
    pub(crate) const fn to(chat_id: ChatId) -> Self {
        Self {
            chat_id,
            message_thread_id: None,
            message_id: None,
            text: None,
            caption: None,
            parse_mode: None,
            reply_parameters: None,
            reply_markup: None,
        }
    }
}

/// `sendPoll`.
#[derive(Debug, Serialize)]
pub(crate) struct NewPoll<'a> {
    pub(crate) chat_id: &'a ChatId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message_thread_id: Option<i64>,
    pub(crate) question: &'a str,
    pub(crate) options: Vec<Choice<'a>>,
    pub(crate) allows_multiple_answers: bool,
    /// How long it is open, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) open_period: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_parameters: Option<ReplyTo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reply_markup: Option<Keyboard>,
}

/// One answer of a poll of ours.
#[derive(Debug, Serialize)]
pub(crate) struct Choice<'a> {
    pub(crate) text: &'a str,
}

/// The message that is answered.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct ReplyTo {
    pub(crate) message_id: i64,
    pub(crate) allow_sending_without_reply: bool,
}

/// Buttons below a message.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Keyboard {
    pub(crate) inline_keyboard: Vec<Vec<KeyboardButton>>,
}

/// One of them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KeyboardButton {
    pub(crate) text: String,
    pub(crate) callback_data: String,
}

/// What was sent.
#[derive(Debug, Deserialize)]
pub(crate) struct Sent {
    pub(crate) message_id: i64,
    pub(crate) poll: Option<Poll>,
}
