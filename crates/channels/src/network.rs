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
    /// Whether it is a secret.
    pub secret: bool,
}

/// A way in which a network's events reach us, with what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// Its word: `polling`, `socket` or `webhook`.
    pub mode: &'static str,
    /// The names of the keys without which it does not work.
    pub keys: &'static [&'static str],
}

/// A way beside the usual one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherWay {
    /// Whoever sets this key means this way.
    pub chosen_by: &'static str,
    /// The way.
    pub way: Way,
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
    /// Whether all that a way takes is there.
    pub fn is_complete(&self, way: &Way) -> bool {
        let has = |key: &str| self.secrets.contains_key(key) || self.values.contains_key(key);
        way.keys.iter().all(|key| has(key))
    }

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

    /// The keys that it reads beside those of every network, its main secret first.
    fn keys(&self) -> &'static [Key];

    /// How we are reached if nothing is said about it.
    fn usual_way(&self) -> &'static Way;

    /// How else we can be reached.
    fn other_ways(&self) -> &'static [OtherWay] {
        &[]
    }

    /// All ways, the usual one first.
    fn ways(&self) -> Vec<&'static Way> {
        let others = self.other_ways().iter().map(|other| &other.way);
        std::iter::once(self.usual_way()).chain(others).collect()
    }

    /// The way that is meant by whoever has set these keys, be they all or not.
    fn way(&self, has: &dyn Fn(&str) -> bool) -> &'static Way {
        let mut others = self.other_ways().iter();
        let meant = others.find(|other| has(other.chosen_by));
        meant.map_or(self.usual_way(), |other| &other.way)
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(all(feature = "telegram", feature = "discord", feature = "slack"))]
    #[test]
    fn every_way_goes_by_keys_that_the_network_has() {
        let networks: [&dyn Network; 3] = [
            &crate::telegram::TelegramNetwork,
            &crate::discord::DiscordNetwork,
            &crate::slack::SlackNetwork,
        ];
        for network in networks {
            let key = |name: &str| network.keys().iter().find(|key| key.name == name);
            assert!(network.keys().first().is_some_and(|main| main.secret));
            for way in network.ways() {
                let secret = way.keys.iter().any(|name| key(name).unwrap().secret);
                assert!(secret, "{} {}", network.id(), way.mode);
                let all = |name: &str| way.keys.contains(&name);
                assert_eq!(network.way(&all), way, "{}", network.id());
            }
            for other in network.other_ways() {
                assert!(other.way.keys.contains(&other.chosen_by));
                assert!(!network.usual_way().keys.contains(&other.chosen_by));
            }
        }
    }
}
