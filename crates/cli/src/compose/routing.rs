//! Which agent and session a message is for, from the configuration.

use tidegate_core::channel::{AccountKey, Peer, PeerKind, Target};
use tidegate_core::freshness::{ResetRule, ResetRules};
use tidegate_core::routing::{Binding, BindingMatch, BoundAccount, DmScope, Routing};
use tidegate_protocol::{AccountId, AgentId, ChannelId};

use crate::config::Config;
use crate::config::accounts::DEFAULT_ACCOUNT;
use crate::config::model_channels::{self as channels, BindingConfig, NoticeTarget};
use crate::config::model_sessions::{self as sessions, ResetConfig, ResetMode, SessionScope};

/// The rules of routing.
pub(super) fn routing(config: &Config) -> Routing {
    let session = &config.session;
    let links = session.identity_links.iter().flat_map(|(name, addresses)| {
        addresses
            .iter()
            .map(move |address| (address.clone(), name.clone()))
    });
    Routing {
        bindings: config.bindings.iter().map(binding).collect(),
        dm_scope: match session.dm_scope {
            sessions::DmScope::Main => DmScope::Main,
            sessions::DmScope::PerPeer => DmScope::PerPeer,
            sessions::DmScope::PerChannelPeer => DmScope::PerChannelPeer,
        },
        identity_links: links.collect(),
        global: session.scope == SessionScope::Global,
    }
}

fn binding(binding: &BindingConfig) -> Binding {
    let matches = &binding.matches;
    Binding {
        agent: AgentId::new(binding.agent_id.clone()),
        matches: BindingMatch {
            channel: ChannelId::new(matches.channel.clone()),
            account: match matches.account_id.as_deref() {
                None => BoundAccount::Default,
                Some("*") => BoundAccount::Any,
                Some(one) => BoundAccount::One(AccountId::new(one)),
            },
            peer: matches.peer.as_ref().map(|peer| Peer {
                kind: match peer.kind {
                    channels::PeerKind::Direct | channels::PeerKind::Dm => PeerKind::Direct,
                    channels::PeerKind::Group => PeerKind::Group,
                    channels::PeerKind::Channel => PeerKind::Channel,
                },
                id: peer.id.clone(),
            }),
            guild_id: matches.guild_id.clone(),
            team_id: matches.team_id.clone(),
        },
    }
}

/// When conversations are over.
pub(super) fn resets(config: &Config) -> ResetRules {
    let session = &config.session;
    let of = |own: Option<ResetConfig>| rule(own.unwrap_or(session.reset));
    ResetRules {
        direct: of(session.reset_by_type.dm),
        group: of(session.reset_by_type.group),
        thread: of(session.reset_by_type.thread),
    }
}

const fn rule(reset: ResetConfig) -> ResetRule {
    match reset.mode {
        ResetMode::Never => ResetRule::Never,
        ResetMode::Daily => ResetRule::Daily {
            at_hour: reset.at_hour,
        },
        ResetMode::Idle => ResetRule::Idle {
            minutes: reset.idle_minutes,
        },
    }
}

/// Where the owner is told.
pub(super) fn notices(config: &Config) -> Vec<Target> {
    let target = |notice: &NoticeTarget| Target {
        account: AccountKey::new(
            notice.channel.clone(),
            notice.account_id.as_deref().unwrap_or(DEFAULT_ACCOUNT),
        ),
        peer: Peer {
            kind: PeerKind::Direct,
            id: notice.to.clone(),
        },
        thread: None,
    };
    config.notices.to.iter().map(target).collect()
}
