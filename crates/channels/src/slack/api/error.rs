//! Slack's no.

/// Why a call was of no use.
pub(crate) type CallError = crate::call::CallError<Refusal>;

/// Slack's no.
#[derive(Debug, Default)]
pub(crate) struct Refusal {
    /// The word for it, cut and cleaned.
    pub(crate) error: String,
    /// The permission that is missing, if that is the reason.
    pub(crate) needed: Option<String>,
}

impl CallError {
    /// Whether Slack said no with one of these words.
    pub(crate) fn is(&self, words: &[&str]) -> bool {
        matches!(self, Self::Refused(refusal) if words.contains(&refusal.error.as_str()))
    }
}
