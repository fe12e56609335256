//! Gateway v10: sessions that can be resumed, sockets that carry them, and what goes wrong.

mod command;
mod identify;
mod intents;
mod publish;
mod session;
mod socket;

pub(crate) use intents::Intent;
pub(crate) use publish::Event;
pub use session::Opening;
pub(crate) use session::{Gateway, Order};
pub(crate) use socket::open;
