//! An account on its way into the configuration. Nothing is written before the network said who we
//! are there.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_channels::network::{Network, Way};
use tidegate_core::Secret;
use tidegate_core::channel::Identity;

use super::secrets::{Given, Wanted};
use crate::args::{AccountArgs, Globals};
use crate::compose::networks::{NETWORKS, network};
use crate::compose::probe::{API_ROOT, probe_channel};
use crate::config::accounts::{AccountConfig, DEFAULT_ACCOUNT, accounts};
use crate::config::edit::Edit;
use crate::config::env::Environment;
use crate::config::secrets::resolve;
use crate::config::{FileState, Loaded, Overrides, load};
use crate::exit::Exit;
use crate::output::{Failure, Screen, clean, with_spinner};
use crate::state_dir;

/// Keys that hold no secret, with what they are to be.
pub(super) type Values = BTreeMap<&'static str, String>;

/// Finds a network by its word.
pub(super) fn known(channel: &str) -> Result<&'static dyn Network, Failure> {
    network(channel).ok_or_else(|| {
        let all: Vec<&str> = NETWORKS.iter().map(|network| network.id()).collect();
        let what = format!("this program knows no network {channel:?}");
        Failure::new(Exit::Usage, what).next(format!("it knows {}", all.join(", ")))
    })
}

/// The configuration as it is in the file; it must be a good one.
pub(super) fn loaded(globals: &Globals) -> anyhow::Result<Loaded> {
    let loaded = load(&Overrides {
        profile: globals.profile.clone(),
        ..Overrides::default()
    })?;
    if matches!(loaded.source, FileState::LastKnownGood { .. }) {
        let what = format!("{} is invalid as it is", loaded.config_path.display());
        let next = "mend it first: tidegate config validate";
        return Err(Failure::new(Exit::Config, what).next(next).into());
    }
    Ok(loaded)
}

/// The account in the configuration.
pub(super) fn find(loaded: &Loaded, channel: &str, account: &str) -> Option<AccountConfig> {
    let config = loaded.config.channels.get(channel)?;
    let mut all = accounts(channel, config).into_iter();
    all.find(|one| one.id == account)
}

/// An account, and the configuration that it stands or shall stand in.
pub(super) struct Account {
    pub(super) screen: Screen,
    pub(super) network: &'static dyn Network,
    /// What is said of it already.
    pub(super) there: Option<AccountConfig>,
    id: String,
    loaded: Loaded,
}

impl Account {
    pub(super) fn new(args: &AccountArgs, globals: &Globals) -> anyhow::Result<Self> {
        let network = known(&args.channel)?;
        if !tidegate_core::session::is_agent_id(&args.account) {
            let what = "--account: a lower-case letter or digit first, then letters, digits, _ and -, at most 64";
            return Err(Failure::new(Exit::Usage, what).into());
        }
        let loaded = loaded(globals)?;
        Ok(Self {
            screen: Screen::new(globals),
            network,
            id: args.account.clone(),
            there: find(&loaded, network.id(), &args.account),
            loaded,
        })
    }

    pub(super) fn named(&self) -> String {
        match self.id.as_str() {
            DEFAULT_ACCOUNT => self.network.label().to_owned(),
            account => format!("{} ({account})", self.network.label()),
        }
    }

    /// Where the account stands in the file, or shall stand.
    fn path(&self) -> String {
        let id = self.network.id();
        match (&self.there, self.id.as_str()) {
            (Some(account), _) => account.path.clone(),
            (None, DEFAULT_ACCOUNT) => format!("channels.{id}"),
            (None, account) => format!("channels.{id}.accounts.{account}"),
        }
    }

    /// Whether a key is set.
    pub(super) fn has(&self, key: &str) -> bool {
        let there = self.there.as_ref();
        there.is_some_and(|there| there.config.has(key))
    }

    /// Whether any secret is set.
    pub(super) fn has_credential(&self) -> bool {
        let there = self.there.as_ref();
        there.is_some_and(|there| there.config.has_credential())
    }

    /// The secrets that a way takes.
    pub(super) fn wanted<'a>(&'a self, way: &'a Way, ask: bool) -> Wanted<'a> {
        Wanted {
            network: self.network,
            way,
            account: &self.id,
            ask,
            state_dir: &self.loaded.state_dir,
        }
    }

    /// Asks the network, keeps the secrets, writes the configuration.
    pub(super) async fn connect(
        &self,
        values: &Values,
        given: &[Given],
        timeout_ms: u64,
    ) -> anyhow::Result<Exit> {
        let who = self.ask_network(values, given, timeout_ms).await?;
        state_dir::prepare(&self.loaded.state_dir)?;
        let edit = Edit::open(&self.loaded.config_path)?;
        let path = self.path();
        let set = |key: &str, value: &Value| {
            let keys: Vec<&str> = path.split('.').chain([key]).collect();
            edit.set(&keys, value);
        };
        for (key, value) in values {
            set(key, &json!(value));
        }
        for secret in given {
            set(secret.key, &serde_json::to_value(secret.reference())?);
        }
        keep_all(given, || Ok(edit.save()?))?;
        self.tell(&who)?;
        Ok(Exit::Done)
    }

    async fn ask_network(
        &self,
        values: &Values,
        given: &[Given],
        timeout_ms: u64,
    ) -> anyhow::Result<Identity> {
        let mut all = self.configured_values();
        all.extend(
            values
                .iter()
                .map(|(key, set)| ((*key).to_owned(), set.clone())),
        );
        let mut secrets = self.configured_secrets();
        let given = given.iter();
        secrets.extend(given.map(|one| (one.key.to_owned(), one.secret.clone())));
        let within = Duration::from_millis(timeout_ms);
        let asking = probe_channel(self.network, &self.id, secrets, all, within);
        let words = format!("asking {} who we are there", self.network.label());
        let who = with_spinner(&self.screen, &words, asking).await;
        who.map_err(|failure| failure.next("nothing was written; try again").into())
    }

    /// Keys without a secret that are set already; a new account has the channel's address of the
    /// API.
    fn configured_values(&self) -> BTreeMap<String, String> {
        if let Some(there) = &self.there {
            let set = there.config.values().into_iter();
            let set = set.filter_map(|(key, value)| Some((key.to_owned(), value?.clone())));
            return set.collect();
        }
        let channel = self.loaded.config.channels.get(self.network.id());
        let root = channel.and_then(|channel| channel.api_root.clone());
        root.map(|root| (API_ROOT.to_owned(), root))
            .into_iter()
            .collect()
    }

    /// Secrets that are set already, as far as they can be had.
    fn configured_secrets(&self) -> BTreeMap<String, Secret<String>> {
        let Some(there) = &self.there else {
            return BTreeMap::new();
        };
        let env = Environment::of_process();
        let had = there.config.secrets().into_iter().filter_map(|(key, set)| {
            let secret = resolve(&format!("{}.{key}", there.path), set?, &env).ok()?;
            Some((key.to_owned(), secret))
        });
        had.collect()
    }

    fn tell(&self, who: &Identity) -> anyhow::Result<()> {
        if self.screen.json {
            let told = json!({
                "channel": self.network.id(),
                "accountId": self.id,
                "bot": { "id": who.id, "username": who.handle, "name": who.name },
                "notes": who.notes,
                "config": self.loaded.config_path,
            });
            self.screen.say(&told.to_string())?;
            return Ok(());
        }
        let handle = who.handle.as_deref().or(who.name.as_deref());
        self.screen.say(&format!(
            "{} knows us as {}; noted in {}",
            self.named(),
            clean(handle.unwrap_or(&who.id)),
            self.loaded.config_path.display()
        ))?;
        for note in &who.notes {
            self.screen.note(&format!("▲ {}", clean(note)));
        }
        self.screen.note(&self.screen.here(
            "Restart the gateway, then write to it there: strangers get a code for `tidegate pairing approve`.",
        ));
        Ok(())
    }
}

/// Writes the files, then does the rest; if that fails, files that were not there before go again.
fn keep_all(given: &[Given], then: impl FnOnce() -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut made: Vec<PathBuf> = Vec::new();
    let done = (|| {
        for secret in given {
            made.extend(secret.keep()?.map(PathBuf::from));
        }
        then()
    })();
    if done.is_err() {
        for path in &made {
            let _ = std::fs::remove_file(path);
        }
    }
    done
}
