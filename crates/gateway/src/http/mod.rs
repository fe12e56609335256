//! The HTTP routes, on the same port as the WebSocket.

mod door;
mod operations;
mod page;
mod webhook;

pub(crate) use door::{plain, router};
pub(crate) use webhook::AT_ONCE as WEBHOOKS_AT_ONCE;
