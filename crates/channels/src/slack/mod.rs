//! Slack: Socket Mode or the Events API in, the Web API out.
//!
//! `api` is the vendor's wire, `map` turns what arrives into our words, `markup` turns our Markdown
//! into Slack's. All three are pure but for the calls themselves; the rest is the
//! [`Channel`](tidegate_core::channel::Channel).

mod account;
mod act;
mod address;
mod api;
mod arrived;
mod blocks;
mod capabilities;
mod channel;
mod destination;
mod emoji;
mod fault;
mod fetch;
mod history;
mod known;
mod link;
mod map;
mod markup;
mod network;
mod reactions;
mod send;
mod settings;
mod signature;
mod socket;
mod upload;
mod webhook;

pub use channel::Slack;
pub use network::SlackNetwork;
pub use settings::{DEFAULT_API_ROOT, Mode, SettingsError, SlackSettings};
