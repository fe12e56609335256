//! Kills a process at every side of every commit of a life (SECURITY F01, F08), and looks at what
//! is left: whatever was acknowledged is there, nothing is half done.
#![cfg(debug_assertions)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod child;
mod command;
mod complete;
mod decision;
mod device;
mod left;
mod message;
mod network;
mod rounds;
mod session;
mod values;
