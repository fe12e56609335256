//! Why a call was of no use.

/// Why a call was of no use. No variant holds an address, and so none holds the token.
#[derive(Debug)]
pub(crate) enum CallError {
    /// Telegram heard nothing of it.
    NotSent(String),
    /// The file that goes with it cannot be read; Telegram heard nothing of it.
    NoFile(String),
    /// It went out, and no whole answer came back.
    Lost(String),
    /// Somebody answered, but not the Bot API: a proxy, a portal, a server in trouble.
    Foreign {
        /// The HTTP status.
        status: u16,
    },
    /// Telegram says no.
    Refused(Refusal),
}

/// Telegram's no.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The code, which is an HTTP status.
    pub(crate) code: u16,
    /// Telegram's words, cut and cleaned.
    pub(crate) description: String,
    /// How long to wait, in seconds.
    pub(crate) retry_after: Option<u64>,
    /// Where the group went.
    pub(crate) migrate_to: Option<i64>,
}

impl Refusal {
    /// Whether Telegram found the request bad, with one of these words (in lower case).
    pub(crate) fn says(&self, words: &[&str]) -> bool {
        let said = self.description.to_lowercase();
        self.code == 400 && words.iter().any(|word| said.contains(word))
    }
}

impl CallError {
    /// As [`Refusal::says`]; everything else says nothing.
    pub(crate) fn says(&self, words: &[&str]) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.says(words))
    }
}
