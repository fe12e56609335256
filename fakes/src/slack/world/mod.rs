//! The workspace itself: people, channels, messages, files. No I/O, no vendors' transport.

mod channel;
mod file;
mod message;
pub mod names;
mod state;

pub(super) use channel::{Channel, Kind};
pub(super) use file::File;
pub(super) use message::Draft;
pub use message::{Message, Reaction};
pub(super) use state::World;
