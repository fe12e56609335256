//! Discord's no.

/// Why a call was of no use.
pub(crate) type CallError = crate::call::CallError<Refusal>;

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
