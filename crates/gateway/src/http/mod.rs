//! The HTTP routes, on the same port as the WebSocket.

mod door;
mod operations;
mod page;

pub(crate) use door::{plain, router};
