//! The Telegram adapter against servers that share no code with it.
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
mod groups;
mod hook;
mod node;
mod own;
mod parts;
mod rig;
mod soak;
mod test_api;
mod world;

contract::contract!(crate::rig::TelegramRig);
