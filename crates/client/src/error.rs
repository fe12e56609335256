//! What can go wrong on the way to the gateway, and whether to try again.

use std::io;
use std::time::Duration;

use serde_json::Value;
use tidegate_protocol::api::connect::TOKEN_REVOKED;
use tidegate_protocol::{ErrorCode, ErrorShape, close};

use crate::pin::Distrust;

/// What the client was doing when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading the address.
    Address,
    /// Opening the TCP connection.
    Dial,
    /// Securing it with TLS.
    Tls,
    /// Upgrading it to a WebSocket.
    Upgrade,
    /// Waiting for the gateway's challenge.
    Challenge,
    /// Waiting for the answer to `connect`.
    Hello,
    /// Waiting for an answer on an open connection.
    Call,
}

impl Phase {
    const fn words(self) -> &'static str {
        match self {
            Self::Address => "reading the address",
            Self::Dial => "connecting",
            Self::Tls => "looking at its certificate",
            Self::Upgrade => "opening the WebSocket",
            Self::Challenge => "waiting for the gateway's first word",
            Self::Hello => "waiting to be let in",
            Self::Call => "waiting for an answer",
        }
    }
}

/// How the other side closed the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// The close code; `None` if there was no close frame or no code in it.
    pub code: Option<u16>,
    /// The reason given.
    pub reason: String,
}

impl Close {
    /// Whether the code asks clients to come back (`tidegate_protocol::close`).
    pub fn asks_to_return(&self) -> bool {
        self.reason == close::SLOW_CONSUMER
            || self.code.is_none()
            || close::ALL
                .iter()
                .any(|known| Some(known.code) == self.code && known.reconnect)
    }

    /// Whether the code itself says that the gateway will be there later.
    pub fn asks_to_wait(&self) -> bool {
        [close::RESTART.code, close::TRY_LATER.code]
            .map(Some)
            .contains(&self.code)
    }
}

impl std::fmt::Display for Close {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.code {
            None => f.write_str("the connection ended without a close frame"),
            Some(code) if self.reason.is_empty() => {
                write!(f, "the gateway closed the connection (code {code})")
            }
            Some(code) => {
                write!(
                    f,
                    "the gateway closed the connection (code {code}, {:?})",
                    self.reason
                )
            }
        }
    }
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ErrorKind {
    /// The address cannot be used.
    #[error("{0}")]
    Address(String),
    /// Nobody answered at the address.
    #[error("{text}")]
    Dial {
        /// The kind of the system's error.
        kind: io::ErrorKind,
        /// The system's error.
        text: String,
    },
    /// The certificate was not accepted. Nothing was sent.
    #[error("{0}")]
    Certificate(Box<Distrust>),
    /// Somebody answered, but not with TLS as it should be. Nothing was sent.
    #[error("{0}")]
    Tls(String),
    /// Somebody answered, but did not open a WebSocket.
    #[error("{text}")]
    Upgrade {
        /// The HTTP status, if there was one.
        status: Option<u16>,
        /// What came instead.
        text: String,
    },
    /// The gateway answered with an error.
    #[error("{}", .0.shape.message)]
    Refused(Box<Refusal>),
    /// The connection was closed.
    #[error("{0}")]
    Closed(Close),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// It took too long.
    #[error("no answer within {} ms", .0.as_millis())]
    Deadline(Duration),
    /// No sign of life for two tick intervals.
    #[error("no sign of life from the gateway for {} s", .0.as_secs())]
    Silent(Duration),
    /// What came is not what the protocol says.
    #[error("the answer could not be read: {0}")]
    Unreadable(String),
}

/// An error answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The error.
    pub shape: ErrorShape,
    /// What came with it: the end of a failed run.
    pub payload: Option<Value>,
    /// How the connection was closed after it, in the handshake.
    pub close: Option<Close>,
}

/// How a gateway's owner took back what a device had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutOut {
    /// Its token was revoked: it is known, and has to be approved again.
    Revoked,
    /// It was removed: it is a stranger.
    Removed,
}

/// What went wrong, and while doing what.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{kind}")]
pub struct Error {
    /// What the client was doing.
    pub phase: Phase,
    /// What went wrong.
    pub kind: ErrorKind,
}

impl Error {
    pub(crate) const fn new(phase: Phase, kind: ErrorKind) -> Self {
        Self { phase, kind }
    }

    pub(crate) const fn deadline(phase: Phase, after: Duration) -> Self {
        Self::new(phase, ErrorKind::Deadline(after))
    }

    pub(crate) fn unreadable(phase: Phase, why: impl std::fmt::Display) -> Self {
        Self::new(phase, ErrorKind::Unreadable(why.to_string()))
    }

    /// What the client was doing, in words.
    pub const fn during(&self) -> &'static str {
        self.phase.words()
    }

    /// The gateway's error, if it answered with one.
    pub fn shape(&self) -> Option<&ErrorShape> {
        self.refusal().map(|refusal| &refusal.shape)
    }

    /// The gateway's error with what came along.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.kind {
            ErrorKind::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The certificate that was not accepted, if that is what failed.
    pub fn distrust(&self) -> Option<&Distrust> {
        match &self.kind {
            ErrorKind::Certificate(distrust) => Some(distrust),
            _ => None,
        }
    }

    /// How the connection was closed, if it was.
    pub fn close(&self) -> Option<&Close> {
        match &self.kind {
            ErrorKind::Closed(close) => Some(close),
            ErrorKind::Refused(refusal) => refusal.close.as_ref(),
            _ => None,
        }
    }

    /// `details.code` of the gateway's error.
    pub fn detail_code(&self) -> Option<&str> {
        self.shape()?.details.as_ref()?.get("code")?.as_str()
    }

    /// `details.reason` of the gateway's error.
    pub fn detail_reason(&self) -> Option<&str> {
        self.shape()?.details.as_ref()?.get("reason")?.as_str()
    }

    /// Whether the gateway's owner put this device out, as far as the gateway says so: by the end of
    /// the connection, or when the device came back with the token that it had. Trying again helps
    /// only once the owner has let it in anew.
    pub fn put_out(&self) -> Option<PutOut> {
        let reason = self.close().map(|close| close.reason.as_str());
        match reason {
            Some(close::TOKEN_REVOKED) => return Some(PutOut::Revoked),
            Some(close::DEVICE_REMOVED) => return Some(PutOut::Removed),
            _ => {}
        }
        (self.detail_reason()? == TOKEN_REVOKED).then_some(PutOut::Revoked)
    }

    /// Whether the same request may well succeed later: the gateway says so by its error or by its
    /// close code. A run that failed is not asked for again.
    pub fn is_temporary(&self) -> bool {
        match &self.kind {
            ErrorKind::Refused(refusal) => {
                refusal.payload.is_none()
                    && refusal.shape.code == ErrorCode::Unavailable
                    && refusal.shape.retryable == Some(true)
            }
            ErrorKind::Closed(close) => close.asks_to_wait(),
            _ => false,
        }
    }

    /// Whether the connection was there and is gone.
    pub fn is_connection_lost(&self) -> bool {
        match &self.kind {
            ErrorKind::Closed(close) => close.asks_to_return(),
            ErrorKind::Broken(_) | ErrorKind::Silent(_) => true,
            _ => false,
        }
    }

    /// How long the gateway asks to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.shape()?.retry_after_ms.map(Duration::from_millis)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_was_put_out_is_told_from_who_was_only_refused() {
        let closed = |reason: &str| {
            let close = Close {
                code: Some(close::POLICY.code),
                reason: reason.to_owned(),
            };
            Error::new(Phase::Call, ErrorKind::Closed(close)).put_out()
        };
        assert_eq!(closed("device token revoked"), Some(PutOut::Revoked));
        assert_eq!(closed("device removed"), Some(PutOut::Removed));
        assert_eq!(closed("device token rotated"), None);
        let refused = |reason: &str| {
            let shape = ErrorShape::invalid("unauthorized");
            let refusal = Refusal {
                shape: shape.with_details(json!({ "reason": reason })),
                payload: None,
                close: None,
            };
            Error::new(Phase::Hello, ErrorKind::Refused(Box::new(refusal))).put_out()
        };
        assert_eq!(refused("token-revoked"), Some(PutOut::Revoked));
        assert_eq!(refused("scope-upgrade"), None);
    }
}
