//! `tidegate node` with a real gateway.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

mod approved;
mod canvas;
mod desktop;
mod entry;
mod house;
mod kill;
mod plain;
mod processes;
mod service;
