//! `cargo xtask proof`: what takes too long for every commit.

mod autobahn;
mod command;
mod verdict;

pub(crate) use command::{Proof, run, short};
