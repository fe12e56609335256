//! What Discord's no means.

use tidegate_core::channel::ChannelError;

use super::api::Refusal;
use crate::call::Meaning;

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

const TOO_LARGE: &str = "the file is larger than Discord takes";

impl Meaning for Refusal {
    fn sending(self) -> ChannelError {
        match self.status {
            401 => return signed_out(&self.words),
            500.. => return ChannelError::Unknown(self.words),
            _ => {}
        }
        ChannelError::Refused(match sentence(self.status, self.code) {
            Some(sentence) => sentence.to_owned(),
            None => format!("{} ({})", self.words, self.code),
        })
    }
}

/// What is to be done about it, if we know.
fn sentence(status: u16, code: u32) -> Option<&'static str> {
    Some(match code {
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
        // What stands before the API says it without a code.
        0 if status == 413 => TOO_LARGE,
        _ => return None,
    })
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

    fn refused(status: u16, code: u32) -> Refusal {
        Refusal {
            status,
            code,
            words: "words".into(),
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
            (413, 0),
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
    }
}
