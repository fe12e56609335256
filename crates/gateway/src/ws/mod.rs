//! One WebSocket connection: upgrade, handshake, session.

#[cfg(feature = "conformance")]
mod conformance;
pub(crate) mod gauges;
mod grant;
mod handshake;
mod hello;
mod meter;
mod outgoing;
mod session;
mod socket;
pub(crate) mod sweep;
pub(crate) mod upgrade;
