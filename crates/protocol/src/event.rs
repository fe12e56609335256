//! What an event is.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::access::Access;

/// What happens to an event when the budget of a connection is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The connection is closed as a slow consumer.
    Must,
    /// The event is dropped; its `seq` stays used, so that the client sees a hole.
    Drop,
    /// It replaces the unsent older one in its place and keeps its `seq`.
    Latest,
}

impl Delivery {
    /// The word in the published schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::Drop => "drop",
            Self::Latest => "latest",
        }
    }
}

/// The row of an event.
#[derive(Debug, Clone, Copy)]
pub struct EventSpec {
    /// The name on the wire.
    pub name: &'static str,
    /// Its documentation.
    pub doc: &'static str,
    /// Who may hear it.
    pub access: Access,
    /// What happens when a client is slow.
    pub delivery: Delivery,
}

/// An event: its payload and its row. Made by `events!`.
pub trait Event: 'static {
    /// What it says.
    type Payload: DeserializeOwned + Serialize + JsonSchema + Send + 'static;
    /// The row.
    const SPEC: EventSpec;
}

/// Reads the catalog of events.
pub trait EventVisitor {
    /// Visits one event.
    fn event<E: Event>(&mut self);
}
