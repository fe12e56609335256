//! Telling the owner what went wrong where he may see it: in the main session, and on accounts
//! that work.

use std::time::Duration;

use tidegate_core::channel::{AccountKey, Target};
use tidegate_core::run::Once;
use tidegate_core::store::OutboxRow;
use tokio::time::Instant;

use super::group;
use super::old_letters::KEPT_DAYS;
use super::parts::Envelope;
use crate::Engine;

/// Losses of so long are told together: after a start, all that expired meanwhile.
const GATHER: Duration = Duration::from_secs(5);
/// The least time between two notices of losses of one account.
const QUIET: Duration = Duration::from_mins(10);

/// Answers of one account that were given up and not told yet.
#[derive(Debug, Default)]
pub(super) struct Losses {
    count: u32,
    why: String,
    due: Option<Instant>,
    quiet_until: Option<Instant>,
}

impl Losses {
    /// Remembers a part that was given up, if it is somebody's answer, or too old: whoever posted
    /// another one is told by the call itself.
    pub(super) fn note(&mut self, row: &OutboxRow, now: Instant) {
        let answer = row.item.run_id.is_some();
        let late = row.settled_at_ms.unwrap_or(0) >= row.item.expires_at_ms;
        let notice = group::is_own_notice(&row.item.group);
        if !answer && (notice || !late) {
            return;
        }
        self.count += 1;
        if self.why.is_empty() {
            self.why = row.error.clone().unwrap_or_default();
        }
        let soon = now + GATHER;
        let allowed = self.quiet_until.map_or(soon, |until| until.max(soon));
        self.due.get_or_insert(allowed);
    }

    /// When something must be told.
    pub(super) const fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What to tell, if it is due.
    pub(super) fn tell(&mut self, account: &AccountKey, now: Instant) -> Option<String> {
        let is_due = self.due.is_some_and(|due| due <= now);
        if is_due {
            self.quiet_until = Some(now + QUIET);
            self.tell_now(account)
        } else {
            None
        }
    }

    /// What to tell, due or not.
    pub(super) fn tell_now(&mut self, account: &AccountKey) -> Option<String> {
        self.due.take()?;
        let count = std::mem::take(&mut self.count);
        let why = std::mem::take(&mut self.why);
        let what = if count == 1 {
            "1 message was".to_owned()
        } else {
            format!("{count} messages were")
        };
        Some(format!(
            "{what} not delivered through {account}: {why}. `tidegate outbox list` shows them for {KEPT_DAYS} days: try them again or drop them."
        ))
    }
}

impl Engine {
    /// Tells the owner: in the main session, and wherever notices go on accounts that work, other
    /// than the one that it is about. A failure is in the log.
    pub async fn tell_owner(&self, text: &str, about: Option<&AccountKey>) {
        let key = self.inner().agents.names.main();
        let once = Once {
            principal: "gateway".into(),
            method: "notice",
            key: self.inner().ids.uuid(),
            params_hash: String::new(),
        };
        if let Err(error) = self.deliver(once, key, text.to_owned()).await {
            tracing::error!(error = %error, "a notice could not be stored");
        }
        for target in &self.inner().accounts.notices {
            if Some(&target.account) != about {
                self.tell_at(target, text).await;
            }
        }
    }

    async fn tell_at(&self, target: &Target, text: &str) {
        let inner = self.inner();
        let Some(account) = inner.accounts.get(&target.account) else {
            return;
        };
        if !account.ledger.state().works() {
            return;
        }
        let group = group::notice(&*inner.ids);
        let parts = Envelope::new(group, target.clone(), self.now_ms())
            .text(text, account.channel.capabilities());
        self.put_unasked(&target.account, parts).await;
    }
}
