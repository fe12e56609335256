//! What everything that sends through one account shares: its rates, the sign that something
//! changed, and what is counted.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tidegate_core::channel::{AccountKey, ChannelError, Rates as Allowed, Target};
use tidegate_core::store::{NewOutbound, OutboxRow, OutboxState};
use tokio::sync::watch;
use tokio::time::Instant;

use super::rates::Rates;
use super::verdict::silence;
use crate::Engine;

/// What is shared by all that one account sends.
pub(crate) struct Desk {
    rates: Mutex<Rates>,
    /// Turns whenever a part of the account changed.
    changes: watch::Sender<u64>,
    counts: [AtomicU64; 4],
}

/// What is counted since the start.
#[derive(Debug, Clone, Copy)]
pub(super) enum Count {
    Sent,
    Retried,
    Ambiguous,
    Dead,
}

impl Count {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Sent, "sent"),
        (Self::Retried, "retried"),
        (Self::Ambiguous, "ambiguous"),
        (Self::Dead, "dead"),
    ];
}

impl Desk {
    pub(crate) fn new(allowed: Allowed) -> Self {
        Self {
            rates: Mutex::new(Rates::new(allowed, Instant::now())),
            changes: watch::channel(0).0,
            counts: Default::default(),
        }
    }

    pub(super) fn rates(&self) -> MutexGuard<'_, Rates> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the silence that the network asked for when it was sent something.
    pub(super) fn heed(&self, error: &ChannelError, target: &Target) {
        if let Some(silence) = silence(error) {
            let only = (!is_for_all(error)).then_some(target);
            self.rates().pause(only, Instant::now(), silence);
        }
    }

    /// Keeps the silence that it asked for when it was shown something: answers need not.
    pub(super) fn heed_shown(&self, error: &ChannelError, target: &Target) {
        if let Some(silence) = silence(error) {
            let only = (!is_for_all(error)).then_some(target);
            self.rates().pause_spare(only, Instant::now(), silence);
        }
    }

    /// Waits for changes.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Something changed.
    pub(super) fn changed(&self) {
        self.changes
            .send_modify(|turn| *turn = turn.wrapping_add(1));
    }

    /// A try ended so.
    pub(super) fn ended(&self, row: &OutboxRow) {
        match row.state {
            OutboxState::Sent => self.count(Count::Sent),
            OutboxState::Dead => self.count(Count::Dead),
            OutboxState::Ambiguous => self.count(Count::Ambiguous),
            OutboxState::Prepared => self.count(Count::Retried),
            OutboxState::Sending | OutboxState::Dropped => {}
        }
        self.changed();
    }

    fn count(&self, what: Count) {
        if let Some(count) = self.counts.get(what as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

const fn is_for_all(error: &ChannelError) -> bool {
    matches!(error, ChannelError::Limited { account: true, .. })
}

impl Engine {
    /// Stores parts that nobody waits for. A failure is in the log.
    pub(super) async fn put_unasked(&self, account: &AccountKey, parts: Vec<NewOutbound>) {
        match self.inner().outbox.put(parts).await {
            Ok(()) => self.outbox_changed(account),
            Err(error) => {
                tracing::error!(%account, %error, "a message to the owner could not be stored");
            }
        }
    }

    /// Something was stored for the account: its worker looks at once.
    pub fn outbox_changed(&self, account: &AccountKey) {
        if let Some(account) = self.inner().accounts.get(account) {
            account.outbox.notify_one();
            account.desk.changed();
        }
    }

    /// Turns whenever a part of the account's outbox changed; `None` if there is no such account.
    pub fn outbox_turns(&self, account: &AccountKey) -> Option<watch::Receiver<u64>> {
        Some(self.inner().accounts.get(account)?.desk.changes())
    }

    /// How often tries of this account ended in which way since the start: every word of the
    /// closed set, with its count.
    pub fn outbox_counts(&self, account: &AccountKey) -> Vec<(&'static str, u64)> {
        let account = self.inner().accounts.get(account);
        Count::ALL
            .iter()
            .map(|(what, word)| {
                let count = account.and_then(|account| account.desk.counts.get(*what as usize));
                (
                    *word,
                    count.map_or(0, |count| count.load(Ordering::Relaxed)),
                )
            })
            .collect()
    }
}
