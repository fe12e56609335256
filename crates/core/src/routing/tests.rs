//! What the tests of routing share.

use std::collections::BTreeMap;

use tidegate_protocol::{AccountId, AgentId, ChannelId};

use super::{Binding, BindingMatch, BoundAccount, ConversationKind, DmScope, Routing, moved_key};
use crate::channel::{
    AccountKey, Inbound, InboundEvent, InboundMessage, Peer, PeerKind, Sender, Space,
};
use crate::session::{SESSION_KEY_MAX_BYTES, SessionKey, SessionNames};

mod bindings;
mod keys;
mod properties;

fn names() -> SessionNames {
    SessionNames {
        default_agent: AgentId::new("main"),
        main_key: "main".into(),
    }
}

fn peer(kind: PeerKind, id: &str) -> Peer {
    Peer {
        kind,
        id: id.into(),
    }
}

fn message(kind: PeerKind, id: &str, thread: Option<&str>, sender: &str) -> Inbound {
    Inbound {
        provider_id: "1".into(),
        peer: peer(kind, id),
        thread: thread.map(str::to_owned),
        space: None,
        sender: Sender {
            id: sender.into(),
            ..Sender::default()
        },
        title: None,
        at_ms: 0,
        event: InboundEvent::Message(InboundMessage::default()),
    }
}

fn account(channel: &str) -> AccountKey {
    AccountKey::new(channel, "default")
}

fn key(routing: &Routing, channel: &str, event: &Inbound) -> String {
    let route = routing.route(&names(), &account(channel), event, false);
    route.session_key.to_string()
}

fn scoped(dm_scope: DmScope) -> Routing {
    Routing {
        dm_scope,
        ..Routing::default()
    }
}

impl BindingMatch {
    fn of(channel: &str) -> Self {
        Self {
            channel: ChannelId::new(channel),
            account: BoundAccount::Default,
            peer: None,
            guild_id: None,
            team_id: None,
        }
    }
}

fn bound(agent: &str, matches: BindingMatch) -> Binding {
    Binding {
        agent: AgentId::new(agent),
        matches,
    }
}
