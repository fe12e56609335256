//! Which agent a message is for, and which conversation it belongs to (V3 11.1). Pure: the same
//! event and configuration give the same answer.

use std::collections::BTreeMap;

use tidegate_protocol::{AccountId, AgentId, ChannelId};

use crate::channel::{AccountKey, Inbound, Peer, PeerKind, Space};
use crate::session::{SessionKey, SessionNames};

/// How direct chats are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DmScope {
    /// All of them are the agent's main session.
    #[default]
    Main,
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
    /// The conversation.
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
    /// People with several addresses: `network:id` to the name that they share.
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
    /// Decides where an event belongs.
    pub fn route(&self, names: &SessionNames, account: &AccountKey, event: &Inbound) -> Route {
        let kind = match (event.peer.kind, &event.thread) {
            (_, Some(_)) => ConversationKind::Thread,
            (PeerKind::Direct, None) => ConversationKind::Direct,
            (PeerKind::Group | PeerKind::Channel, None) => ConversationKind::Group,
        };
        if self.global {
            return Route {
                session_key: SessionKey::stored("global"),
                kind,
            };
        }
        let agent = self.agent(names, account, event);
        let key = match event.peer.kind {
            PeerKind::Direct => self.direct_key(names, &agent, account, event),
            PeerKind::Group | PeerKind::Channel => group_key(&agent, account, event),
        };
        Route {
            session_key: key,
            kind,
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
    ) -> SessionKey {
        let address = format!("{}:{}", account.channel, event.peer.id);
        let linked = self.identity_links.get(&address);
        let peer = key_part(linked.unwrap_or(&event.peer.id));
        let channel = &account.channel;
        let key = match self.dm_scope {
            DmScope::Main => names.main_of(agent),
            DmScope::PerPeer => SessionKey::stored(format!("agent:{agent}:dm:{peer}")),
            DmScope::PerChannelPeer if linked.is_some() => {
                SessionKey::stored(format!("agent:{agent}:dm:{peer}"))
            }
            DmScope::PerChannelPeer => {
                SessionKey::stored(format!("agent:{agent}:{channel}:dm:{peer}"))
            }
        };
        match &event.thread {
            Some(thread) => SessionKey::stored(format!("{key}:thread:{}", key_part(thread))),
            None => key,
        }
    }
}

fn group_key(agent: &AgentId, account: &AccountKey, event: &Inbound) -> SessionKey {
    let channel = &account.channel;
    let word = match event.peer.kind {
        PeerKind::Channel => "channel",
        PeerKind::Direct | PeerKind::Group => "group",
    };
    let id = key_part(&event.peer.id);
    SessionKey::stored(match &event.thread {
        // A topic is a part of its group, a thread hangs on its room: the family's two forms.
        Some(topic) if event.peer.kind == PeerKind::Group => {
            format!(
                "agent:{agent}:{channel}:group:{id}:topic:{}",
                key_part(topic)
            )
        }
        Some(thread) => {
            format!(
                "agent:{agent}:{channel}:{word}:{id}:thread:{}",
                key_part(thread)
            )
        }
        None => format!("agent:{agent}:{channel}:{word}:{id}"),
    })
}

/// An id as a part of a key: lower case, and nothing that could pass for another part.
fn key_part(id: &str) -> String {
    id.trim()
        .to_lowercase()
        .chars()
        .map(|c| {
            if c.is_whitespace() || c.is_control() {
                '_'
            } else {
                c
            }
        })
        .collect()
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
        && wanted.peer.as_ref().is_none_or(|peer| *peer == event.peer)
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
