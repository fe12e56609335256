//! The HTTP routes, on the same port as the WebSocket.

mod canvas;
mod door;
mod operations;
mod page;
mod tools;
mod turns;
mod webhook;

pub(crate) use canvas::router as canvas_router;
pub(crate) use door::{plain, router, unknown_host};
pub(crate) use tools::AT_ONCE as TOOLS_AT_ONCE;
pub(crate) use turns::Turns;
pub(crate) use webhook::AT_ONCE as WEBHOOKS_AT_ONCE;
