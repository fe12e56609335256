//! Accounts on chat networks, from the configuration.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tidegate_channels::http::HttpClient;
use tidegate_channels::network::{IdOf, Key, Locked, Network, Opening, Way};
use tidegate_core::Clock;
use tidegate_core::access::{AccessRules, AllowList, DmPolicy, EVERYBODY, GroupPolicy, GroupRules};
use tidegate_core::channel::{AccountKey, Channel};
use tidegate_engine::{AccountFacts, AccountSettings};

use super::networks::{NETWORKS, network};
use crate::config::accounts::{AccountConfig, accounts};
use crate::config::model_channels::{self, AccountKeys, ChannelConfig, GroupConfig};
use crate::config::secret_ref::SecretRef;
use crate::config::{Config, Loaded};
use crate::exit::Exit;
use crate::output::Failure;

/// Every account of the configuration. One whose credential could not be had waits for its owner.
///
/// # Errors
/// TLS cannot be set up.
pub(super) fn open(
    loaded: &Loaded,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<AccountSettings>, Failure> {
    if loaded.config.channels.is_empty() {
        return Ok(Vec::new());
    }
    let http = HttpClient::new().map_err(|error| Failure::new(Exit::Config, error.to_string()))?;
    let mut opened = Vec::new();
    for network in NETWORKS {
        let Some(config) = loaded.config.channels.get(network.id()) else {
            continue;
        };
        for account in accounts(network.id(), config) {
            let opening = opening(loaded, *network, &account, &http, clock);
            opened.push(settings(loaded, *network, &account, opening));
        }
    }
    Ok(opened)
}

/// What an account is opened with.
pub(super) fn opening(
    loaded: &Loaded,
    network: &dyn Network,
    account: &AccountConfig,
    http: &HttpClient,
    clock: &Arc<dyn Clock>,
) -> Opening {
    let secrets = account.config.secrets();
    let found = secrets.iter().filter_map(|(key, _)| {
        let secret = loaded
            .secrets
            .channels
            .get(&format!("{}.{key}", account.path));
        Some(((*key).to_owned(), secret?.clone()))
    });
    let values = account.config.values();
    let set = values
        .iter()
        .filter_map(|(key, value)| Some(((*key).to_owned(), (*value)?.clone())));
    Opening {
        account: AccountKey::new(network.id(), account.id.clone()),
        secrets: found.collect(),
        values: set.collect(),
        http: http.clone(),
        clock: Arc::clone(clock),
    }
}

fn settings(
    loaded: &Loaded,
    network: &dyn Network,
    account: &AccountConfig,
    opening: Opening,
) -> AccountSettings {
    let key = opening.account.clone();
    let way = network.way(&|key| account.config.has(key));
    let configured = opening.is_complete(way);
    let channel: Arc<dyn Channel> = match network.open(opening) {
        Ok(channel) => channel,
        Err(problem) => {
            let reason = match why_missing(loaded, account) {
                Some(why) => format!("{why}; mend it, then restart"),
                None => format!("{}: {problem}; mend it, then restart", account.path),
            };
            Arc::new(Locked::new(network, key, reason))
        }
    };
    let config = &account.config;
    AccountSettings {
        channel,
        rules: rules(config),
        required: config.required.unwrap_or(false),
        drafts: config.streaming.unwrap_or(true),
        facts: AccountFacts {
            name: config.name.clone(),
            enabled: config.enabled.unwrap_or(true),
            configured,
            mode: way.mode.to_owned(),
            dm_policy: config.dm_policy.unwrap_or_default().as_str().to_owned(),
            allow_from: config.allow_from.clone().unwrap_or_default(),
            ..credential(loaded, network, config)
        },
    }
}

/// Why a secret of the account could not be had, if one could not.
fn why_missing(loaded: &Loaded, account: &AccountConfig) -> Option<String> {
    let below = format!("{}.", account.path);
    let secrets = account.config.secrets();
    let found = loaded.warnings.iter().find(|warning| {
        let key = warning.path.strip_prefix(&below);
        key.is_some_and(|key| secrets.iter().any(|(name, _)| *name == key))
            && !loaded.secrets.channels.contains_key(&warning.path)
    })?;
    Some(format!("{}: {}", found.path, found.message))
}

/// Where the main credential comes from, and whether it is ours to delete.
fn credential(loaded: &Loaded, network: &dyn Network, config: &AccountKeys) -> AccountFacts {
    let secrets = config.secrets();
    let main = network.keys().iter().find(|key| key.secret);
    let reference = main.and_then(|key| {
        let found = secrets.iter().find(|(name, _)| *name == key.name);
        found.and_then(|(_, reference)| *reference)
    });
    let mut facts = AccountFacts::default();
    let (source, file) = match reference {
        None => return facts,
        Some(SecretRef::Plain(_)) => ("config", None),
        Some(SecretRef::Env(_)) => ("env", None),
        Some(SecretRef::Exec(_)) => ("exec", None),
        Some(SecretRef::File(path)) => ("file", Some(std::path::PathBuf::from(path))),
    };
    facts.token_source = Some(source.to_owned());
    facts.token_file = file.filter(|path| path.starts_with(loaded.state_dir.join("secrets")));
    facts
}

fn rules(config: &AccountKeys) -> AccessRules {
    let groups = config.groups.as_ref();
    AccessRules {
        dm_policy: match config.dm_policy.unwrap_or_default() {
            model_channels::DmPolicy::Pairing => DmPolicy::Pairing,
            model_channels::DmPolicy::Allowlist => DmPolicy::Allowlist,
            model_channels::DmPolicy::Open => DmPolicy::Open,
            model_channels::DmPolicy::Disabled => DmPolicy::Disabled,
        },
        allow_from: list(config.allow_from.as_ref()),
        group_policy: match config.group_policy.unwrap_or_default() {
            model_channels::GroupPolicy::Allowlist => GroupPolicy::Allowlist,
            model_channels::GroupPolicy::Open => GroupPolicy::Open,
            model_channels::GroupPolicy::Disabled => GroupPolicy::Disabled,
        },
        group_allow_from: list(config.group_allow_from.as_ref()),
        groups: groups
            .into_iter()
            .flatten()
            .map(|(id, group)| (id.clone(), group_rules(group)))
            .collect(),
        require_mention: config.require_mention.unwrap_or(true),
        owners: list(config.owner_allow_from.as_ref()),
        allow_bots: config.allow_bots.unwrap_or(false),
    }
}

fn list(ids: Option<&Vec<String>>) -> AllowList {
    AllowList::new(ids.into_iter().flatten().cloned())
}

fn group_rules(group: &GroupConfig) -> GroupRules {
    GroupRules {
        disabled: group.enabled == Some(false),
        require_mention: group.require_mention,
        allow_from: group.allow_from.as_ref().map(|ids| list(Some(ids))),
    }
}

/// What is wrong with the channels of a configuration: each as a path and what it is.
pub(crate) fn broken(config: &Config) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (id, channel) in &config.channels {
        let path = format!("channels.{id}");
        let Some(network) = network(id) else {
            let known: Vec<_> = NETWORKS.iter().map(|network| network.id()).collect();
            let known = known.join(", ");
            found.push((
                path,
                format!("this program has no such network (it has: {known})"),
            ));
            continue;
        };
        for (name, account) in &channel.accounts {
            let path = format!("{path}.accounts.{name}");
            if !tidegate_core::session::is_agent_id(name) {
                let form = "a lower-case letter or digit first, then letters, digits, _ and -";
                found.push((path.clone(), form.into()));
            }
            keys(network, account, &path, &mut found);
            ids(network, account, &path, &mut found);
        }
        let own = channel.own();
        keys(network, &own, &path, &mut found);
        ids(network, &own, &path, &mut found);
        complete(network, id, channel, &mut found);
    }
    found
}

type Found = Vec<(String, String)>;

/// A key that the network does not read is a mistake, not a wish.
fn keys(network: &dyn Network, config: &AccountKeys, path: &str, found: &mut Found) {
    let read: BTreeSet<_> = network.keys().iter().map(|key| key.name).collect();
    let secrets = config.secrets().map(|(key, set)| (key, set.is_some()));
    let values = config.values().map(|(key, set)| (key, set.is_some()));
    for (key, _) in secrets.into_iter().chain(values).filter(|(_, set)| *set) {
        if !read.contains(key) {
            let read: Vec<_> = read.iter().copied().collect();
            let message = format!(
                "{} does not read this key; it reads {}",
                network.label(),
                read.join(", ")
            );
            found.push((format!("{path}.{key}"), message));
        }
    }
}

/// An account that is used must have all that one way to be reached takes.
fn complete(network: &dyn Network, id: &str, config: &ChannelConfig, found: &mut Found) {
    for account in accounts(id, config) {
        if account.config.enabled == Some(false) {
            continue;
        }
        let has = |key: &str| account.config.has(key);
        let way = network.way(&has);
        let missing = |key: &&Key| way.keys.contains(&key.name) && !has(key.name);
        for key in network.keys().iter().filter(missing) {
            let message = format!(
                "missing: {} by {} needs {}{}",
                network.label(),
                way.mode,
                key.ask,
                others(network, way)
            );
            found.push((format!("{}.{}", account.path, key.name), message));
        }
    }
}

/// What could be set instead.
fn others(network: &dyn Network, than: &Way) -> String {
    let ways = network.ways().into_iter().filter(|way| *way != than);
    let said: Vec<_> = ways
        .map(|way| format!("; or, by {}: {}", way.mode, way.keys.join(", ")))
        .collect();
    said.concat()
}

/// Only ids that the network never gives to somebody else may admit anybody (SECURITY T26).
fn ids(network: &dyn Network, config: &AccountKeys, path: &str, found: &mut Found) {
    let mut check = |of: IdOf, path: String, id: &str| {
        if id == EVERYBODY {
            return;
        }
        if let Some(wrong) = network.wrong_id(of, id) {
            found.push((path, wrong.to_owned()));
        }
    };
    let lists = [
        ("allowFrom", &config.allow_from),
        ("groupAllowFrom", &config.group_allow_from),
        ("ownerAllowFrom", &config.owner_allow_from),
    ];
    for (key, ids) in lists {
        for (i, id) in ids.iter().flatten().enumerate() {
            check(IdOf::Person, format!("{path}.{key}.{i}"), id);
        }
    }
    let groups: BTreeMap<_, _> = config.groups.iter().flatten().collect();
    for (id, group) in groups {
        check(IdOf::Group, format!("{path}.groups.{id}"), id);
        for (i, person) in group.allow_from.iter().flatten().enumerate() {
            check(
                IdOf::Person,
                format!("{path}.groups.{id}.allowFrom.{i}"),
                person,
            );
        }
    }
    let mut owners = config.owner_allow_from.iter().flatten();
    if owners.any(|id| id == EVERYBODY) {
        let message = "not everybody can be the owner: name stable ids";
        found.push((format!("{path}.ownerAllowFrom"), message.into()));
    }
}
