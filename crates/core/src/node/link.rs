//! The way to one connection of a node.

use std::sync::Arc;

/// The connection takes nothing now: it is slow, or it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the node's connection takes nothing now")]
pub struct LinkBusy;

/// One connection of a node. The edge implements it; sending never waits.
pub trait NodeLink: Send + Sync + 'static {
    /// Hands an event over for this connection alone; `head` is the frame without its closing
    /// brace. It gets no `seq`.
    ///
    /// # Errors
    /// It was not taken, and will not be sent.
    fn send(&self, head: Arc<str>) -> Result<(), LinkBusy>;
}
