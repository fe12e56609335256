//! What a network needs to know of its owner, as data: the keys of the configuration that it reads,
//! how its ids look, and how an account is opened. Commands, checks and composition go by it and
//! never by a network's name.

mod locked;

use std::collections::BTreeMap;
use std::sync::Arc;

use tidegate_core::channel::{AccountKey, Capabilities, Channel};
use tidegate_core::{Clock, Secret};

use crate::http::HttpClient;
pub use locked::Locked;

/// A key of an account's configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name in the configuration.
    pub name: &'static str,
    /// What a person is asked for.
    pub ask: &'static str,
    /// Whether there is no account without it.
    pub needed: bool,
    /// Whether it is a secret.
    pub secret: bool,
}

/// What an id in the configuration names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdOf {
    /// A person.
    Person,
    /// A group or room.
    Group,
}

/// An account to open.
pub struct Opening {
    /// Which.
    pub account: AccountKey,
    /// Values of the secret keys that could be had.
    pub secrets: BTreeMap<String, Secret<String>>,
    /// Values of the other keys that are set.
    pub values: BTreeMap<String, String>,
    /// The one client of all networks.
    pub http: HttpClient,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl Opening {
    /// A secret that must be there.
    ///
    /// # Errors
    /// It could not be had.
    pub fn secret(&self, key: &str) -> Result<Secret<String>, String> {
        self.secrets
            .get(key)
            .cloned()
            .ok_or_else(|| format!("{key} could not be had"))
    }
}

/// One network.
pub trait Network: Send + Sync {
    /// The family's word for it.
    fn id(&self) -> &'static str;

    /// Its name for people.
    fn label(&self) -> &'static str;

    /// The keys that it reads beside those of every network.
    fn keys(&self) -> &'static [Key];

    /// How we are reached with these keys set: `polling`, `socket` or `webhook`.
    fn mode(&self, has: &dyn Fn(&str) -> bool) -> &'static str;

    /// Why this cannot be the stable id of such a thing, if it cannot.
    fn wrong_id(&self, of: IdOf, id: &str) -> Option<&'static str>;

    /// What the network can do.
    fn capabilities(&self) -> Capabilities;

    /// Makes an account ready; nothing is dialled yet.
    ///
    /// # Errors
    /// What is wrong with the keys, a sentence for the owner.
    fn open(&self, opening: Opening) -> Result<Arc<dyn Channel>, String>;
}
