//! The keys `channels`, `bindings` and `notices`.
//!
//! One form for every network: which of the keys a network reads, and how its ids look, is said in
//! `compose/channels`, which refuses the others.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::secret_ref::SecretRef;

/// Writes a section with the keys of an account, which a channel has too: serde's `flatten` would
/// take unknown keys.
macro_rules! with_account_keys {
    ($(#[$meta:meta])* $name:ident { $($more:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "camelCase", deny_unknown_fields, default)]
        pub(crate) struct $name {
            /// Whether it is used. Default true. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) enabled: Option<bool>,
            /// Whether `/readyz` says no while it does not work. Default false. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) required: Option<bool>,
            /// Its name for people. Default: the account's id. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(length(min = 1, max = 128))]
            pub(crate) name: Option<String>,
            /// The token of the bot. No default. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) bot_token: Option<SecretRef>,
            /// The token of the bot, on networks that call it just that. No default. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) token: Option<SecretRef>,
            /// The token of the app, for receiving over a socket. No default. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) app_token: Option<SecretRef>,
            /// The secret that signs what the network sends us. No default. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) signing_secret: Option<SecretRef>,
            /// Where the network's API is, for self-hosted servers. Default: the network's own. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(length(min = 1, max = 2048))]
            pub(crate) api_root: Option<String>,
            /// The working directory of the server at `apiRoot`, if that runs on this machine and hands out files by their path: an absolute path, and only files below it are taken. Default: none are. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(length(min = 1, max = 4096))]
            pub(crate) local_files: Option<String>,
            /// The address under which the network reaches this gateway's `/webhooks/…`; with it the network calls us. Default: we ask the network. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(length(min = 1, max = 2048))]
            pub(crate) webhook_url: Option<String>,
            /// The secret that the network shows with each call. No default. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) webhook_secret: Option<SecretRef>,
            /// Who may write to the agent directly. Default `pairing`. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) dm_policy: Option<DmPolicy>,
            /// Stable ids of people who may write directly; `*` is everybody. Default none. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(length(max = 1000))]
            pub(crate) allow_from: Option<Vec<String>>,
            /// Which groups the agent hears. Default `allowlist`. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) group_policy: Option<GroupPolicy>,
            /// Stable ids of people who may speak to the agent in groups; `*` is everybody. Default none. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(length(max = 1000))]
            pub(crate) group_allow_from: Option<Vec<String>>,
            /// Groups and rooms by their stable id; `*` is every other one. Default none. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) groups: Option<BTreeMap<String, GroupConfig>>,
            /// Whether the agent answers in groups only when it is mentioned or answered. Default true. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) require_mention: Option<bool>,
            /// Stable ids of people who may do what the owner's devices may, such as `/new`. They must be admitted as well. Default none. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            #[schemars(length(max = 100))]
            pub(crate) owner_allow_from: Option<Vec<String>>,
            /// Whether other programs are heard. Default false. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) allow_bots: Option<bool>,
            /// Whether an answer is shown while it is written. Default true. reload: restart.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub(crate) streaming: Option<bool>,
            $($more)*
        }
    };
}

with_account_keys! {
    /// One account of a chat network.
    AccountKeys {}
}

with_account_keys! {
    /// One chat network. What stands beside `accounts` holds for the account `default` and, where an account does not say otherwise, for the others.
    ChannelConfig {
        /// More accounts of the network, by a name of your choice. Default none. reload: restart.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        pub(crate) accounts: BTreeMap<String, AccountKeys>,
    }
}

impl ChannelConfig {
    /// The keys of the account that stands beside `accounts`.
    pub(crate) fn own(&self) -> AccountKeys {
        let own = self.clone();
        AccountKeys {
            enabled: own.enabled,
            required: own.required,
            name: own.name,
            bot_token: own.bot_token,
            token: own.token,
            app_token: own.app_token,
            signing_secret: own.signing_secret,
            api_root: own.api_root,
            local_files: own.local_files,
            webhook_url: own.webhook_url,
            webhook_secret: own.webhook_secret,
            dm_policy: own.dm_policy,
            allow_from: own.allow_from,
            group_policy: own.group_policy,
            group_allow_from: own.group_allow_from,
            groups: own.groups,
            require_mention: own.require_mention,
            owner_allow_from: own.owner_allow_from,
            allow_bots: own.allow_bots,
            streaming: own.streaming,
        }
    }
}

/// Who may write to the agent directly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DmPolicy {
    /// Whoever the owner lets in by a code, and `allowFrom`.
    #[default]
    Pairing,
    /// `allowFrom`.
    Allowlist,
    /// Everybody.
    Open,
    /// Nobody.
    Disabled,
}

impl DmPolicy {
    /// The word in the file.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pairing => "pairing",
            Self::Allowlist => "allowlist",
            Self::Open => "open",
            Self::Disabled => "disabled",
        }
    }
}

/// Which groups the agent hears.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum GroupPolicy {
    /// Those in `groups`, and there those in `groupAllowFrom`.
    #[default]
    Allowlist,
    /// All that it is in, and everybody there.
    Open,
    /// None.
    Disabled,
}

/// One group or room.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct GroupConfig {
    /// Whether it is heard. Default true. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<bool>,
    /// Whether the agent answers there only when it is mentioned or answered. Default: the account's `requireMention`. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) require_mention: Option<bool>,
    /// Stable ids of people who may speak to it there; `*` is everybody. Default: the account's `groupAllowFrom`. reload: restart.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1000))]
    pub(crate) allow_from: Option<Vec<String>>,
}

/// An agent for some conversations. The most exact one counts: peer, guild, team, account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BindingConfig {
    /// The agent, by its id. No default. reload: restart.
    #[schemars(length(min = 1, max = 64))]
    pub(crate) agent_id: String,
    /// For which conversations.
    #[serde(rename = "match")]
    pub(crate) matches: BindingMatch,
}

/// For which conversations; whatever is named must fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BindingMatch {
    /// The network, a key of `channels`. No default. reload: restart.
    #[schemars(length(min = 1, max = 64))]
    pub(crate) channel: String,
    /// The account; `*` is every one. Default `default`. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub(crate) account_id: Option<String>,
    /// The conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) peer: Option<BindingPeer>,
    /// The guild, by its stable id. Default: any. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub(crate) guild_id: Option<String>,
    /// The team, by its stable id. Default: any. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub(crate) team_id: Option<String>,
}

/// One conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BindingPeer {
    /// What kind it is. No default. reload: restart.
    pub(crate) kind: PeerKind,
    /// Its stable id. No default. reload: restart.
    #[schemars(length(min = 1, max = 256))]
    pub(crate) id: String,
}

/// What kind of conversation it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PeerKind {
    /// One person.
    Direct,
    /// The same as `direct`.
    Dm,
    /// A group.
    Group,
    /// A room of a server or workspace.
    Channel,
}

/// Where the owner is told that a channel died, beside the main conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct NoticesConfig {
    /// Direct chats, on any network. Default none. reload: restart.
    #[schemars(length(max = 16))]
    pub(crate) to: Vec<NoticeTarget>,
}

impl NoticesConfig {
    /// Whether nobody is told anywhere else.
    pub(crate) const fn is_empty(&self) -> bool {
        self.to.is_empty()
    }
}

/// One direct chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NoticeTarget {
    /// The network, a key of `channels`. No default. reload: restart.
    #[schemars(length(min = 1, max = 64))]
    pub(crate) channel: String,
    /// The account. Default `default`. reload: restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub(crate) account_id: Option<String>,
    /// The chat's stable id. No default. reload: restart.
    #[schemars(length(min = 1, max = 256))]
    pub(crate) to: String,
}
