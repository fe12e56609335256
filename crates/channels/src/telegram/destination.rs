//! Our places in Telegram's numbers.

use serde::Serialize;
use tidegate_core::channel::{ChannelError, Target};

/// The topic that every forum has. Messages to it must not name it, signs of typing must.
pub(super) const GENERAL_TOPIC: i64 = 1;

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum ChatId {
    /// By its number, as everything that arrives has it.
    Number(i64),
    /// A public channel by its name, as an owner may write it.
    Name(String),
}

/// Where something goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    /// The conversation.
    pub(super) chat: ChatId,
    /// Its topic.
    topic: Option<i64>,
}

impl Destination {
    /// Reads a target.
    ///
    /// # Errors
    /// `Refused`: it is not one of Telegram's.
    pub(super) fn of(target: &Target) -> Result<Self, ChannelError> {
        let id = target.peer.id.as_str();
        let chat = match id.parse() {
            Ok(number) => ChatId::Number(number),
            Err(_) if id.len() > 1 && id.starts_with('@') => ChatId::Name(id.to_owned()),
            Err(_) => return Err(no_number("chat")),
        };
        let topic = target.thread.as_deref().map(str::parse).transpose();
        Ok(Self {
            chat,
            topic: topic.map_err(|_| no_number("topic"))?,
        })
    }

    /// The topic, as messages name it.
    pub(super) fn message_topic(&self) -> Option<i64> {
        self.topic.filter(|topic| *topic != GENERAL_TOPIC)
    }

    /// The topic, as signs of typing name it.
    pub(super) const fn action_topic(&self) -> Option<i64> {
        self.topic
    }
}

/// Reads the id of a message.
///
/// # Errors
/// `Refused`: it is not one of Telegram's.
pub(super) fn message_number(id: &str) -> Result<i64, ChannelError> {
    id.parse().map_err(|_| no_number("message"))
}

fn no_number(what: &str) -> ChannelError {
    ChannelError::Refused(format!("this {what} has no number that Telegram knows"))
}

#[cfg(test)]
mod tests {
    use tidegate_core::channel::{AccountKey, Peer, PeerKind};

    use super::*;

    fn target(id: &str, thread: Option<&str>) -> Target {
        Target {
            account: AccountKey::new("telegram", "default"),
            peer: Peer {
                kind: PeerKind::Group,
                id: id.into(),
            },
            thread: thread.map(Into::into),
        }
    }

    #[test]
    fn ids_are_numbers_or_public_names() {
        let read = |id| Destination::of(&target(id, None)).map(|to| to.chat).ok();
        assert_eq!(read("-1001234"), Some(ChatId::Number(-1_001_234)));
        assert_eq!(read("@tides"), Some(ChatId::Name("@tides".into())));
        for wrong in ["", "@", "tides", "12a", " 12"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert!(Destination::of(&target("-1001234", Some("x"))).is_err());
    }

    #[test]
    fn the_general_topic_is_named_by_signs_of_typing_alone() {
        let general = Destination::of(&target("-1001234", Some("1"))).unwrap();
        assert_eq!(general.message_topic(), None);
        assert_eq!(general.action_topic(), Some(1));
        let other = Destination::of(&target("-1001234", Some("77"))).unwrap();
        assert_eq!(other.message_topic(), Some(77));
        assert_eq!(other.action_topic(), Some(77));
    }
}
