//! Addresses as people write them: the id of a channel, or of a person, with `slack:`, `channel:`
//! or `user:` in front or not, and a thread behind it.

use tidegate_core::channel::{ChannelError, Peer, PeerKind, Target};

use super::api::{CallError, Opened};
use super::channel::Slack;
use super::destination::{is_person, kind_by_id, message_ts};
use serde_json::json;

const PREFIXES: [&str; 3] = ["slack:", "channel:", "user:"];
const THREAD: &str = ":thread:";

/// What somebody wrote.
#[derive(Debug, PartialEq, Eq)]
enum Address<'a> {
    /// A conversation.
    Room(&'a str, PeerKind),
    /// The conversation with this person.
    Person(&'a str),
}

impl Slack {
    /// The conversation that an address names. One with a person is opened.
    pub(super) async fn find(
        &self,
        to: &str,
        thread: Option<&str>,
    ) -> Result<Target, ChannelError> {
        let (address, inner) = read(to)?;
        let thread = inner.or(thread).map(message_ts).transpose()?;
        let peer = match address {
            Address::Room(id, kind) => Peer {
                kind: self.known.kind_of(id).unwrap_or(kind),
                id: id.to_owned(),
            },
            Address::Person(id) => Peer {
                kind: PeerKind::Direct,
                id: self.open_direct(id).await?,
            },
        };
        Ok(Target {
            account: self.settings.account.clone(),
            peer,
            thread: thread.map(str::to_owned),
        })
    }

    async fn open_direct(&self, person: &str) -> Result<String, ChannelError> {
        let opened: Result<Opened, _> = self
            .api
            .write("conversations.open", &json!({ "users": person }))
            .await;
        opened
            .map(|opened| opened.channel.id)
            .map_err(CallError::repeating)
    }
}

fn read(to: &str) -> Result<(Address<'_>, Option<&str>), ChannelError> {
    let mut to = to.trim();
    for prefix in PREFIXES {
        to = to.strip_prefix(prefix).unwrap_or(to);
    }
    let (to, thread) = match to.split_once(THREAD) {
        Some((to, thread)) => (to, Some(thread)),
        None => (to, None),
    };
    if is_person(to) {
        return Ok((Address::Person(to), thread));
    }
    let kind = kind_by_id(to).ok_or_else(|| {
        ChannelError::Refused(
            "expected the id of a channel (C…) or of a person (U…), not a name; Slack shows \
             it at the end of the channel's details, or in the person's profile"
                .into(),
        )
    })?;
    Ok((Address::Room(to, kind), thread))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        let room = |id| (Address::Room(id, PeerKind::Channel), None);
        assert_eq!(read("C0GENERAL1").unwrap(), room("C0GENERAL1"));
        assert_eq!(read(" slack:channel:C01 ").unwrap(), room("C01"));
        assert_eq!(read("user:U01").unwrap().0, Address::Person("U01"));
        assert_eq!(read("W01").unwrap().0, Address::Person("W01"));
        let threaded = read("C01:thread:17.5").unwrap();
        assert_eq!(
            threaded,
            (Address::Room("C01", PeerKind::Channel), Some("17.5"))
        );
        for wrong in ["", "#general", "general", "@alice", "slack:", "C01:topic:1"] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.contains("not a name"), "{wrong}: {error}");
        }
    }
}
