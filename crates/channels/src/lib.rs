//! Chat networks. Each is a folder with its typed API, a pure mapping, and fixtures; it knows its
//! network's wire and nothing else. Restart, admission, order, retry and rates are the engine's.
//!
//! To add one: a folder behind a feature that implements [`Channel`](tidegate_core::channel::Channel);
//! an imitation of the network in `fakes`; a `Rig` in `tests/<network>`, for which `contract!` makes
//! the tests that every network must pass (`tests/contract`).
//!
//! What all of them share: an HTTP client ([`http`]) and files that arrive whole or not at all.

mod file;
pub mod http;
pub mod network;
pub mod web_file;
#[cfg(any(feature = "discord", feature = "slack"))]
mod websocket;

#[cfg(feature = "discord")]
pub mod discord;
#[cfg(feature = "slack")]
pub mod slack;
#[cfg(feature = "telegram")]
pub mod telegram;
