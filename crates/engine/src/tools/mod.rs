//! What agents can do beside speaking: who is offered which tool ([`offer`]), how a round is stored and
//! carried out ([`turn_box`]), the ways to machines ([`doors`], [`node_door`]), what is told meanwhile
//! ([`news`]), and how long a person is waited for ([`pauses`]).

mod doors;
mod news;
mod node_door;
mod offer;
mod pauses;
mod turn_box;

pub(crate) use news::ToolNews;
pub use offer::{Invoked, NotInvoked, ToolAsk};
pub(crate) use pauses::Pauses;
