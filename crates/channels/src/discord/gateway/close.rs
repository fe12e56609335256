//! What it means when Discord closes the socket.

use tidegate_core::channel::ChannelError;

use crate::discord::account::CONTENT_IS_OFF;
use crate::discord::fault::signed_out;

/// What to do after a close.
#[derive(Debug)]
pub(super) enum AfterClose {
    /// The session can be resumed.
    Resume(ChannelError),
    /// The session is worth nothing; a new one must begin.
    Anew(ChannelError),
}

/// What a code means; none if the connection ended without one.
pub(super) fn after_close(code: Option<u16>) -> AfterClose {
    let Some(code) = code else {
        return AfterClose::Resume(unreachable("the socket broke off"));
    };
    let setup = |sentence: &str| AfterClose::Anew(ChannelError::NeedsSetup(sentence.to_owned()));
    match code {
        4004 => AfterClose::Resume(signed_out("4004")),
        4010 | 4011 => setup(
            "Discord wants this bot to be split into shards, which this gateway does not do (it is in too many servers)",
        ),
        4012 => {
            setup("Discord does not speak version 10 of its gateway any more; update this program")
        }
        4013 => {
            setup("Discord does not know an intent that this program asks for; update this program")
        }
        4014 => setup(CONTENT_IS_OFF),
        4007 => AfterClose::Anew(unreachable("Discord does not know where we were (4007)")),
        4009 => AfterClose::Anew(unreachable("the session timed out (4009)")),
        code => AfterClose::Resume(unreachable(&format!("Discord closed the socket ({code})"))),
    }
}

fn unreachable(why: &str) -> ChannelError {
    ChannelError::Unreachable(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_meaning() {
        for code in [4010, 4011, 4012, 4013, 4014] {
            assert!(
                matches!(
                    after_close(Some(code)),
                    AfterClose::Anew(ChannelError::NeedsSetup(_))
                ),
                "{code}"
            );
        }
        assert!(matches!(
            after_close(Some(4004)),
            AfterClose::Resume(ChannelError::SignedOut(_))
        ));
        for code in [4007, 4009] {
            assert!(
                matches!(
                    after_close(Some(code)),
                    AfterClose::Anew(ChannelError::Unreachable(_))
                ),
                "{code}"
            );
        }
        for code in [
            None,
            Some(1000),
            Some(1001),
            Some(1006),
            Some(4000),
            Some(4008),
        ] {
            assert!(
                matches!(after_close(code), AfterClose::Resume(_)),
                "{code:?}"
            );
        }
    }
}
