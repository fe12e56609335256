//! Why a call was of no use.

/// Why a call was of no use. No variant holds the token.
#[derive(Debug)]
pub(crate) enum CallError {
    /// Discord heard nothing of it.
    NotSent(String),
    /// The file that goes with it cannot be read; Discord heard nothing of it.
    NoFile(String),
    /// It went out, and no whole answer came back.
    Lost(String),
    /// Somebody answered, but not the API: a proxy, a portal, a server in trouble.
    Foreign {
        /// The HTTP status.
        status: u16,
    },
    /// Too much; nothing was done.
    Limited {
        /// How long to wait, in milliseconds.
        retry_after_ms: u64,
        /// The whole account must wait.
        account: bool,
    },
    /// Discord says no.
    Refused(Refusal),
}

/// Discord's no.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// Discord's own code; 0 if it gave none.
    pub(crate) code: u32,
    /// Discord's words, cut and cleaned.
    pub(crate) words: String,
}

impl CallError {
    /// The status of an answer.
    pub(crate) const fn status(&self) -> Option<u16> {
        match self {
            Self::Foreign { status } => Some(*status),
            Self::Refused(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// Whether Discord said no with one of these codes.
    pub(crate) fn has_code(&self, codes: &[u32]) -> bool {
        matches!(self, Self::Refused(refusal) if codes.contains(&refusal.code))
    }
}
