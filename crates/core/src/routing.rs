//! Which agent a message is for, and which conversation it belongs to (V3 11.1). Pure: the same
//! event and configuration give the same answer.

use std::collections::BTreeMap;

use tidegate_protocol::{AccountId, AgentId, ChannelId};

use crate::channel::{AccountKey, Inbound, Peer, PeerKind, Space};
use crate::session::{SessionKey, SessionNames};

use key::part;

mod key;
#[cfg(test)]
mod tests;

/// How direct chats are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DmScope {
    /// All of them are the agent's main session.
    #[default]
    Main,
    /// The owner's are the agent's main session; everybody else has one for each network, and so
    /// never reads what the owner said.
    OwnerMain,
    /// One session for each person.
    PerPeer,
    /// One session for each person on each network.
    PerChannelPeer,
}

/// Which accounts of a network a binding is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BoundAccount {
    /// The account `default`.
    #[default]
    Default,
    /// Every one.
    Any,
    /// This one.
    One(AccountId),
}

/// What a binding looks for; whatever is named must fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingMatch {
    /// The network.
    pub channel: ChannelId,
    /// The account.
    pub account: BoundAccount,
    /// The conversation; of a direct chat, its own id or that of the person.
    pub peer: Option<Peer>,
    /// The guild.
    pub guild_id: Option<String>,
    /// The team.
    pub team_id: Option<String>,
}

/// An agent for some conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The agent.
    pub agent: AgentId,
    /// For which.
    pub matches: BindingMatch,
}

/// The rules of routing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing {
    /// Bindings, in the order of the configuration.
    pub bindings: Vec<Binding>,
    /// How direct chats are kept apart.
    pub dm_scope: DmScope,
    /// People with several addresses: `network:id`, exactly as the network writes the id, to the
    /// name that they share.
    pub identity_links: BTreeMap<String, String>,
    /// Whether all conversations are the one session `global`.
    pub global: bool,
}

impl Default for Routing {
    fn default() -> Self {
        Self {
            bindings: Vec::new(),
            dm_scope: DmScope::Main,
            identity_links: BTreeMap::new(),
            global: false,
        }
    }
}

/// What kind of conversation it is, for rules of reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationKind {
    /// A direct chat.
    Direct,
    /// A group or room.
    Group,
    /// A thread or topic.
    Thread,
}

/// Where a message belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The session; its key names the agent.
    pub session_key: SessionKey,
    /// What kind of conversation it is.
    pub kind: ConversationKind,
}

impl Routing {
    /// A conversation of a network has another id: bindings for the old one bind the new one too.
    pub fn moved(&mut self, channel: &ChannelId, from: &str, to: &str) {
        let rebound = |binding: &Binding| {
            let mut binding = binding.clone();
            let peer = binding.matches.peer.as_mut()?;
            if peer.id != from || binding.matches.channel != *channel {
                return None;
            }
            to.clone_into(&mut peer.id);
            Some(binding)
        };
        let more: Vec<Binding> = self.bindings.iter().filter_map(rebound).collect();
        // One that names the new id itself stands in front of them, and wins.
        for binding in more {
            if !self.bindings.contains(&binding) {
                self.bindings.push(binding);
            }
        }
    }

    /// Decides where an event belongs; `owner` says whether its sender may do what the owner's
    /// devices may.
    pub fn route(
        &self,
        names: &SessionNames,
        account: &AccountKey,
        event: &Inbound,
        owner: bool,
    ) -> Route {
        Route {
            session_key: self.session_key(names, account, event, owner),
            kind: match (&event.thread, event.peer.kind) {
                (Some(_), _) => ConversationKind::Thread,
                (None, PeerKind::Direct) => ConversationKind::Direct,
                (None, PeerKind::Group | PeerKind::Channel) => ConversationKind::Group,
            },
        }
    }

    fn session_key(
        &self,
        names: &SessionNames,
        account: &AccountKey,
        event: &Inbound,
        owner: bool,
    ) -> SessionKey {
        if self.global {
            return SessionKey::stored("global");
        }
        let agent = self.agent(names, account, event);
        let thread = event.thread.as_deref().map(part);
        let (room, word) = match event.peer.kind {
            PeerKind::Direct => (
                self.direct_key(names, &agent, account, event, owner),
                "thread",
            ),
            // A topic is a part of its group, a thread hangs on its room: the family's two forms.
            PeerKind::Group => (room_key(&agent, account, "group", &event.peer.id), "topic"),
            PeerKind::Channel => (
                room_key(&agent, account, "channel", &event.peer.id),
                "thread",
            ),
        };
        match thread {
            Some(thread) => SessionKey::stored(format!("{room}:{word}:{thread}")),
            None => room,
        }
    }

    /// The agent: the most exact binding wins (peer, guild, team, account, any account), among
    /// equals the first; without one, the default agent.
    pub fn agent(&self, names: &SessionNames, account: &AccountKey, event: &Inbound) -> AgentId {
        self.bindings
            .iter()
            .filter_map(|binding| Some((exactness(&binding.matches, account, event)?, binding)))
            .min_by_key(|(rank, _)| *rank)
            .map_or_else(
                || names.default_agent.clone(),
                |(_, binding)| binding.agent.clone(),
            )
    }

    fn direct_key(
        &self,
        names: &SessionNames,
        agent: &AgentId,
        account: &AccountKey,
        event: &Inbound,
        owner: bool,
    ) -> SessionKey {
        let channel = part(account.channel.as_str());
        let person = || self.person(account, &event.sender.id);
        match self.dm_scope {
            DmScope::Main => names.main_of(agent),
            DmScope::OwnerMain if owner => names.main_of(agent),
            DmScope::PerPeer => SessionKey::stored(format!("agent:{agent}:dm:{}", person())),
            DmScope::PerChannelPeer | DmScope::OwnerMain => {
                SessionKey::stored(format!("agent:{agent}:{channel}:dm:{}", person()))
            }
        }
    }

    /// The person's part of a key: the name that the owner gave, else the network's id. An id that
    /// reads like a name of the owner's is marked, or whoever may choose an id could walk into
    /// another's conversation.
    fn person(&self, account: &AccountKey, id: &str) -> String {
        let address = format!("{}:{id}", account.channel);
        if let Some(name) = self.identity_links.get(&address) {
            return part(name);
        }
        let id = part(id);
        if self.identity_links.values().any(|name| part(name) == id) {
            return key::marked("raw", &id);
        }
        id
    }
}

fn room_key(agent: &AgentId, account: &AccountKey, word: &str, id: &str) -> SessionKey {
    let channel = part(account.channel.as_str());
    SessionKey::stored(format!("agent:{agent}:{channel}:{word}:{}", part(id)))
}

/// The key that a session gets when its group or room gets another id; none if the session is of
/// another conversation. Threads and topics go along.
pub fn moved_key(
    key: &SessionKey,
    channel: &ChannelId,
    from: &str,
    to: &str,
) -> Option<SessionKey> {
    let (agent, rest) = key.as_str().strip_prefix("agent:")?.split_once(':')?;
    let channel = part(channel.as_str());
    let (word, id) = rest
        .strip_prefix(channel.as_str())?
        .strip_prefix(':')?
        .split_once(':')?;
    let thread = id.strip_prefix(part(from).as_str())?;
    let same = thread.is_empty() || thread.starts_with(":topic:") || thread.starts_with(":thread:");
    (same && matches!(word, "group" | "channel")).then(|| {
        let to = part(to);
        SessionKey::stored(format!("agent:{agent}:{channel}:{word}:{to}{thread}"))
    })
}

/// How exact a binding fits: 0 is the most; none if it does not.
fn exactness(wanted: &BindingMatch, account: &AccountKey, event: &Inbound) -> Option<u8> {
    let account_fits = match &wanted.account {
        BoundAccount::Any => true,
        BoundAccount::Default => account.account.as_str() == "default",
        BoundAccount::One(one) => *one == account.account,
    };
    let (guild, team) = match &event.space {
        Some(Space::Guild(id)) => (Some(id), None),
        Some(Space::Team(id)) => (None, Some(id)),
        None => (None, None),
    };
    let fits = wanted.channel == account.channel
        && account_fits
        && wanted.peer.as_ref().is_none_or(|peer| is_peer(peer, event))
        && (wanted.guild_id.is_none() || wanted.guild_id.as_ref() == guild)
        && (wanted.team_id.is_none() || wanted.team_id.as_ref() == team);
    fits.then_some(match wanted {
        BindingMatch { peer: Some(_), .. } => 0,
        BindingMatch {
            guild_id: Some(_), ..
        } => 1,
        BindingMatch {
            team_id: Some(_), ..
        } => 2,
        BindingMatch {
            account: BoundAccount::Any,
            ..
        } => 4,
        _ => 3,
    })
}

/// Whether the conversation is this one. In a direct chat the person's id is as good as the chat's,
/// which is another on some networks.
fn is_peer(wanted: &Peer, event: &Inbound) -> bool {
    let by_person = wanted.kind == PeerKind::Direct && wanted.id == event.sender.id;
    wanted.kind == event.peer.kind && (wanted.id == event.peer.id || by_person)
}
