//! One WebSocket connection: upgrade, handshake, session.

#[cfg(feature = "conformance")]
mod conformance;
mod device_grant;
pub(crate) mod gauges;
pub(crate) mod grant;
mod handshake;
mod hello;
mod listed;
mod meter;
mod node;
mod outgoing;
mod refuse;
mod scan;
mod session;
mod socket;
pub(crate) mod sweep;
pub(crate) mod upgrade;

pub(crate) use scan::Limits;
pub(crate) use socket::{Input, Socket};
