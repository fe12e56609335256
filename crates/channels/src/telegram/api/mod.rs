//! The Bot API: calls, what they are given, and what comes back. Types are lenient: a field that
//! we can do without may be missing, and one that we do not know is not looked at.

mod client;
mod error;
mod media;
mod message;
mod outgoing;
mod update;

pub(super) use client::Api;
pub(super) use error::{CallError, Refusal};
pub(super) use media::{FileAt, NamedFile, PhotoSize, Sticker};
pub(super) use message::{Chat, Entity, ForwardOrigin, Message, Poll, User};
pub(super) use outgoing::{
    AnswerCallback, BotCommand, Choice, Commands, DeleteMessage, FileId, Keyboard, KeyboardButton,
    NewPoll, NoParams, Outgoing, Polling, ReactTo, Reaction, ReplyTo, Sent, SetWebhook, ShowAction,
};
pub(super) use update::{CallbackQuery, ReactionChange, ReactionType, Update, WebhookState};
