//! Slack's ids, and our places in them.

use tidegate_core::channel::{ChannelError, PeerKind, Target};

/// Longest id that is taken; Slack's have about eleven characters.
const LONGEST_ID: usize = 32;

/// Where something goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Destination {
    /// The conversation.
    pub(super) channel: String,
    /// The message that its thread hangs on.
    pub(super) thread: Option<String>,
}

impl Destination {
    /// Reads a target.
    ///
    /// # Errors
    /// `Refused`: it is not one of Slack's.
    pub(super) fn of(target: &Target) -> Result<Self, ChannelError> {
        if !is_room(&target.peer.id) {
            return Err(ChannelError::Refused(
                "this conversation has no id that Slack knows".into(),
            ));
        }
        let thread = target.thread.as_deref().map(message_ts).transpose()?;
        Ok(Self {
            channel: target.peer.id.clone(),
            thread: thread.map(str::to_owned),
        })
    }
}

/// Whether it is the id of a person.
pub(super) fn is_person(id: &str) -> bool {
    is_id(id, &['U', 'W'])
}

/// Whether it is the id of a conversation.
pub(super) fn is_room(id: &str) -> bool {
    is_id(id, &['C', 'G', 'D'])
}

/// Whether it is the id of a conversation that may have a name: those of two people have none.
pub(super) fn may_have_name(id: &str) -> bool {
    is_id(id, &['C', 'G'])
}

fn is_id(id: &str, kinds: &[char]) -> bool {
    let rest = id.strip_prefix(kinds).unwrap_or_default();
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    !rest.is_empty() && id.len() <= LONGEST_ID && rest.bytes().all(fits)
}

/// What kind of conversation an id is, where nothing else tells.
pub(super) fn kind_by_id(id: &str) -> Option<PeerKind> {
    match id.chars().next().filter(|_| is_room(id))? {
        'D' => Some(PeerKind::Direct),
        'G' => Some(PeerKind::Group),
        _ => Some(PeerKind::Channel),
    }
}

/// Reads the id of a message: seconds and microseconds.
///
/// # Errors
/// `Refused`: it is not one of Slack's.
pub(super) fn message_ts(id: &str) -> Result<&str, ChannelError> {
    if is_ts(id) {
        return Ok(id);
    }
    Err(ChannelError::Refused(
        "this message has no id that Slack knows".into(),
    ))
}

fn is_ts(text: &str) -> bool {
    let digits = |half: &str| !half.is_empty() && half.bytes().all(|byte| byte.is_ascii_digit());
    let halves = text.split_once('.');
    text.len() <= LONGEST_ID && halves.is_some_and(|(s, us)| digits(s) && digits(us))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_what_they_are() {
        assert_eq!(kind_by_id("D0123"), Some(PeerKind::Direct));
        assert_eq!(kind_by_id("C0123"), Some(PeerKind::Channel));
        assert_eq!(kind_by_id("G0123"), Some(PeerKind::Group));
        for wrong in ["", "D", "U0123", "d0123", "C0 123", "C0123?x=y", "#general"] {
            assert_eq!(kind_by_id(wrong), None, "{wrong}");
        }
        assert!(!is_room(&format!("C{}", "0".repeat(LONGEST_ID))));
    }

    #[test]
    fn messages_are_named_by_their_time() {
        assert!(message_ts("1700000000.000100").is_ok());
        for wrong in ["", "1700000000", ".", "1.", ".1", "-1.1", "1.1.1", "F0123"] {
            assert!(message_ts(wrong).is_err(), "{wrong}");
        }
    }
}
