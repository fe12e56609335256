//! `cargo xtask bench`: the figures of the gateway against their targets.

mod figures;
mod measure;
mod messages;
pub(crate) mod process;
mod report;
mod run;
mod tools;

pub(crate) use run::{Options, run};
