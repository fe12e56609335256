//! How a command of a node ends: in exactly one of these ways (SECURITY F27).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a command ended, as it is kept and told to whoever asks again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum CallEnding {
    /// The node did it.
    Answered {
        /// What it answered.
        payload: Value,
        /// The same as the text that it sent; none if it sent a value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payload_json: Option<String>,
    },
    /// The node did it; the answer was told once and was too large to be kept.
    NotKept,
    /// The node did not do it.
    Failed {
        /// Its code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
        /// Its sentence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The node answered something that is no answer to this command.
    BadAnswer {
        /// Why not.
        why: String,
    },
    /// Its time was over.
    TimedOut,
    /// The connection ended before an answer came.
    Disconnected,
    /// Whoever asked gave it up.
    Cancelled,
    /// The gateway ended while the node was at it.
    Interrupted,
    /// The node did not come back in time.
    Expired,
}

impl CallEnding {
    /// The word for the log.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Answered { .. } | Self::NotKept => "answered",
            Self::Failed { .. } => "failed",
            Self::BadAnswer { .. } => "bad-answer",
            Self::TimedOut => "timed-out",
            Self::Disconnected => "disconnected",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
            Self::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_kept_comes_back() {
        for ending in [
            CallEnding::Answered {
                payload: json!({ "a": [1] }),
                payload_json: Some("{\"a\":[1]}".into()),
            },
            CallEnding::Answered {
                payload: Value::Null,
                payload_json: None,
            },
            CallEnding::Failed {
                code: Some("X".into()),
                message: None,
            },
            CallEnding::BadAnswer { why: "no".into() },
            CallEnding::TimedOut,
            CallEnding::NotKept,
        ] {
            let text = serde_json::to_string(&ending).unwrap();
            assert_eq!(
                serde_json::from_str::<CallEnding>(&text).unwrap(),
                ending,
                "{text}"
            );
        }
    }
}
