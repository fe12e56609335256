//! How the engine fails: what, which one, and whether to try again.

use tidegate_core::channel::AccountKey;
use tidegate_core::session::BadSessionKey;
use tidegate_core::store::StoreError;
use tidegate_protocol::Scope;

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The request is wrong; the text is for the client.
    #[error("{0}")]
    Invalid(String),
    /// The session key is no key.
    #[error("invalid session key")]
    SessionKey(#[from] BadSessionKey),
    /// The idempotency key was used with other params.
    #[error("idempotency key was used before with different params")]
    KeyReused,
    /// No room; try again.
    #[error("{what}")]
    Busy {
        /// What there is no room for.
        what: String,
        /// When to try again, in milliseconds.
        retry_after_ms: u64,
    },
    /// There is no such channel here.
    #[error("unsupported channel: {0}")]
    UnknownChannel(String),
    /// The account is signed out.
    #[error("{account} is signed out: {reason}")]
    NotLinked {
        /// Which.
        account: AccountKey,
        /// What to do, for the owner.
        reason: String,
    },
    /// The caller would give what it does not have.
    #[error("missing scope: {}", .0.as_str())]
    TooWide(Scope),
    /// The right of the caller's device ended since it connected; so does the connection, in a moment.
    #[error("unauthorized: the right of this device was taken back; connect again")]
    TakenBack,
    /// The request was replaced by another one, which nobody has seen yet.
    #[error("this request was replaced: look at the list again, then decide")]
    Stale,
    /// The gateway is stopping.
    #[error("the gateway is stopping")]
    Draining,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl EngineError {
    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self::Invalid(text.into())
    }
}
