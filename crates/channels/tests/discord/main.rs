//! The Discord adapter against servers that share no code with it.
#![cfg(feature = "discord")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod addresses;
#[path = "../contract/mod.rs"]
mod contract;
mod crabline;
mod interactions;
mod limits;
mod missed;
#[path = "../others/mod.rs"]
mod others;
mod places;
mod refusals;
mod rig;
mod sending;
mod sockets;
mod twice;

contract::contract!(crate::rig::DiscordRig);
