//! The Slack adapter against servers that share no code with it.
#![cfg(feature = "slack")]
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
mod files;
mod hook;
#[path = "../others/mod.rs"]
mod others;
mod outages;
mod rig;
mod sockets;
mod words;

contract::contract!(crate::rig::SlackRig);
