//! Telegram, by its Bot API: long poll or webhook in, one call for each message out.
//!
//! `api` is the vendor's wire, `map` turns what arrives into our words, `markup` turns our Markdown
//! into Telegram's. Both are pure; the rest is the [`Channel`](tidegate_core::channel::Channel).

mod account;
mod act;
mod address;
mod api;
mod capabilities;
mod channel;
mod destination;
mod fault;
mod fetch;
mod frame;
mod map;
mod markup;
mod network;
mod poll;
mod reactions;
mod send;
mod settings;
mod taking;
mod webhook;

pub use channel::Telegram;
pub use network::TelegramNetwork;
pub use settings::{Command, DEFAULT_API_ROOT, Mode, SettingsError, TelegramSettings};
