//! Discord: the gateway (a socket that can be resumed) in, one call for each message out.
//!
//! `api` is the vendor's REST, `gateway` its socket, `map` turns what arrives into our words,
//! `markup` fits our Markdown to Discord's. Both are pure; the rest is the
//! [`Channel`](tidegate_core::channel::Channel).

mod account;
mod act;
mod address;
mod api;
mod capabilities;
mod channel;
mod commands;
mod compose;
mod emoji;
mod fault;
mod fetch;
mod gateway;
mod history;
mod interactions;
mod map;
mod markup;
mod network;
mod places;
mod resolve;
mod send;
mod settings;
mod snowflake;

pub use channel::Discord;
pub use network::DiscordNetwork;
pub use settings::{Command, DEFAULT_API_ROOT, DiscordSettings, SettingsError};
