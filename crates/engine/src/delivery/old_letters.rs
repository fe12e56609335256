//! How long dead letters are kept: nobody may ever look at them, and what matters must not be buried.

use std::collections::HashSet;
use std::time::Duration;

use tidegate_core::channel::AccountKey;
use tidegate_core::clock::millis;
use tidegate_core::store::{OutboxRow, StoreError};

use super::group::{is_own_notice, shows_code};
use crate::Engine;
use crate::inbound::PAIRING_TTL_MS;

/// A dead letter is kept for so many days after it was given up.
pub(super) const KEPT_DAYS: u64 = 30;
/// One that told the owner something is kept so long: it stands in the main session too.
const KEEP_NOTICES: Duration = Duration::from_hours(24);
/// Of these and of codes, so many of one account; the newest stay.
const MOST_ASIDE: usize = 20;
/// Other dead letters of one account; the newest stay.
const MOST_OF_ACCOUNT: usize = 1_000;
/// Those of all accounts, with accounts that are not configured any more.
const MOST_OF_ALL: usize = 4_000;
/// Letters beyond these numbers that are looked at in one go.
const AT_ONCE: usize = 500;

impl Engine {
    /// Drops dead letters that are too old or too many.
    pub(crate) async fn drop_old_letters(&self) -> Result<(), StoreError> {
        for account in self.inner().accounts.iter() {
            self.drop_letters_of(Some(&account.key), MOST_OF_ACCOUNT)
                .await?;
        }
        self.drop_letters_of(None, MOST_OF_ALL).await
    }

    async fn drop_letters_of(
        &self,
        account: Option<&AccountKey>,
        most: usize,
    ) -> Result<(), StoreError> {
        let outbox = &self.inner().outbox;
        let limit = u32::try_from(most + AT_ONCE).unwrap_or(u32::MAX);
        loop {
            let newest = outbox.dead_letters(account, limit).await?;
            let doomed = doomed(&newest, most, self.now_ms());
            if doomed.is_empty() {
                return Ok(());
            }
            tracing::info!(
                parts = doomed.len(),
                "dead letters are dropped: they are too old or too many"
            );
            for no in doomed {
                outbox.discard(no, self.now_ms()).await?;
            }
            self.every_outbox_changed();
        }
    }
}

/// The numbers of those that are not kept, of dead letters in the order of newest first. Parts of one
/// answer go together: what is left of it would have a hole in it.
fn doomed(newest: &[OutboxRow], most: usize, now_ms: u64) -> Vec<u64> {
    let fresh = newest.iter().filter(|row| is_fresh(row, now_ms));
    let (aside, others): (Vec<_>, Vec<_>) = fresh.partition(|row| is_aside(row));
    let kept: HashSet<&str> = aside
        .into_iter()
        .take(MOST_ASIDE)
        .chain(others.into_iter().take(most))
        .map(|row| row.item.group.as_str())
        .collect();
    let doomed = newest
        .iter()
        .filter(|row| !kept.contains(row.item.group.as_str()));
    doomed.map(|row| row.no).collect()
}

/// Whether this is nobody's answer, but a code or a notice.
fn is_aside(row: &OutboxRow) -> bool {
    shows_code(&row.item.group) || is_own_notice(&row.item.group)
}

fn is_fresh(row: &OutboxRow, now_ms: u64) -> bool {
    let group = &row.item.group;
    let keep_ms = if shows_code(group) {
        PAIRING_TTL_MS
    } else if is_own_notice(group) {
        millis(KEEP_NOTICES)
    } else {
        millis(Duration::from_hours(24 * KEPT_DAYS))
    };
    let died_ms = row.settled_at_ms.unwrap_or(row.item.at_ms);
    now_ms < died_ms.saturating_add(keep_ms)
}

#[cfg(test)]
mod tests;
