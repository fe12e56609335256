//! What lies in the outbox, for whoever looks after it: list, try again, drop, trace.

use std::collections::{BTreeMap, BTreeSet};

use tidegate_core::channel::AccountKey;
use tidegate_core::store::{OutboxRow, OutboxState, Traced};

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

/// Which dead parts are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Letter {
    /// The one with this number.
    No(u64),
    /// The one with this name; else those on the ways of messages that this names, see
    /// [`Engine::trace`].
    Id(String),
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

    /// Tries dead parts again, for half an hour, with those that died with them. Says whether one
    /// was dead.
    ///
    /// # Errors
    /// The store failed.
    pub async fn retry_dead(&self, letter: &Letter) -> Result<bool, EngineError> {
        let now_ms = self.now_ms();
        let outbox = &self.inner().outbox;
        let mut revived = false;
        for no in self.dead_of(letter).await? {
            revived |= outbox.revive(no, expiry_from(now_ms), now_ms).await?;
        }
        self.every_outbox_changed();
        Ok(revived)
    }

    /// Drops dead parts. Says whether one was dead.
    ///
    /// # Errors
    /// The store failed.
    pub async fn drop_dead(&self, letter: &Letter) -> Result<bool, EngineError> {
        let outbox = &self.inner().outbox;
        let mut dropped = false;
        for no in self.dead_of(letter).await? {
            dropped |= outbox.discard(no, self.now_ms()).await?;
        }
        self.every_outbox_changed();
        Ok(dropped)
    }

    /// The numbers of the dead parts that are meant.
    async fn dead_of(&self, letter: &Letter) -> Result<Vec<u64>, EngineError> {
        let id = match letter {
            Letter::No(no) => return Ok(vec![*no]),
            Letter::Id(id) => id,
        };
        let is_dead = |row: &OutboxRow| row.state == OutboxState::Dead;
        if let Some((group, _)) = id.rsplit_once(':') {
            let parts = self.inner().outbox.group(group).await?;
            let named = parts.iter().find(|row| row.key() == *id);
            if let Some(part) = named {
                return Ok(is_dead(part).then_some(part.no).into_iter().collect());
            }
        }
        let ways = self.trace(id).await?;
        let parts = ways.into_iter().flat_map(|way| way.outbox);
        let dead: BTreeMap<u64, AccountKey> = parts
            .filter(is_dead)
            .map(|row| (row.no, row.item.target.account))
            .collect();
        // Networks count their messages each for itself: one number may mean several.
        let accounts: BTreeSet<String> = dead.values().map(ToString::to_string).collect();
        if accounts.len() > 1 {
            return Err(EngineError::invalid(format!(
                "{id} stands for messages of several accounts ({}): name one by its number",
                Vec::from_iter(accounts).join(", ")
            )));
        }
        Ok(dead.into_keys().collect())
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
    pub(super) fn every_outbox_changed(&self) {
        for account in self.inner().accounts.iter() {
            self.outbox_changed(&account.key);
        }
    }
}
