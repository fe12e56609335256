//! What comes from a peer: messages, its end, and rules that it broke.

use bytes::Bytes;
use tidegate_protocol::close::{BAD_TEXT, CloseCode, PROTOCOL, TOO_BIG};
use tokio_tungstenite::tungstenite::error::{CapacityError, Error, ProtocolError};

use crate::ws::scan::Violation;

/// What a connection gave.
#[derive(Debug)]
pub(crate) enum Input {
    /// A message; binary ones are read as text (V3 1.1).
    Text(String),
    /// The peer is gone or said goodbye.
    Gone {
        /// The peer's close code; 1005 if it gave none, 1006 without a close.
        code: u16,
    },
    /// The peer broke a rule: close with this.
    Broken {
        /// The close code.
        code: CloseCode,
        /// The close reason.
        reason: &'static str,
    },
}

/// A message as it came.
pub(crate) enum Payload {
    Text(String),
    Binary(Bytes),
}

impl Payload {
    pub(super) fn into_input(self) -> Input {
        match self {
            Self::Text(text) => Input::Text(text),
            Self::Binary(bytes) => match String::from_utf8(bytes.into()) {
                Ok(text) => Input::Text(text),
                Err(_) => Input::Broken {
                    code: BAD_TEXT,
                    reason: "",
                },
            },
        }
    }
}

impl Input {
    /// What an error of the library means.
    pub(super) fn of(error: &Error) -> Self {
        match error {
            Error::Capacity(CapacityError::MessageTooLong { .. }) => Self::Broken {
                code: TOO_BIG,
                reason: "",
            },
            Error::Utf8(_) => Self::Broken {
                code: BAD_TEXT,
                reason: "",
            },
            Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                Self::Gone { code: 1006 }
            }
            Error::Protocol(_) | Error::Capacity(_) => Self::Broken {
                code: PROTOCOL,
                reason: "",
            },
            _ => Self::Gone { code: 1006 },
        }
    }
}

impl From<Violation> for Input {
    fn from(violation: Violation) -> Self {
        Self::Broken {
            code: violation.code,
            reason: violation.reason,
        }
    }
}
