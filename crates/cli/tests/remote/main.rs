//! A gateway and its clients on two hosts: two network namespaces joined by a cable (veth). Needs
//! `unshare`, `nsenter`, `ip` and the right to make namespaces; without them these tests fail.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod approved;
mod cable;
mod elsewhere;
#[cfg(feature = "mdns")]
mod found;
mod house;
mod machine;
mod pinned;
mod revoked;
mod rogue;
