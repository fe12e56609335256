//! The host with real programs, and a gateway of a few lines.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::indexing_slicing, reason = "a missing field is a failed test")]

mod canvas;
mod fence;
mod gateway;
mod hands;
mod link;
mod media;
mod rig;
mod run;
