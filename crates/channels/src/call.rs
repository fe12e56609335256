//! One call to a network's API: how it fails, and what that means by what it was for.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, Url};
use tidegate_core::channel::ChannelError;
use tokio::time::timeout;

use crate::http::cause;

/// How long a call may take; of one with a file, all but the time of its bytes.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// Characters of a network's words that are kept.
const WORDS: usize = 300;

/// Why a call was of no use. No variant holds an address or a token.
#[derive(Debug)]
pub(crate) enum CallError<No> {
    /// The network heard nothing of it.
    NotSent(String),
    /// The file that goes with it cannot be read; the network heard nothing of it.
    NoFile(String),
    /// It went out, and no whole answer came back.
    Lost(String),
    /// Somebody answered, but not the API: a proxy, a portal, a server in trouble.
    Foreign {
        /// The HTTP status.
        status: u16,
    },
    /// Too much; nothing was done.
    Limited {
        /// How long to wait, in milliseconds.
        retry_after_ms: u64,
        /// The whole account must wait.
        account: bool,
    },
    /// The network says no.
    Refused(No),
}

/// What a network's no means.
pub(crate) trait Meaning: Sized {
    /// For what makes a message: `Unknown` if it may have been done.
    fn sending(self) -> ChannelError;

    /// For what belongs to receiving: tried again from the beginning, by the supervisor, unless only
    /// a person can help.
    fn receiving(self) -> ChannelError {
        match self.sending() {
            ChannelError::Refused(why) | ChannelError::Unknown(why) => {
                ChannelError::Unreachable(why)
            }
            other => other,
        }
    }
}

impl<No> CallError<No> {
    /// Too much: wait so long, the whole account or what was called alone.
    pub(crate) fn limited(wait: Duration, account: bool) -> Self {
        Self::Limited {
            retry_after_ms: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX),
            account,
        }
    }
}

impl<No: Meaning> CallError<No> {
    /// For what belongs to receiving. Its limits are those of the account.
    pub(crate) fn receiving(self) -> ChannelError {
        match self {
            Self::Refused(no) => no.receiving(),
            Self::Limited { retry_after_ms, .. } => ChannelError::Limited {
                retry_after_ms,
                account: true,
            },
            other => other.repeating(),
        }
    }

    /// For what makes a message: a second try can double it.
    pub(crate) fn sending(self) -> ChannelError {
        match self {
            Self::NotSent(why) => ChannelError::Unreachable(why),
            Self::NoFile(why) => ChannelError::Refused(why),
            Self::Lost(why) => ChannelError::Unknown(why),
            Self::Foreign { status } => foreign(status),
            Self::Limited {
                retry_after_ms,
                account,
            } => ChannelError::Limited {
                retry_after_ms,
                account,
            },
            Self::Refused(no) => no.sending(),
        }
    }

    /// For what can be done twice as well as once.
    pub(crate) fn repeating(self) -> ChannelError {
        match self.sending() {
            ChannelError::Unknown(why) => ChannelError::Unreachable(why),
            other => other,
        }
    }
}

/// Whoever finds a request bad has not passed it on; nothing else is known of the others.
fn foreign(status: u16) -> ChannelError {
    let why = format!("an answer {status} that is not the network's");
    if (400..500).contains(&status) {
        ChannelError::Unreachable(why)
    } else {
        ChannelError::Unknown(why)
    }
}

/// What it means that a request failed.
impl<No> From<reqwest::Error> for CallError<No> {
    fn from(error: reqwest::Error) -> Self {
        if error.is_connect() || error.is_builder() {
            Self::NotSent(cause(&error))
        } else {
            Self::Lost(cause(&error))
        }
    }
}

/// Sends a request and waits for the head of its answer, which is all that is known to be short.
pub(crate) async fn head<No>(request: RequestBuilder) -> Result<Response, CallError<No>> {
    let head = timeout(CALL_TIMEOUT, request.send()).await;
    Ok(head.map_err(|_| CallError::Lost("no answer in time".into()))??)
}

/// Reads a whole answer of at most `max` bytes; the rest of a longer one is not read.
pub(crate) async fn whole<No>(
    mut response: Response,
    max: usize,
) -> Result<Vec<u8>, CallError<No>> {
    let status = response.status().as_u16();
    let mut body = Vec::new();
    // Whatever breaks off now, the request was heard.
    let lost = |error: reqwest::Error| CallError::Lost(cause(&error));
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if body.len() + chunk.len() > max {
            return Err(CallError::Foreign { status });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A server's words, fit to be shown: short, on one line, and never with a token that it repeats.
pub(crate) fn shown(words: &str, token: &str) -> String {
    let hidden = words.replace(token, "<token>");
    let plain = hidden.chars().filter(|c| !c.is_control());
    plain.take(WORDS).collect()
}

/// The address of an API, if this is one.
pub(crate) fn api_root(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https") && url.query().is_none();
    plain.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct No;

    impl Meaning for No {
        fn sending(self) -> ChannelError {
            ChannelError::Refused("no".into())
        }
    }

    type Error = CallError<No>;

    #[test]
    fn a_message_may_have_been_sent_or_not() {
        let lost = || Error::Lost("cut".into());
        let unsent = || Error::NotSent("no connection".into());
        assert!(matches!(lost().sending(), ChannelError::Unknown(_)));
        assert!(matches!(unsent().sending(), ChannelError::Unreachable(_)));
        assert!(matches!(lost().repeating(), ChannelError::Unreachable(_)));
        assert!(matches!(lost().receiving(), ChannelError::Unreachable(_)));
        let gone = Error::NoFile("gone".into());
        assert!(matches!(gone.repeating(), ChannelError::Refused(_)));
        for (status, known) in [
            (200, false),
            (302, false),
            (403, true),
            (407, true),
            (502, false),
        ] {
            let sent = Error::Foreign { status }.sending();
            let safe = matches!(sent, ChannelError::Unreachable(_));
            assert_eq!(safe, known, "{status}");
        }
    }

    #[test]
    fn a_no_to_receiving_can_pass() {
        let no = || Error::Refused(No);
        assert!(matches!(no().sending(), ChannelError::Refused(_)));
        assert!(matches!(no().receiving(), ChannelError::Unreachable(_)));
    }

    #[test]
    fn a_limit_says_how_long_and_whose_it_is() {
        assert!(matches!(
            Error::limited(Duration::from_secs(7), false).sending(),
            ChannelError::Limited {
                retry_after_ms: 7000,
                account: false
            }
        ));
        assert!(matches!(
            Error::limited(Duration::MAX, false).receiving(),
            ChannelError::Limited {
                retry_after_ms: u64::MAX,
                account: true
            }
        ));
    }

    #[test]
    fn words_are_short_and_hold_no_token() {
        assert_eq!(
            shown("no\r\n\u{7} s3cret here", "s3cret"),
            "no <token> here"
        );
        assert_eq!(shown(&"x".repeat(999), "s3cret").len(), WORDS);
    }

    #[test]
    fn an_api_is_on_the_web() {
        assert!(api_root("http://127.0.0.1:8081/api").is_some());
        for wrong in ["", "ftp://example.org", "https://example.org/?a=b", "/api"] {
            assert!(api_root(wrong).is_none(), "{wrong}");
        }
    }
}
