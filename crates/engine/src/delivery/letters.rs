//! What lies in the outbox, for whoever looks after it: list, try again, drop, trace.

use tidegate_core::channel::AccountKey;
use tidegate_core::store::{OutboxRow, Traced};

use super::parts::expiry_from;
use crate::{Engine, EngineError};

/// Which parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lot {
    /// Those that wait or are on their way.
    Open,
    /// Those that were given up.
    Dead,
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct OutboxQuery {
    /// Which parts.
    pub lot: Lot,
    /// Only of this account.
    pub account: Option<AccountKey>,
    /// At most so many.
    pub limit: u32,
}

impl Engine {
    /// Parts that wait or were given up, newest first.
    ///
    /// # Errors
    /// The store failed.
    pub async fn outbox(&self, query: OutboxQuery) -> Result<Vec<OutboxRow>, EngineError> {
        let outbox = &self.inner().outbox;
        let account = query.account.as_ref();
        let mut rows = match query.lot {
            Lot::Open => outbox.open_parts(account, query.limit).await?,
            Lot::Dead => outbox.dead_letters(account, query.limit).await?,
        };
        rows.sort_by_key(|row| std::cmp::Reverse(row.no));
        rows.truncate(usize::try_from(query.limit).unwrap_or(usize::MAX));
        Ok(rows)
    }

    /// Tries a dead part again, for half an hour, with those that died with it. Says whether it was
    /// dead.
    ///
    /// # Errors
    /// The store failed.
    pub async fn retry_dead(&self, no: u64) -> Result<bool, EngineError> {
        let now_ms = self.now_ms();
        let outbox = &self.inner().outbox;
        let revived = outbox.revive(no, expiry_from(now_ms), now_ms).await?;
        self.every_outbox_changed();
        Ok(revived)
    }

    /// Drops a dead part. Says whether it was dead.
    ///
    /// # Errors
    /// The store failed.
    pub async fn drop_dead(&self, no: u64) -> Result<bool, EngineError> {
        let dropped = self.inner().outbox.discard(no, self.now_ms()).await?;
        self.every_outbox_changed();
        Ok(dropped)
    }

    /// The ways of messages that this names, newest first: a network's message id, an event id, a
    /// run id or the name of what was sent.
    ///
    /// # Errors
    /// The store failed.
    pub async fn trace(&self, id: &str) -> Result<Vec<Traced>, EngineError> {
        Ok(self.inner().inbox.trace(id).await?)
    }

    /// A part is named by its number alone, so every worker looks.
    fn every_outbox_changed(&self) {
        for account in self.inner().accounts.iter() {
            self.outbox_changed(&account.key);
        }
    }
}
