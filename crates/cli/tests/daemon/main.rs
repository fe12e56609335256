//! The real binary as a process: its life, its deaths, and the commands that talk to it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod approvals;
mod channels;
mod cli;
mod connecting;
#[cfg(debug_assertions)]
mod crash;
mod deaf;
mod device;
mod devices;
mod elsewhere;
mod found;
mod home;
mod life;
mod nodes;
mod swap;
