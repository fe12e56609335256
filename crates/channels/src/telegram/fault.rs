//! What a failed call means, by what it was for.

use tidegate_core::channel::ChannelError;

use super::api::{CallError, Refusal};

/// How long to wait when Telegram does not say.
const DEFAULT_WAIT_S: u64 = 1;

impl CallError {
    /// For what belongs to receiving: tried again from the beginning, by the supervisor.
    pub(super) fn receiving(self) -> ChannelError {
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            other => return other.repeating(),
        };
        match refusal.code {
            401 => ChannelError::SignedOut(format!(
                "Telegram does not take the token ({}); BotFather gives a new one",
                refusal.description
            )),
            404 => ChannelError::SignedOut(
                "nobody knows this bot there (404); look at the token and the API root".into(),
            ),
            409 => ChannelError::Conflict(refusal.description),
            429 => limited(&refusal, true),
            _ => ChannelError::Unreachable(refusal.description),
        }
    }

    /// For what makes a message: a second try can double it.
    pub(super) fn sending(self) -> ChannelError {
        match self {
            Self::NotSent(why) => ChannelError::Unreachable(why),
            Self::NoFile(why) => ChannelError::Refused(why),
            Self::Lost(why) => ChannelError::Unknown(why),
            Self::Foreign { status } => {
                let why = format!("an answer {status} that is not the Bot API's");
                if (400..500).contains(&status) {
                    ChannelError::Unreachable(why)
                } else {
                    ChannelError::Unknown(why)
                }
            }
            Self::Refused(refusal) => no(refusal),
        }
    }

    /// For what can be done twice as well as once.
    pub(super) fn repeating(self) -> ChannelError {
        match self.sending() {
            ChannelError::Unknown(why) => ChannelError::Unreachable(why),
            other => other,
        }
    }
}

fn no(refusal: Refusal) -> ChannelError {
    if let Some(to) = refusal.migrate_to {
        return ChannelError::Moved { to: to.to_string() };
    }
    match refusal.code {
        401 => ChannelError::SignedOut(format!(
            "Telegram does not take the token ({})",
            refusal.description
        )),
        429 => limited(&refusal, false),
        500.. => ChannelError::Unknown(refusal.description),
        _ => ChannelError::Refused(refusal.description),
    }
}

/// Telegram never says whose limit it is. Most are those of one conversation.
fn limited(refusal: &Refusal, account: bool) -> ChannelError {
    let wait_s = refusal.retry_after.unwrap_or(DEFAULT_WAIT_S);
    ChannelError::Limited {
        retry_after_ms: wait_s.saturating_mul(1000),
        account,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16, retry_after: Option<u64>, migrate_to: Option<i64>) -> CallError {
        CallError::Refused(Refusal {
            code,
            description: "words".into(),
            retry_after,
            migrate_to,
        })
    }

    #[test]
    fn a_message_may_have_been_sent_or_not() {
        let lost = || CallError::Lost("cut".into());
        let unsent = || CallError::NotSent("no connection".into());
        assert!(matches!(lost().sending(), ChannelError::Unknown(_)));
        assert!(matches!(unsent().sending(), ChannelError::Unreachable(_)));
        assert!(matches!(lost().repeating(), ChannelError::Unreachable(_)));
        assert!(matches!(lost().receiving(), ChannelError::Unreachable(_)));
        for (status, known) in [
            (200, false),
            (302, false),
            (403, true),
            (407, true),
            (502, false),
        ] {
            let safe = matches!(
                CallError::Foreign { status }.sending(),
                ChannelError::Unreachable(_)
            );
            assert_eq!(safe, known, "{status}");
        }
    }

    #[test]
    fn every_no_has_its_meaning() {
        let sent = |code| refused(code, None, None).sending();
        assert!(matches!(sent(400), ChannelError::Refused(_)));
        assert!(matches!(sent(403), ChannelError::Refused(_)));
        assert!(matches!(sent(401), ChannelError::SignedOut(_)));
        assert!(matches!(sent(500), ChannelError::Unknown(_)));
        assert!(matches!(
            refused(400, None, Some(-1009)).sending(),
            ChannelError::Moved { to } if to == "-1009"
        ));
        assert!(matches!(
            refused(429, Some(7), None).sending(),
            ChannelError::Limited {
                retry_after_ms: 7000,
                account: false
            }
        ));
        let received = |code| refused(code, None, None).receiving();
        assert!(matches!(received(401), ChannelError::SignedOut(_)));
        assert!(matches!(received(404), ChannelError::SignedOut(_)));
        assert!(matches!(received(409), ChannelError::Conflict(_)));
        assert!(matches!(received(500), ChannelError::Unreachable(_)));
        assert!(matches!(
            received(429),
            ChannelError::Limited {
                retry_after_ms: 1000,
                account: true
            }
        ));
    }
}
