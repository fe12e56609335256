//! The names of what is sent, by its kind: `trace` shows them, and the kind of a name says who is
//! told when it is lost. The answer of a run has the run's own name.

use tidegate_core::IdGen;
use tidegate_core::channel::AccountKey;

/// What shows a stranger a code.
const PAIRING: &str = "pairing-";
/// What the owner is told.
const NOTICE: &str = "notice-";

/// Something that the owner is told.
pub(super) fn notice(ids: &dyn IdGen) -> String {
    format!("{NOTICE}{}", ids.uuid())
}

/// Whether this is something that the owner is told: a lost notice is not told in another one.
pub(super) fn is_own_notice(group: &str) -> bool {
    group.starts_with(NOTICE)
}

/// A sentence that answers a message at once, without a run.
pub(crate) fn at_once(ids: &dyn IdGen) -> String {
    format!("reply-{}", ids.uuid())
}

/// What was asked for by `send` or `poll`.
pub(super) fn sent(ids: &dyn IdGen) -> String {
    format!("send-{}", ids.uuid())
}

/// The sentence that shows a stranger a code: one for each time that he asks. The code is no part of
/// the name, which more people may read.
pub(crate) fn pairing_code(account: &AccountKey, sender_id: &str, asked_at_ms: u64) -> String {
    format!("{PAIRING}{account}-{sender_id}-{asked_at_ms}")
}

/// Whether the words of this are a code, which lets a stranger in: not for everybody who may read.
pub fn shows_code(group: &str) -> bool {
    group.starts_with(PAIRING)
}

/// The sentence that somebody was let in.
pub(crate) fn let_in(ids: &dyn IdGen) -> String {
    format!("let-in-{}", ids.uuid())
}

/// A draft: it only shows, and is never in the outbox.
pub(super) fn draft(ids: &dyn IdGen) -> String {
    format!("draft-{}", ids.uuid())
}

#[cfg(test)]
mod tests {
    use tidegate_core::SystemIds;

    use super::*;

    #[test]
    fn only_notices_to_the_owner_are_notices() {
        assert!(is_own_notice(&notice(&SystemIds)));
        let others = [
            at_once(&SystemIds),
            sent(&SystemIds),
            pairing_code(&AccountKey::new("n", "a"), "1", 2),
            let_in(&SystemIds),
            draft(&SystemIds),
        ];
        for (place, group) in others.iter().enumerate() {
            assert!(!is_own_notice(group), "{group}");
            assert_eq!(shows_code(group), place == 2, "{group}");
        }
    }
}
