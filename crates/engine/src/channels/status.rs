//! How the accounts are, for whoever asks.

use tidegate_core::channel::{AccountKey, AccountState, Identity};
use tidegate_core::store::AccountLoad;

use super::{Account, AccountFacts, Probed};
use crate::{Engine, EngineError};

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange {
    /// When, in Unix milliseconds.
    pub at_ms: u64,
    /// To which.
    pub state: AccountState,
}

/// How an account is, for whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountStatus {
    /// Which.
    pub key: AccountKey,
    /// The network's name for people.
    pub label: &'static str,
    /// Whether the gateway is not ready without it.
    pub required: bool,
    /// How it is.
    pub state: AccountState,
    /// Since when, in Unix milliseconds.
    pub since_ms: u64,
    /// Who we are there, once the network said it.
    pub identity: Option<Identity>,
    /// Tries since it last worked.
    pub attempts: u32,
    /// When the way in last proved itself, in Unix milliseconds.
    pub last_proof_ms: Option<u64>,
    /// When an admitted event was last stored, in Unix milliseconds.
    pub last_inbound_ms: Option<u64>,
    /// When the network last took something, in Unix milliseconds.
    pub last_outbound_ms: Option<u64>,
    /// When it was last started, in Unix milliseconds.
    pub last_start_ms: Option<u64>,
    /// What last went wrong, and when in Unix milliseconds.
    pub last_error: Option<(u64, String)>,
    /// The last changes of state, oldest first.
    pub changes: Vec<StateChange>,
    /// When it last began to work, in Unix milliseconds.
    pub last_live_ms: Option<u64>,
    /// When it last stopped to work, in Unix milliseconds.
    pub last_stop_ms: Option<u64>,
    /// What the network last said when it was asked who we are.
    pub probed: Option<Probed>,
    /// What the configuration says.
    pub facts: AccountFacts,
    /// Whether the network calls us.
    pub webhook: bool,
    /// What waits and what was given up.
    pub load: AccountLoad,
}

impl AccountStatus {
    /// Whether the network knows us: it let us in since the start, and nothing says otherwise.
    pub const fn is_linked(&self) -> bool {
        self.facts.configured
            && self.last_proof_ms.is_some()
            && !matches!(self.state, AccountState::NeedsLogin { .. })
    }
}

/// Figures of an account, growing from its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountTally {
    /// Which.
    pub account: AccountKey,
    /// How it is.
    pub state: AccountState,
    /// Events by what became of them; every word is always there.
    pub inbound: Vec<(&'static str, u64)>,
    /// Events that were not heard, by the reason; every word is always there.
    pub refusals: Vec<(&'static str, u64)>,
    /// Tries to send by their end; every word is always there.
    pub outbound: Vec<(&'static str, u64)>,
    /// Parts that wait, as last known.
    pub open: u64,
    /// Parts that were given up, as last known.
    pub dead: u64,
}

impl Engine {
    /// How every account is.
    ///
    /// # Errors
    /// The store failed.
    pub async fn account_statuses(&self) -> Result<Vec<AccountStatus>, EngineError> {
        let mut statuses = Vec::new();
        for account in self.inner().accounts.iter() {
            statuses.push(self.account_status(account).await?);
        }
        Ok(statuses)
    }

    async fn account_status(&self, account: &Account) -> Result<AccountStatus, EngineError> {
        let mut status = account.ledger.status(account);
        status.load = self.inner().outbox.load(&account.key).await?;
        account.tally.load(status.load);
        status.last_outbound_ms = status.last_outbound_ms.max(status.load.last_sent_at_ms);
        if status.last_inbound_ms.is_none() {
            status.last_inbound_ms = self.inner().inbox.last_arrival(&account.key).await?;
        }
        Ok(status)
    }

    /// The accounts that are marked required and do not work.
    pub fn missing_accounts(&self) -> Vec<AccountKey> {
        self.inner()
            .accounts
            .iter()
            .filter(|account| account.required && !account.ledger.state().works())
            .map(|account| account.key.clone())
            .collect()
    }

    /// Finds an account: the one that is named, else the channel's `default`, else its first.
    ///
    /// # Errors
    /// There is none.
    pub fn account_of(
        &self,
        channel: &str,
        account: Option<&str>,
    ) -> Result<AccountKey, EngineError> {
        let mut of_channel = self
            .inner()
            .accounts
            .iter()
            .filter(|known| known.key.channel.as_str() == channel)
            .map(|known| &known.key)
            .peekable();
        if of_channel.peek().is_none() {
            return Err(EngineError::UnknownChannel(channel.to_owned()));
        }
        let keys: Vec<_> = of_channel.collect();
        let wanted = account.unwrap_or("default");
        keys.iter()
            .find(|key| key.account.as_str() == wanted)
            .or(keys.first().filter(|_| account.is_none()))
            .map(|key| (*key).clone())
            .ok_or_else(|| EngineError::invalid(format!("unknown account of {channel}: {wanted}")))
    }

    /// Figures of every account. Asks no store.
    pub fn account_tallies(&self) -> Vec<AccountTally> {
        self.inner()
            .accounts
            .iter()
            .map(|account| AccountTally {
                account: account.key.clone(),
                state: account.ledger.state(),
                inbound: account.tally.inbound(),
                refusals: account.tally.refusals(),
                outbound: self.outbox_counts(&account.key),
                open: account.tally.open(),
                dead: account.tally.dead(),
            })
            .collect()
    }
}
