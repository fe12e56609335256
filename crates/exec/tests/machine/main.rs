//! Real programs on this machine.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod changed;
mod daemon;
mod environment;
mod fence;
mod fence_world;
mod limits;
mod look;
mod processes;
mod rig;
mod scripts;
mod tree;
mod user;
