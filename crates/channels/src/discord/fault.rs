//! What a failed call means, by what it was for.

use tidegate_core::channel::ChannelError;

use super::api::{CallError, Refusal};

/// There is no such message (any more).
pub(super) const UNKNOWN_MESSAGE: u32 = 10_008;
/// There is no such sign.
pub(super) const UNKNOWN_EMOJI: u32 = 10_014;
/// It is somebody else's message.
pub(super) const NOT_OURS: u32 = 50_005;
/// The thread is put away.
pub(super) const ARCHIVED: u32 = 50_083;
/// There is no such channel (any more).
pub(super) const UNKNOWN_CHANNEL: u32 = 10_003;
/// The bot may not look there.
pub(super) const NO_ACCESS: u32 = 50_001;

impl CallError {
    /// For what belongs to receiving: tried again from the beginning, by the supervisor.
    pub(super) fn receiving(self) -> ChannelError {
        match self {
            Self::Limited { retry_after_ms, .. } => ChannelError::Limited {
                retry_after_ms,
                account: true,
            },
            Self::Refused(refusal) if refusal.status != 401 => {
                ChannelError::Unreachable(refusal.words)
            }
            other => other.repeating(),
        }
    }

    /// For what makes a message: a second try can double it.
    pub(super) fn sending(self) -> ChannelError {
        match self {
            Self::NotSent(why) => ChannelError::Unreachable(why),
            Self::NoFile(why) => ChannelError::Refused(why),
            Self::Lost(why) => ChannelError::Unknown(why),
            Self::Limited {
                retry_after_ms,
                account,
            } => ChannelError::Limited {
                retry_after_ms,
                account,
            },
            Self::Foreign { status: 401 } => signed_out("401"),
            Self::Foreign { status: 413 } => ChannelError::Refused(TOO_LARGE.into()),
            Self::Foreign { status } => {
                let why = format!("an answer {status} that is not the API's");
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

const TOO_LARGE: &str = "the file is larger than Discord takes";

fn no(refusal: Refusal) -> ChannelError {
    match refusal.status {
        401 => return signed_out(&refusal.words),
        500.. => return ChannelError::Unknown(refusal.words),
        _ => {}
    }
    let sentence = match refusal.code {
        UNKNOWN_CHANNEL => "there is no such channel on Discord (any more)",
        NO_ACCESS => "the bot cannot see this channel; give it View Channel there",
        50_013 => {
            "the bot may not do this there; give it Send Messages, Send Messages in Threads, Attach Files, Add Reactions and Read Message History"
        }
        50_007 => {
            "this person takes no direct messages from the bot; they must share a server with it and allow them"
        }
        50_008 => "nothing can be written there; name a thread or a text channel",
        50_033 => "this person cannot be written to; bots do not talk to bots",
        ARCHIVED => "the thread is closed; open it again",
        40_005 => TOO_LARGE,
        _ => return ChannelError::Refused(format!("{} ({})", refusal.words, refusal.code)),
    };
    ChannelError::Refused(sentence.to_owned())
}

pub(super) fn signed_out(words: &str) -> ChannelError {
    ChannelError::SignedOut(format!(
        "Discord does not take the token ({words}); discord.com/developers → your application → \
         Bot → Reset Token gives a new one"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: u32) -> CallError {
        CallError::Refused(Refusal {
            status,
            code,
            words: "words".into(),
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
        for (status, known) in [(200, false), (302, false), (403, true), (502, false)] {
            let sent = CallError::Foreign { status }.sending();
            let safe = matches!(sent, ChannelError::Unreachable(_));
            assert_eq!(safe, known, "{status}");
        }
    }

    #[test]
    fn every_no_has_its_sentence() {
        for (status, code) in [
            (403, NO_ACCESS),
            (403, 50_013),
            (403, 50_007),
            (404, UNKNOWN_CHANNEL),
            (400, 50_008),
            (400, 50_033),
            (400, ARCHIVED),
            (413, 40_005),
        ] {
            let ChannelError::Refused(sentence) = refused(status, code).sending() else {
                panic!("{code}");
            };
            assert!(sentence.len() > 25 && !sentence.contains("words"), "{code}");
        }
        let other = refused(400, 50_035).sending();
        assert!(matches!(other, ChannelError::Refused(why) if why == "words (50035)"));
        assert!(matches!(
            refused(401, 0).sending(),
            ChannelError::SignedOut(_)
        ));
        assert!(matches!(
            refused(500, 0).sending(),
            ChannelError::Unknown(_)
        ));
        assert!(matches!(
            refused(401, 0).receiving(),
            ChannelError::SignedOut(_)
        ));
        assert!(matches!(
            refused(403, 0).receiving(),
            ChannelError::Unreachable(_)
        ));
        assert!(matches!(
            CallError::Limited {
                retry_after_ms: 1500,
                account: false
            }
            .sending(),
            ChannelError::Limited {
                retry_after_ms: 1500,
                account: false
            }
        ));
    }
}
