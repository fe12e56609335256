//! `cargo xtask compat`: clients that we did not write, against our gateway.

mod approved;
mod cases;
mod decider;
mod install;
mod judge;
mod node;
mod run;

pub(crate) use run::{Client, run};
