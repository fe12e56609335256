//! The configured accounts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use jiff::tz::TimeZone;
use tidegate_core::access::AccessRules;
use tidegate_core::channel::{AccountKey, Channel, Claims, Inbound, Target};
use tidegate_core::files::FileSource;
use tidegate_core::freshness::{ResetRule, ResetRules};
use tidegate_core::routing::{DmScope, Route, Routing};
use tidegate_core::{Clock, SessionNames};
use tokio::sync::Notify;

use super::no_files::NoFiles;
use super::{Ledger, Places, Tally};
use crate::delivery::{AckReaction, Desk};

/// One configured account.
pub struct AccountSettings {
    /// The network's half.
    pub channel: Arc<dyn Channel>,
    /// Who may speak through it.
    pub rules: AccessRules,
    /// Whether the gateway is not ready without it.
    pub required: bool,
    /// Whether answers are shown while they are written, where the network allows it.
    pub drafts: bool,
    /// What people are told about it.
    pub facts: AccountFacts,
}

/// What people are told about an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountFacts {
    /// Its name in the configuration.
    pub name: Option<String>,
    /// Whether it is switched on; one that is not is never started.
    pub enabled: bool,
    /// Whether its credential could be had.
    pub configured: bool,
    /// How the network reaches us, in its own word: `polling`, `webhook`, `socket`.
    pub mode: String,
    /// The policy for direct chats, as the configuration writes it.
    pub dm_policy: String,
    /// The list for direct chats, as the configuration writes it.
    pub allow_from: Vec<String>,
    /// Where the credential came from: `env`, `file`, `exec`, `config`.
    pub token_source: Option<String>,
    /// A file that holds the credential and is ours to delete at a log-out.
    pub token_file: Option<PathBuf>,
}

/// What the engine must know of chat networks.
pub struct NetworkSettings {
    /// The accounts.
    pub accounts: Vec<AccountSettings>,
    /// Which agent and session a message is for.
    pub routing: Routing,
    /// When conversations are over.
    pub resets: ResetRules,
    /// Finds the zone of the host, by whose days they are; asked when a conversation may be over.
    pub zone: fn() -> TimeZone,
    /// Where accounts are claimed; none in tests without a host.
    pub claims: Option<Arc<dyn Claims>>,
    /// Where files of messages lie; made when it is needed.
    pub files: PathBuf,
    /// Gives out files that are to be sent, by their links.
    pub source: Arc<dyn FileSource>,
    /// Where the owner is told that an account died, beside the main session.
    pub notices: Vec<Target>,
    /// How people see at once that their message is here.
    pub ack: AckReaction,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            accounts: Vec::new(),
            routing: Routing::default(),
            resets: ResetRules {
                direct: ResetRule::Never,
                group: ResetRule::Never,
                thread: ResetRule::Never,
            },
            zone: || TimeZone::UTC,
            claims: None,
            files: PathBuf::new(),
            source: Arc::new(NoFiles),
            notices: Vec::new(),
            ack: AckReaction::default(),
        }
    }
}

/// One account at work.
pub(crate) struct Account {
    pub(crate) key: AccountKey,
    pub(crate) channel: Arc<dyn Channel>,
    rules: RwLock<AccessRules>,
    pub(crate) required: bool,
    pub(crate) drafts: bool,
    pub(crate) ledger: Ledger,
    pub(crate) tally: Tally,
    pub(crate) facts: AccountFacts,
    /// Signed out by the owner: stays so until a restart.
    pub(crate) signed_out: AtomicBool,
    /// What everything that sends through it shares.
    pub(crate) desk: Desk,
    /// Where its conversations are now.
    pub(crate) places: Places,
    /// The connection is to be given up.
    pub(crate) leave: Notify,
    /// Something may be sent.
    pub(crate) outbox: Notify,
    /// A person wants another try now.
    pub(crate) again: Notify,
}

impl Account {
    /// Who may speak through it.
    pub(crate) fn rules(&self) -> RwLockReadGuard<'_, AccessRules> {
        self.rules.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether anything may come in through it.
    pub(crate) fn is_open(&self) -> bool {
        self.facts.enabled && !self.is_signed_out()
    }

    /// Whether the owner signed it out.
    pub(crate) fn is_signed_out(&self) -> bool {
        self.signed_out.load(Ordering::Acquire)
    }
}

/// Every account, by its name.
pub(crate) struct Accounts {
    list: BTreeMap<AccountKey, Arc<Account>>,
    routing: RwLock<Routing>,
    pub(crate) resets: ResetRules,
    pub(crate) zone: fn() -> TimeZone,
    pub(crate) claims: Option<Arc<dyn Claims>>,
    pub(crate) files: PathBuf,
    pub(crate) source: Arc<dyn FileSource>,
    pub(crate) notices: Vec<Target>,
    pub(crate) ack: AckReaction,
}

impl Accounts {
    pub(crate) fn new(settings: NetworkSettings, clock: &Arc<dyn Clock>) -> Self {
        let list = settings.accounts.into_iter().map(|account| {
            let key = account.channel.account().clone();
            let can = account.channel.capabilities();
            let (proof_every, rates) = (can.proof_every, can.rates);
            let account = Account {
                key: key.clone(),
                channel: account.channel,
                rules: RwLock::new(account.rules),
                required: account.required,
                drafts: account.drafts,
                ledger: Ledger::new(Arc::clone(clock), proof_every),
                tally: Tally::default(),
                desk: Desk::new(rates),
                places: Places::default(),
                facts: account.facts,
                signed_out: AtomicBool::new(false),
                leave: Notify::new(),
                outbox: Notify::new(),
                again: Notify::new(),
            };
            (key, Arc::new(account))
        });
        Self {
            list: list.collect(),
            routing: RwLock::new(settings.routing),
            resets: settings.resets,
            zone: settings.zone,
            claims: settings.claims,
            files: settings.files,
            source: settings.source,
            notices: settings.notices,
            ack: settings.ack,
        }
    }

    pub(crate) fn get(&self, key: &AccountKey) -> Option<&Arc<Account>> {
        self.list.get(key)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Account>> {
        self.list.values()
    }

    /// Whether the direct chats of everybody who is let in are the agent's main session.
    pub(crate) fn main_is_shared(&self) -> bool {
        let routing = self.routing.read().unwrap_or_else(PoisonError::into_inner);
        routing.dm_scope == DmScope::Main && !self.list.is_empty()
    }

    /// Where an event of an account belongs.
    pub(crate) fn route(
        &self,
        names: &SessionNames,
        account: &Account,
        event: &Inbound,
        owner: bool,
    ) -> Route {
        let routing = self.routing.read().unwrap_or_else(PoisonError::into_inner);
        routing.route(names, &account.key, event, owner)
    }

    /// A conversation has another id: whatever is said about the old one holds for the new one.
    pub(crate) fn moved(&self, account: &Account, from: &str, to: &str) {
        account.places.moved(from, to);
        let mut rules = account
            .rules
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        rules.moved(from, to);
        let mut routing = self.routing.write().unwrap_or_else(PoisonError::into_inner);
        routing.moved(&account.key.channel, from, to);
    }
}
