//! Why a verb failed.

/// Why a verb failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full; nothing was changed.
    #[error("{verb}: the disk is full")]
    Full {
        /// The verb.
        verb: &'static str,
    },
    /// The store failed; nothing was changed.
    #[error("{verb} failed")]
    Failed {
        /// The verb.
        verb: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The store has been closed, or stopped itself after a failed write to disk.
    #[error("the store is closed")]
    Closed,
}
