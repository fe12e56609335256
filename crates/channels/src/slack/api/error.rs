//! Why a call was of no use.

/// Why a call was of no use. No variant holds an address or a token.
#[derive(Debug)]
pub(crate) enum CallError {
    /// Slack heard nothing of it.
    NotSent(String),
    /// It went out, and no whole answer came back.
    Lost(String),
    /// Somebody answered, but not the Web API: a proxy, a portal, a server in trouble.
    Foreign {
        /// The HTTP status.
        status: u16,
    },
    /// Too much.
    Limited {
        /// How long to wait, in seconds; none if Slack does not say.
        retry_after: Option<u64>,
    },
    /// Slack says no.
    Refused(Refusal),
}

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
