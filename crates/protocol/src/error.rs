//! The error that a response carries.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The closed set of codes. Everything finer stands in `details.code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ErrorCode {
    /// The channel account is signed out.
    NotLinked,
    /// The device is unknown here or may not do this yet.
    NotPaired,
    /// The run passed its deadline.
    AgentTimeout,
    /// The request itself is wrong; repeating it will not help.
    InvalidRequest,
    /// The caller lacks a right (protocol 4; protocol 3 says `INVALID_REQUEST`).
    Forbidden,
    /// Not now; `retryable` and `retryAfterMs` tell whether and when.
    Unavailable,
}

impl ErrorCode {
    /// Every code.
    pub const ALL: [Self; 6] = [
        Self::NotLinked,
        Self::NotPaired,
        Self::AgentTimeout,
        Self::InvalidRequest,
        Self::Forbidden,
        Self::Unavailable,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotLinked => "NOT_LINKED",
            Self::NotPaired => "NOT_PAIRED",
            Self::AgentTimeout => "AGENT_TIMEOUT",
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::Forbidden => "FORBIDDEN",
            Self::Unavailable => "UNAVAILABLE",
        }
    }
}

/// What went wrong, for the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorShape {
    /// The class of the error.
    pub code: ErrorCode,
    /// A sentence for people.
    pub message: String,
    /// Machine-readable particulars; `details.code` names the exact case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    /// Whether the same request may succeed later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retryable: Option<bool>,
    /// How long to wait before the next try, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl ErrorShape {
    /// An error with a code and a sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: None,
            retryable: None,
            retry_after_ms: None,
        }
    }

    /// `INVALID_REQUEST`.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidRequest, message)
    }

    /// `UNAVAILABLE` that may be retried after the given time.
    pub fn busy(message: impl Into<String>, retry_after_ms: u64) -> Self {
        Self {
            retryable: Some(true),
            retry_after_ms: Some(retry_after_ms),
            ..Self::new(ErrorCode::Unavailable, message)
        }
    }

    /// Adds `details`.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = Some(details);
        self
    }
}
