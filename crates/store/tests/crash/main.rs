//! Kills a process at every side of every commit of a life (SECURITY F01, F08), and looks at what
//! is left: whatever was acknowledged is there, nothing is half done.
#![cfg(debug_assertions)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod child;
mod decision;
mod left;
mod message;
mod network;
mod session;
mod values;
