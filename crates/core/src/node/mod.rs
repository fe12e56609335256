//! Nodes as values: what a machine says of itself, which commands it may be sent, and how a
//! command ends. The port [`NodeLink`] carries a command to the connection of a node.

mod ending;
mod facts;
mod link;
mod named;
mod offer;
mod platform;
mod rules;

pub use ending::CallEnding;
pub use facts::NodeFacts;
pub use link::{LinkBusy, NodeLink};
pub use named::ID_BEGINNING;
pub use offer::Offer;
pub use platform::platform_of;
pub use rules::{NodeRules, NotAllowed};
