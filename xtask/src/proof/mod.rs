//! `cargo xtask proof`: what takes too long for every commit.

mod autobahn;
mod command;
mod gateway;
mod soak;
mod verdict;

pub(crate) use command::{Proof, run, short};
