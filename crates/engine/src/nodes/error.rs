//! Why a command is not sent at all.

use std::sync::Arc;

use tidegate_core::node::NotAllowed;
use tidegate_core::store::StoreError;

/// Why a command is not sent at all. Everybody who asked for the same is told the same.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NodeError {
    /// The node is away, or there is none of this id.
    #[error("node not connected")]
    NotConnected,
    /// The node may not be sent this.
    #[error("node command not allowed")]
    NotAllowed {
        /// Why not.
        reason: NotAllowed,
        /// The command.
        command: String,
    },
    /// The request is wrong; the text is for the caller.
    #[error("{0}")]
    Invalid(String),
    /// The key was used before with other params.
    #[error("idempotency key was used before with different params")]
    KeyReused,
    /// No room; try again.
    #[error("{0}")]
    Busy(String),
    /// The store failed.
    #[error("the store failed")]
    Store(#[source] Arc<StoreError>),
}

impl From<StoreError> for NodeError {
    fn from(error: StoreError) -> Self {
        Self::Store(Arc::new(error))
    }
}
