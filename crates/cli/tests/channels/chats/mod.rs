//! The networks behind one face: two people, each in a direct chat with the bot.

mod discord;
mod home;
mod slack;
mod telegram;

pub(crate) use discord::Discord;
pub(crate) use home::{Chats, Home, Who};
pub(crate) use slack::Slack;
pub(crate) use telegram::Telegram;
