//! The methods, by what they are about.

mod album;
mod buttons;
mod chats;
mod commands;
mod dispatch;
mod edit;
mod media;
mod place;
mod poll;
mod queries;
mod reaction;
mod send;
mod text;

pub(super) use buttons::data_of;
pub(super) use chats::open_topic;
pub(super) use dispatch::perform;
pub(super) use edit::replace_text;
pub(super) use media::too_large;
pub(super) use reaction::EMOJI;
