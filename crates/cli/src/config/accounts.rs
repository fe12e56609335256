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

/// Rules pass from the channel to its accounts; names, credentials and addresses of ours do not. Every
/// key is named here, so that a new one cannot be forgotten.
fn inherit(channel: &ChannelConfig, own: &AccountKeys) -> AccountKeys {
    let AccountKeys {
        enabled,
        required,
        name: _,
        bot_token: _,
        token: _,
        app_token: _,
        signing_secret: _,
        api_root,
        local_files,
        webhook_url: _,
        webhook_secret: _,
        dm_policy,
        allow_from,
        group_policy,
        group_allow_from,
        groups,
        require_mention,
        owner_allow_from,
        allow_bots,
        streaming,
    } = channel.own();
    let own = own.clone();
    AccountKeys {
        // A channel that is off is off with all its accounts.
        enabled: enabled.filter(|on| !on).or(own.enabled),
        required: own.required.or(required),
        name: own.name,
        bot_token: own.bot_token,
        token: own.token,
        app_token: own.app_token,
        signing_secret: own.signing_secret,
        // A folder belongs to its server.
        local_files: own
            .local_files
            .or(local_files.filter(|_| own.api_root.is_none())),
        api_root: own.api_root.or(api_root),
        webhook_url: own.webhook_url,
        webhook_secret: own.webhook_secret,
        dm_policy: own.dm_policy.or(dm_policy),
        allow_from: own.allow_from.or(allow_from),
        group_policy: own.group_policy.or(group_policy),
        group_allow_from: own.group_allow_from.or(group_allow_from),
        groups: own.groups.or(groups),
        require_mention: own.require_mention.or(require_mention),
        owner_allow_from: own.owner_allow_from.or(owner_allow_from),
        allow_bots: own.allow_bots.or(allow_bots),
        streaming: own.streaming.or(streaming),
    }
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
    pub(crate) fn values(&self) -> [(&'static str, Option<&String>); 3] {
        [
            ("apiRoot", self.api_root.as_ref()),
            ("localFiles", self.local_files.as_ref()),
            ("webhookUrl", self.webhook_url.as_ref()),
        ]
    }

    /// Whether any secret is set.
    pub(crate) fn has_credential(&self) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_server_passes_with_it_and_not_to_another() {
        let config: ChannelConfig = serde_json::from_str(
            r#"{
                "apiRoot": "http://127.0.0.1:8081",
                "localFiles": "/var/lib/bot-api",
                "accounts": { "same": {}, "other": { "apiRoot": "http://127.0.0.1:8082" } }
            }"#,
        )
        .unwrap();
        let accounts = accounts("net", &config);
        let of = |id: &str| &accounts.iter().find(|it| it.id == id).unwrap().config;
        let folder = of("same").local_files.as_deref();
        assert_eq!(folder, Some("/var/lib/bot-api"));
        assert!(of("same").has("localFiles"));
        assert_eq!(of("other").local_files, None);
    }
}
