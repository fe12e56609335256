//! Where we are: the session that Discord keeps for us between two sockets, and where we were
//! spoken to. Together they are the cursor of the inbox.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::discord::snowflake::made_at_ms;

/// Channels of a trail; the ones in which somebody spoke last.
const MOST_CHANNELS: usize = 50;

/// The cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    #[serde(flatten)]
    pub(super) session: Option<Session>,
    /// Where somebody who was admitted spoke, and what they said last.
    #[serde(default, skip_serializing_if = "Trail::is_empty")]
    pub(super) trail: Trail,
    /// A session was lost, and what it had kept for us was not looked for yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) behind: bool,
}

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

/// The last message of some channels, by the channel.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Trail(BTreeMap<String, String>);

impl Cursor {
    /// Reads a cursor; one that cannot be read is of nowhere.
    pub(super) fn read(cursor: Option<&str>) -> Self {
        let read = cursor.and_then(|cursor| serde_json::from_str(cursor).ok());
        read.unwrap_or_default()
    }

    /// For the inbox. Strings and numbers always can be written.
    pub(super) fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| "{}".to_owned())
    }

    /// The session is gone. False if there was none.
    pub(super) fn lose(&mut self) -> bool {
        self.behind |= !self.trail.is_empty();
        self.session.take().is_some()
    }
}

impl Trail {
    /// Somebody spoke.
    pub(super) fn note(&mut self, channel: &str, message: &str) {
        self.0.insert(channel.to_owned(), message.to_owned());
        if self.0.len() > MOST_CHANNELS {
            let oldest = self.0.iter().min_by_key(|(_, last)| made_at_ms(last));
            let oldest = oldest.map(|(channel, _)| channel.clone());
            oldest.and_then(|oldest| self.0.remove(&oldest));
        }
    }

    /// Channels with the last message of each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(channel, last)| (channel.as_str(), last.as_str()))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor() -> Cursor {
        let mut cursor = Cursor {
            session: Some(Session {
                id: "abc".into(),
                url: "wss://gateway.discord.gg/resume".into(),
                seq: 7,
            }),
            ..Cursor::default()
        };
        cursor.trail.note("1", "175928847299117063");
        cursor
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let mut cursor = cursor();
        assert_eq!(Cursor::read(Some(&cursor.write())), cursor);
        assert!(cursor.lose());
        assert!(!cursor.lose() && cursor.behind);
        assert_eq!(Cursor::read(Some(&cursor.write())), cursor);
        for none in [None, Some(""), Some("{}"), Some("7")] {
            assert_eq!(Cursor::read(none), Cursor::default(), "{none:?}");
        }
        let plain = r#"{"session_id":"abc","resume_gateway_url":"wss://x","seq":7}"#;
        assert_eq!(Cursor::read(Some(plain)).session.unwrap().seq, 7);
    }

    #[test]
    fn where_nobody_ever_spoke_nothing_is_missed() {
        let mut cursor = Cursor::default();
        cursor.lose();
        assert_eq!(cursor.write(), "{}");
    }

    #[test]
    fn a_trail_is_bounded() {
        let mut trail = Trail::default();
        for at in 0..120_u64 {
            trail.note(&at.to_string(), &(at << 22).to_string());
        }
        assert_eq!(trail.iter().count(), MOST_CHANNELS);
        assert!(
            trail
                .iter()
                .all(|(channel, _)| channel.parse::<u64>().unwrap() >= 70)
        );
    }
}
