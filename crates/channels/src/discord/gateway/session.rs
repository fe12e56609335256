//! What Discord keeps for us between two sockets, and where we are in it: the cursor of the inbox.

use serde::{Deserialize, Serialize};

/// The cursor after a session was lost: the next socket begins anew.
pub(super) const NONE: &str = "{}";

/// A session that can be resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Session {
    #[serde(rename = "session_id")]
    pub(super) id: String,
    /// Where to resume it.
    #[serde(rename = "resume_gateway_url")]
    pub(super) url: String,
    /// The number of the last event that the inbox stored, or that was none for it.
    pub(super) seq: u64,
}

impl Session {
    /// Reads a cursor; none if it is of no session.
    pub(super) fn read(cursor: &str) -> Option<Self> {
        serde_json::from_str(cursor).ok()
    }

    /// As a cursor. Strings and a number always can be written.
    pub(super) fn cursor(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| NONE.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let session = Session {
            id: "abc".into(),
            url: "wss://gateway.discord.gg/resume".into(),
            seq: 7,
        };
        assert_eq!(Session::read(&session.cursor()), Some(session));
        for none in ["", NONE, "7", r#"{"session_id":"abc"}"#] {
            assert_eq!(Session::read(none), None, "{none}");
        }
    }
}
