//! Chat networks. Each is a folder with its typed API, a pure mapping, and fixtures; it knows its
//! network's wire and nothing else. Restart, admission, order, retry and rates are the engine's.
//!
//! To add one: a folder behind a feature that implements [`Channel`](tidegate_core::channel::Channel);
//! an imitation of the network in `fakes`; a `Rig` in `tests/<network>`, for which `contract!` makes
//! the tests that every network must pass (`tests/contract`).
//!
//! What all of them share: an HTTP client ([`http`]) and files that arrive whole or not at all. What
//! some share is a file each, behind a feature that theirs turn on.

#[cfg(feature = "calls")]
mod call;
#[cfg(feature = "calls")]
mod draft;
mod file;
#[cfg(test)]
#[cfg(feature = "calls")]
mod fixtures;
#[cfg(feature = "forms")]
mod form;
pub mod http;
#[cfg(feature = "calls")]
mod latest;
#[cfg(feature = "markdown")]
mod markdown;
pub mod network;
#[cfg(feature = "calls")]
mod transfer;
pub mod web_file;
#[cfg(feature = "websocket")]
mod websocket;

#[cfg(feature = "discord")]
pub mod discord;
#[cfg(feature = "slack")]
pub mod slack;
#[cfg(feature = "telegram")]
pub mod telegram;
