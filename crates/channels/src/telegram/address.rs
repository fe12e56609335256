//! Addresses as people write them: a chat's number, with `telegram:` in front or not, and a topic
//! behind it; or the public name of a channel or group.

use tidegate_core::channel::{AccountKey, ChannelError, Peer, PeerKind, Target};

const SCHEMES: [&str; 2] = ["telegram:", "tg:"];
const TOPIC: &str = ":topic:";

/// The conversation that an address names.
pub(super) fn read(
    account: &AccountKey,
    to: &str,
    thread: Option<&str>,
) -> Result<Target, ChannelError> {
    let to = to.trim();
    let to = SCHEMES
        .iter()
        .find_map(|scheme| to.strip_prefix(scheme))
        .unwrap_or(to);
    let (chat, topic) = match to.split_once(TOPIC) {
        Some((chat, topic)) => (chat, Some(topic)),
        None => (to, thread),
    };
    let kind = kind_of(chat).ok_or_else(|| {
        ChannelError::Refused(
            "expected a chat's number such as 123456789 or -1001234567890, or the @name of a public channel"
                .into(),
        )
    })?;
    if topic.is_some_and(|topic| !is_number(topic)) {
        return Err(ChannelError::Refused(
            "expected the number of a topic".into(),
        ));
    }
    Ok(Target {
        account: account.clone(),
        peer: Peer {
            kind,
            id: chat.to_owned(),
        },
        thread: topic.map(str::to_owned),
    })
}

/// Positive numbers are people, negative ones groups and channels.
fn kind_of(chat: &str) -> Option<PeerKind> {
    if is_number(chat) {
        return Some(PeerKind::Direct);
    }
    if chat.strip_prefix('-').is_some_and(is_number) {
        return Some(PeerKind::Group);
    }
    let name = chat.strip_prefix('@')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.len() <= 32 && name.chars().all(fits)).then_some(PeerKind::Channel)
}

fn is_number(text: &str) -> bool {
    (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let account = AccountKey::new("telegram", "default");
        let read = |to: &str| {
            let target = read(&account, to, None).ok()?;
            Some((target.peer.kind, target.peer.id, target.thread))
        };
        let some = |kind, id: &str, topic: Option<&str>| {
            Some((kind, id.to_owned(), topic.map(str::to_owned)))
        };
        assert_eq!(read("42"), some(PeerKind::Direct, "42", None));
        assert_eq!(read("telegram:42"), some(PeerKind::Direct, "42", None));
        assert_eq!(read("-1001"), some(PeerKind::Group, "-1001", None));
        assert_eq!(
            read("-1001:topic:7"),
            some(PeerKind::Group, "-1001", Some("7"))
        );
        assert_eq!(read("@news"), some(PeerKind::Channel, "@news", None));
        for wrong in ["", "@", "anna", "-", "4 2", "-1001:topic:x", "@a/../b"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
