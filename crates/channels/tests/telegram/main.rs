//! The Telegram adapter against servers that share no code with it.
#![cfg(feature = "telegram")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "../contract/mod.rs"]
mod contract;
mod crabline;
#[path = "../edge/mod.rs"]
mod edge;
mod groups;
mod hook;
#[path = "../others/mod.rs"]
mod others;
mod own;
mod parts;
mod rig;
mod soak;
mod test_api;
mod world;

contract::contract!(crate::rig::TelegramRig);
