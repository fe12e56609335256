//! Chat networks. Each is a folder with its typed API, a pure mapping, and fixtures.
//!
//! What all of them share: an HTTP client ([`http`]) and files that arrive whole or not at all.

mod file;
pub mod http;
pub mod network;

#[cfg(feature = "telegram")]
pub mod telegram;
