//! REST v10.

mod ask;
mod attach;
mod cdn;
mod channels;
mod components;
mod compose;
mod door;
mod error;
mod fields;
mod interact;
mod limits;
mod messages;
mod outcome;
mod poll;
mod reactions;
pub mod routes;
mod slash;
mod threads;
mod users;
mod webhooks;

pub(crate) use ask::Upload as Sent;
pub(crate) use attach::NewFile;
pub(crate) use components::button_exists;
pub(crate) use compose::Draft;
pub(crate) use door::enter;
pub(crate) use interact::{Interaction, Origin};
pub(crate) use limits::Limits;
pub(crate) use slash::AppCommand;
