//! Telegram's no.

/// Why a call was of no use.
pub(crate) type CallError = crate::call::CallError<Refusal>;

/// Telegram's no.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The code, which is an HTTP status.
    pub(crate) code: u16,
    /// Telegram's words, cut and cleaned.
    pub(crate) description: String,
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
