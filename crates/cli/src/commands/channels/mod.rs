//! `tidegate channels`.

mod add;
mod ask;
mod connect;
mod remove;
mod secrets;
mod senders;

pub(crate) use add::{add, login};
pub(crate) use ask::{list, logout, test};
pub(crate) use remove::remove;
