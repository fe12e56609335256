//! Connecting an account, and giving one a new secret. Nothing is written before the network said
//! who we are there.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_channels::network::Network;
use tidegate_core::channel::Identity;

use super::secrets::{Given, collect, needed};
use crate::args::{AccountArgs, ChannelsAddArgs, ChannelsLoginArgs, Globals, SecretArgs};
use crate::compose::networks::{NETWORKS, network};
use crate::compose::probe::{API_ROOT, probe_channel};
use crate::config::accounts::{AccountConfig, DEFAULT_ACCOUNT, accounts};
use crate::config::edit::Edit;
use crate::config::{FileState, Loaded, Overrides, load};
use crate::exit::Exit;
use crate::output::{Failure, Screen, clean, with_spinner};
use crate::state_dir;

pub(crate) async fn add(args: &ChannelsAddArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let work = Work::new(&args.account, globals)?;
    if let Some(account) = &work.there
        && needed(work.network).any(|key| account.config.has(key.name))
    {
        let next = "give it a new secret with `tidegate channels login`, or name another account with --account";
        let what = format!("{} is connected already", work.named());
        return Err(Failure::new(Exit::Usage, what).next(next).into());
    }
    if args.api_root.is_some() && !work.network.keys().iter().any(|key| key.name == API_ROOT) {
        let what = format!(
            "{} is nowhere but where it is: --api-root",
            work.network.label()
        );
        return Err(Failure::new(Exit::Usage, what).into());
    }
    let name = args.name.as_deref().map(|name| ("name", name));
    let root = args.api_root.as_deref().map(|root| (API_ROOT, root));
    let values: Vec<_> = name.into_iter().chain(root).collect();
    work.connect(&args.secrets, &values).await
}

pub(crate) async fn login(args: &ChannelsLoginArgs, globals: &Globals) -> anyhow::Result<Exit> {
    let work = Work::new(&args.account, globals)?;
    if work.there.is_none() {
        let what = format!("{} is not in the configuration", work.named());
        let next = format!(
            "connect it with `tidegate channels add {}`",
            work.network.id()
        );
        return Err(Failure::new(Exit::Usage, what).next(next).into());
    }
    work.connect(&args.secrets, &[]).await
}

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
struct Work {
    screen: Screen,
    network: &'static dyn Network,
    account: String,
    loaded: Loaded,
    there: Option<AccountConfig>,
}

impl Work {
    fn new(args: &AccountArgs, globals: &Globals) -> anyhow::Result<Self> {
        let network = known(&args.channel)?;
        if !tidegate_core::session::is_agent_id(&args.account) {
            let what = "--account: a lower-case letter or digit first, then letters, digits, _ and -, at most 64";
            return Err(Failure::new(Exit::Usage, what).into());
        }
        let loaded = loaded(globals)?;
        Ok(Self {
            screen: Screen::new(globals),
            network,
            account: args.account.clone(),
            there: find(&loaded, network.id(), &args.account),
            loaded,
        })
    }

    fn named(&self) -> String {
        match self.account.as_str() {
            DEFAULT_ACCOUNT => self.network.label().to_owned(),
            account => format!("{} ({account})", self.network.label()),
        }
    }

    /// Where the account stands in the file, or shall stand.
    fn path(&self) -> String {
        let id = self.network.id();
        match (&self.there, self.account.as_str()) {
            (Some(account), _) => account.path.clone(),
            (None, DEFAULT_ACCOUNT) => format!("channels.{id}"),
            (None, account) => format!("channels.{id}.accounts.{account}"),
        }
    }

    /// Asks for the secrets, asks the network, keeps the secrets, writes the configuration.
    async fn connect(&self, args: &SecretArgs, values: &[(&str, &str)]) -> anyhow::Result<Exit> {
        let state_dir = &self.loaded.state_dir;
        let given = collect(self.network, &self.account, args, state_dir, &self.screen)?;
        let who = self.ask_network(&given, values, args).await?;
        state_dir::prepare(state_dir)?;
        let edit = Edit::open(&self.loaded.config_path)?;
        let path = self.path();
        let set = |key: &str, value: &Value| {
            let keys: Vec<&str> = path.split('.').chain([key]).collect();
            edit.set(&keys, value);
        };
        for (key, value) in values {
            set(key, &json!(value));
        }
        for secret in &given {
            set(secret.key, &serde_json::to_value(secret.reference())?);
        }
        keep_all(&given, || Ok(edit.save()?))?;
        self.tell(&who)?;
        Ok(Exit::Done)
    }

    async fn ask_network(
        &self,
        given: &[Given],
        values: &[(&str, &str)],
        args: &SecretArgs,
    ) -> anyhow::Result<Identity> {
        let channel = self.loaded.config.channels.get(self.network.id());
        let configured = match &self.there {
            Some(account) => account.config.api_root.as_deref(),
            None => channel.and_then(|channel| channel.api_root.as_deref()),
        };
        let asked = values.iter().find(|(key, _)| *key == API_ROOT);
        let root = asked.map(|(_, root)| *root).or(configured);
        let secrets = given.iter();
        let secrets = secrets.map(|one| (one.key.to_owned(), one.secret.clone()));
        let asking = probe_channel(
            self.network,
            &self.account,
            secrets.collect(),
            root,
            Duration::from_millis(args.timeout_ms),
        );
        let words = format!("asking {} who we are there", self.network.label());
        let who = with_spinner(&self.screen, &words, asking).await;
        who.map_err(|failure| failure.next("nothing was written; try again").into())
    }

    fn tell(&self, who: &Identity) -> anyhow::Result<()> {
        if self.screen.json {
            let told = json!({
                "channel": self.network.id(),
                "accountId": self.account,
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
        self.screen.note(
            "Restart the gateway, then write to it there: strangers get a code for `tidegate pairing approve`.",
        );
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
