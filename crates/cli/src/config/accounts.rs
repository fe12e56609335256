//! The accounts of a channel: each with what holds for it, written out.

use super::model_channels::{AccountKeys, ChannelConfig};
use super::secret_ref::SecretRef;

/// The account that stands beside `accounts`.
pub(crate) const DEFAULT_ACCOUNT: &str = "default";

/// One account with everything that holds for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AccountConfig {
    /// Its id.
    pub(crate) id: String,
    /// Where it stands in the file, for messages.
    pub(crate) path: String,
    /// What holds for it.
    pub(crate) config: AccountKeys,
}

/// The accounts of a channel: the one beside `accounts` if it has a credential or if there is no
/// other, then the named ones.
pub(crate) fn accounts(channel: &str, config: &ChannelConfig) -> Vec<AccountConfig> {
    let path = format!("channels.{channel}");
    let named = config.accounts.iter().map(|(id, own)| AccountConfig {
        id: id.clone(),
        path: format!("{path}.accounts.{id}"),
        config: inherit(config, own),
    });
    let mut list: Vec<_> = named.collect();
    let alone = list.is_empty();
    let has_default = list.iter().any(|account| account.id == DEFAULT_ACCOUNT);
    if (alone || config.own().has_credential()) && !has_default {
        list.insert(
            0,
            AccountConfig {
                id: DEFAULT_ACCOUNT.to_owned(),
                path,
                config: config.own(),
            },
        );
    }
    list
}

/// Rules pass from the channel to its accounts; credentials and addresses do not.
fn inherit(channel: &ChannelConfig, own: &AccountKeys) -> AccountKeys {
    let mut config = own.clone();
    // A channel that is off is off with all its accounts.
    if channel.enabled == Some(false) {
        config.enabled = Some(false);
    }
    config.required = config.required.or(channel.required);
    config.api_root = config.api_root.or_else(|| channel.api_root.clone());
    config.dm_policy = config.dm_policy.or(channel.dm_policy);
    config.allow_from = config.allow_from.or_else(|| channel.allow_from.clone());
    config.group_policy = config.group_policy.or(channel.group_policy);
    config.group_allow_from = config
        .group_allow_from
        .or_else(|| channel.group_allow_from.clone());
    config.groups = config.groups.or_else(|| channel.groups.clone());
    config.require_mention = config.require_mention.or(channel.require_mention);
    config.owner_allow_from = config
        .owner_allow_from
        .or_else(|| channel.owner_allow_from.clone());
    config.allow_bots = config.allow_bots.or(channel.allow_bots);
    config.streaming = config.streaming.or(channel.streaming);
    config
}

impl AccountKeys {
    /// The keys that hold secrets, with what is set.
    pub(crate) fn secrets(&self) -> [(&'static str, Option<&SecretRef>); 5] {
        [
            ("botToken", self.bot_token.as_ref()),
            ("token", self.token.as_ref()),
            ("appToken", self.app_token.as_ref()),
            ("signingSecret", self.signing_secret.as_ref()),
            ("webhookSecret", self.webhook_secret.as_ref()),
        ]
    }

    /// The keys of a network that hold no secret, with what is set.
    pub(crate) fn values(&self) -> [(&'static str, Option<&String>); 2] {
        [
            ("apiRoot", self.api_root.as_ref()),
            ("webhookUrl", self.webhook_url.as_ref()),
        ]
    }

    fn has_credential(&self) -> bool {
        self.secrets().iter().any(|(_, secret)| secret.is_some())
    }

    /// Whether a key of a network is set.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.secrets()
            .iter()
            .any(|(name, secret)| *name == key && secret.is_some())
            || self
                .values()
                .iter()
                .any(|(name, value)| *name == key && value.is_some())
    }
}
