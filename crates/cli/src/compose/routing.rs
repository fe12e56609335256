//! Which agent and session a message is for, from the configuration.

use tidegate_core::channel::{AccountKey, Peer, PeerKind, Target};
use tidegate_core::freshness::{ResetRule, ResetRules};
use tidegate_core::routing::{Binding, BindingMatch, BoundAccount, DmScope, Routing};
use tidegate_engine::AckReaction;
use tidegate_protocol::{AccountId, AgentId, ChannelId};

use crate::config::Config;
use crate::config::accounts::DEFAULT_ACCOUNT;
use crate::config::model_channels::{self as channels, BindingConfig, NoticeTarget};
use crate::config::model_sessions::{self as sessions, ResetConfig, ResetMode, SessionScope};

/// The silence that ends a conversation with `idle`, in minutes (V3 section 11).
const IDLE_MINUTES: u32 = 60;

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
            sessions::DmScope::OwnerMain => DmScope::OwnerMain,
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
    let at_hour = reset.at_hour;
    match (reset.mode, reset.idle_minutes) {
        (ResetMode::Never, _) => ResetRule::Never,
        (ResetMode::Daily, None) => ResetRule::Daily { at_hour },
        (ResetMode::Daily, Some(minutes)) => ResetRule::DailyOrIdle { at_hour, minutes },
        (ResetMode::Idle, Some(minutes)) => ResetRule::Idle { minutes },
        (ResetMode::Idle, None) => ResetRule::Idle {
            minutes: IDLE_MINUTES,
        },
    }
}

/// How people see at once that their message is here.
pub(super) fn ack(config: &Config) -> AckReaction {
    AckReaction {
        emoji: config.messages.ack_reaction.clone(),
        scope: config.messages.ack_reaction_scope.scope(),
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

#[cfg(test)]
mod tests {
    use tidegate_engine::AckScope;

    use super::*;

    #[test]
    fn the_reaction_on_messages_is_as_it_is_written() {
        let read = |text: &str| {
            let judged = crate::config::file::judge(text);
            let ack = judged.config.as_ref().map(ack);
            ack.unwrap_or_else(|| panic!("{text}: {:?}", judged.errors))
        };
        assert_eq!(read("{ messages: {} }"), AckReaction::default());
        let on = |emoji: &str, scope| AckReaction {
            emoji: Some(emoji.into()),
            scope,
        };
        let plain = read("{ messages: { ackReaction: \"👀\" } }");
        assert_eq!(plain, on("👀", AckScope::GroupMentions));
        for (word, scope) in [
            ("group-mentions", AckScope::GroupMentions),
            ("all", AckScope::All),
            ("direct", AckScope::Direct),
            ("off", AckScope::Off),
        ] {
            let text =
                format!("{{ messages: {{ ackReaction: \"👀\", ackReactionScope: \"{word}\" }} }}");
            assert_eq!(read(&text), on("👀", scope));
        }
    }

    fn rule_of(text: &str) -> ResetRule {
        rule(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn an_explicit_silence_holds_beside_the_hour() {
        let rules = [
            ("{}", ResetRule::Daily { at_hour: 4 }),
            (
                r#"{ "atHour": 5, "idleMinutes": 30 }"#,
                ResetRule::DailyOrIdle {
                    at_hour: 5,
                    minutes: 30,
                },
            ),
            (r#"{ "mode": "idle" }"#, ResetRule::Idle { minutes: 60 }),
            (
                r#"{ "mode": "idle", "idleMinutes": 5 }"#,
                ResetRule::Idle { minutes: 5 },
            ),
            (r#"{ "mode": "never", "idleMinutes": 5 }"#, ResetRule::Never),
        ];
        for (text, rule) in rules {
            assert_eq!(rule_of(text), rule, "{text}");
        }
    }
}
