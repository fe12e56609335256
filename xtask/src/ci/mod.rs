//! `cargo xtask ci`: the whole check, on a bare machine and from a fresh clone.

mod features;
mod run;
mod setup;
mod skips;
mod steps;
mod tally;
mod ui;

pub(crate) mod tools;

pub(crate) use run::{Options, run};
