//! What the tests of the gate share.

use std::collections::BTreeMap;

use super::{AccessRules, AllowList, DmPolicy, GroupPolicy, GroupRules, Paired, Refusal, Verdict};
use crate::channel::{Inbound, InboundEvent, InboundMessage, Peer, PeerKind, Sender};

mod attacks;
mod policies;
mod properties;

const GUEST: Verdict = Verdict::Admit { owner: false };
const OWNER: Verdict = Verdict::Admit { owner: true };

const fn refused(why: Refusal) -> Verdict {
    Verdict::Refuse(why)
}

fn list(ids: &[&str]) -> AllowList {
    AllowList::new(ids.iter().map(|id| (*id).to_owned()))
}

fn groups(list: &[(&str, GroupRules)]) -> BTreeMap<String, GroupRules> {
    let list = list.iter();
    list.map(|(id, rules)| ((*id).to_owned(), rules.clone()))
        .collect()
}

/// A message that speaks to us.
fn words() -> InboundEvent {
    InboundEvent::Message(InboundMessage {
        message_id: "m".into(),
        text: "hi".into(),
        mentioned: true,
        ..InboundMessage::default()
    })
}

fn event(kind: PeerKind, peer: &str, sender: &str, event: InboundEvent) -> Inbound {
    Inbound {
        provider_id: "1".into(),
        peer: Peer {
            kind,
            id: peer.into(),
        },
        thread: None,
        space: None,
        sender: Sender {
            id: sender.into(),
            ..Sender::default()
        },
        title: None,
        at_ms: 0,
        event,
    }
}

fn direct(sender: &str) -> Inbound {
    event(PeerKind::Direct, "77", sender, words())
}

fn in_group(sender: &str) -> Inbound {
    event(PeerKind::Group, "-100", sender, words())
}

/// One event of every kind.
fn every_kind() -> [InboundEvent; 5] {
    let message_id = || "m".to_owned();
    [
        words(),
        InboundEvent::Edited {
            message_id: message_id(),
            text: "hi".into(),
            reply_to: None,
        },
        InboundEvent::Reacted {
            message_id: message_id(),
            emoji: "👍".into(),
            removed: false,
        },
        InboundEvent::Pressed {
            message_id: message_id(),
            value: "yes".into(),
        },
        InboundEvent::Moved { to: "-200".into() },
    ]
}

/// Everything that lists can say: 1 is listed for direct chats, 2 for groups, 3 owns.
fn rules(dm_policy: DmPolicy, group_policy: GroupPolicy) -> AccessRules {
    AccessRules {
        dm_policy,
        group_policy,
        allow_from: list(&["1", "3"]),
        group_allow_from: list(&["2", "3"]),
        groups: groups(&[("-100", GroupRules::default())]),
        owners: list(&["3", "4"]),
        ..AccessRules::default()
    }
}
