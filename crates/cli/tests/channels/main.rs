//! The real binary and a chat network that we wrote as strictly as its vendor's rules are: the way of
//! a message through every layer, and what is left of it after `kill -9`.
#![cfg(debug_assertions)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod chats;
mod deliver;
mod house;
mod kill;
mod life;
mod media;
mod narrow;
mod workspaces;
