//! `/approve ID DECISION`, as a whole message: a decision in a chat.

use tidegate_core::approval::Outcome;
use tidegate_core::exec::Decision;

/// The command.
pub(super) const APPROVE: &str = "/approve";

/// What somebody decides in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApprovalWord {
    pub(super) id: String,
    pub(super) decision: Decision,
}

/// A message that was meant as a decision and is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Say `{APPROVE} ID allow-once`, `allow-always` or `deny`, with the id of the command.")]
pub(crate) struct Misspelt;

/// Reads a decision; `None` if the message is something else.
pub(crate) fn approval_word(message: &str) -> Option<Result<ApprovalWord, Misspelt>> {
    let mut words = message.split_whitespace();
    if !words.next()?.eq_ignore_ascii_case(APPROVE) {
        return None;
    }
    let rest: Vec<&str> = words.collect();
    let [id, decision] = rest.as_slice() else {
        return Some(Err(Misspelt));
    };
    let decision = decision.to_lowercase();
    let decision = Outcome::parse(&decision).and_then(Outcome::decision);
    Some(decision.ok_or(Misspelt).map(|decision| ApprovalWord {
        id: (*id).to_owned(),
        decision,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_message_is_a_decision() {
        for (message, decision) in [
            ("/approve 1234 allow-once", Decision::AllowOnce),
            ("  /Approve 1234  ALLOW-ALWAYS\n", Decision::AllowAlways),
            ("/approve 1234 deny", Decision::Deny),
        ] {
            let id = "1234".to_owned();
            let expected = Some(Ok(ApprovalWord { id, decision }));
            assert_eq!(approval_word(message), expected, "{message}");
        }
        for message in [
            "/approve",
            "/approve 1234",
            "/approve 1234 yes",
            "/approve 1234 expired",
            "/approve 1234 deny now",
        ] {
            assert_eq!(approval_word(message), Some(Err(Misspelt)), "{message}");
        }
        for message in [
            "",
            "approve 1234 deny",
            "please /approve 1234 deny",
            "/approved 1 deny",
        ] {
            assert_eq!(approval_word(message), None, "{message}");
        }
    }
}
