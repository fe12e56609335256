//! `cargo xtask proof soak`: thousands of messages through every network at once, each answered
//! exactly once, and memory that does not grow.

mod discord;
mod memory;
mod network;
mod plan;
mod rest;
mod run;
mod setup;
mod slack;
mod talk;
mod telegram;
mod trouble;
mod verdict;

pub(super) use run::{Options, run};
