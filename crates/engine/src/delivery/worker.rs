//! Sends what lies in the outbox of one account: in order in each line, fair between the lines,
//! within the rates, and only while the account works.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::store::{OutboxRow, OutboxState, StoreError};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use super::attempt::{STORE_RETRY, Sender};
use super::notices::Losses;
use crate::Engine;

/// Parts of one account that are on their way at once, each of another line.
const LINES_AT_ONCE: usize = 8;
/// Lines that are looked at in one go; more wait until some of these are done.
const LINES_LOOKED_AT: u32 = 256;
/// Looks again after this time even if nothing woke it.
const LOOK_AGAIN: Duration = Duration::from_mins(1);
/// Time for what is on its way when the engine stops; then its end is unknown.
pub(crate) const CLOSING_TIME: Duration = Duration::from_secs(5);

/// How a try came back: the part as it is now.
type Back = Result<Option<OutboxRow>, StoreError>;

struct Worker {
    sender: Sender,
    on_their_way: JoinSet<Back>,
    /// Lines that have a part on its way, by the task.
    busy: HashMap<Id, String>,
    /// When a line that has more to send last had its turn, in Unix milliseconds.
    served: HashMap<String, u64>,
    losses: Losses,
    /// The store failed: nothing is asked of it until then.
    blind_until: Option<Instant>,
}

impl Engine {
    /// Begins to send what lies in the outbox, and what will.
    pub(crate) fn start_deliveries(&self) {
        let inner = self.inner();
        for account in inner.accounts.iter() {
            let sender = Sender {
                engine: self.clone(),
                account: Arc::clone(account),
            };
            drop(inner.deliveries.spawn(keep(sender)));
        }
    }
}

/// Keeps one account's outbox moving until the engine stops.
async fn keep(sender: Sender) {
    let account = Arc::clone(&sender.account);
    let stop = sender.engine.inner().deliveries_over.clone();
    let mut states = account.ledger.subscribe();
    let mut worker = Worker {
        sender,
        on_their_way: JoinSet::new(),
        busy: HashMap::new(),
        served: HashMap::new(),
        losses: Losses::default(),
        blind_until: None,
    };
    while !stop.is_cancelled() {
        let look_at = worker.look().await;
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            Some(back) = worker.on_their_way.join_next_with_id() => worker.came_back(back),
            () = account.outbox.notified() => {}
            Ok(()) = states.changed() => {}
            () = tokio::time::sleep_until(look_at) => {}
        }
    }
    worker.close().await;
}

impl Worker {
    /// Does what is due, and gives when to look again.
    async fn look(&mut self) -> Instant {
        let told = self.tell_losses().await;
        let next = match self.blind_until {
            Some(until) if until > Instant::now() => until,
            _ => self.send_due().await.unwrap_or_else(|error| {
                self.store_failed(&error);
                Instant::now() + STORE_RETRY
            }),
        };
        told.map_or(next, |told| told.min(next))
    }

    async fn send_due(&mut self) -> Result<Instant, StoreError> {
        let now = Instant::now();
        let mut next = now + LOOK_AGAIN;
        if self.is_full() {
            return Ok(next);
        }
        for row in self.heads().await? {
            if self.is_full() {
                break;
            }
            let line = row.item.target.line();
            if self.busy.values().any(|busy| *busy == line) {
                continue;
            }
            if let Some(step) = self.sender.case(&row).before() {
                let after = self.sender.note(row.no, step).await?;
                self.settled(after);
                next = now;
                continue;
            }
            let due = self.due(&row, now);
            if due <= now {
                self.begin(&row, line, now);
            } else {
                next = next.min(due);
            }
        }
        Ok(next)
    }

    /// What may be tried next: lines take turns, and one that just began is not before one that
    /// waits since its last turn.
    async fn heads(&mut self) -> Result<Vec<OutboxRow>, StoreError> {
        let outbox = &self.sender.engine.inner().outbox;
        let key = &self.sender.account.key;
        let heads = outbox.heads(key, LINES_LOOKED_AT).await?;
        let mut ordered: Vec<_> = heads
            .into_iter()
            .map(|row| {
                let served = self.served.get(&row.item.target.line()).copied();
                (served.unwrap_or(0).max(row.item.at_ms), row.no, row)
            })
            .collect();
        ordered.sort_by_key(|(since, no, _)| (*since, *no));
        let heads: Vec<_> = ordered.into_iter().map(|(_, _, row)| row).collect();
        self.forget_idle_lines(&heads);
        Ok(heads)
    }

    fn forget_idle_lines(&mut self, heads: &[OutboxRow]) {
        let lines: HashSet<_> = heads.iter().map(|row| row.item.target.line()).collect();
        self.served.retain(|line, _| lines.contains(line));
    }

    fn is_full(&self) -> bool {
        self.busy.len() >= LINES_AT_ONCE
    }

    /// When this part may go; while the account does not work, when it is too old.
    fn due(&self, row: &OutboxRow, now: Instant) -> Instant {
        let now_ms = self.sender.engine.now_ms();
        let at = |at_ms: u64| now + Duration::from_millis(at_ms.saturating_sub(now_ms));
        let expires = at(row.item.expires_at_ms);
        if !self.sender.account.ledger.state().works() {
            return expires;
        }
        let ready = self.sender.account.desk.rates().ready(&row.item.target);
        ready.max(at(row.not_before_ms)).min(expires)
    }

    fn begin(&mut self, row: &OutboxRow, line: String, now: Instant) {
        let no = row.no;
        self.sender.account.desk.rates().take(&row.item.target, now);
        self.served
            .insert(line.clone(), self.sender.engine.now_ms());
        let sender = self.sender.clone();
        let task = self
            .on_their_way
            .spawn(async move { sender.attempt(no).await });
        self.busy.insert(task.id(), line);
    }

    fn came_back(&mut self, back: Result<(Id, Back), JoinError>) {
        let (id, row) = match back {
            Ok((id, row)) => (id, row),
            Err(error) => {
                tracing::error!(account = %self.sender.account.key, error = %error, "a delivery broke");
                (error.id(), Ok(None))
            }
        };
        self.busy.remove(&id);
        match row {
            Ok(row) => self.settled(row),
            Err(error) => self.store_failed(&error),
        }
    }

    /// Remembers a part that was given up: the owner is told.
    fn settled(&mut self, row: Option<OutboxRow>) {
        if let Some(row) = row.filter(|row| row.state == OutboxState::Dead) {
            self.losses.note(&row, Instant::now());
        }
    }

    fn store_failed(&mut self, error: &StoreError) {
        let account = &self.sender.account.key;
        tracing::error!(account = %account, error = %error, "the outbox cannot be read or written");
        self.blind_until = Some(Instant::now() + STORE_RETRY);
    }

    /// Tells the owner of losses if that is due; gives when it will be.
    async fn tell_losses(&mut self) -> Option<Instant> {
        let key = &self.sender.account.key;
        if let Some(text) = self.losses.tell(key, Instant::now()) {
            self.sender.engine.tell_owner(&text, Some(key)).await;
        }
        self.losses.due()
    }

    /// Sends what is due, and gives it a moment: the last answers were stored just now. What is cut
    /// off stays on its way in the store, and the next start takes it from there.
    async fn close(mut self) {
        let closing = async {
            loop {
                self.look().await;
                match self.on_their_way.join_next_with_id().await {
                    Some(back) => self.came_back(back),
                    None => return,
                }
            }
        };
        if tokio::time::timeout(CLOSING_TIME, closing).await.is_err() {
            tracing::warn!(account = %self.sender.account.key, lines = self.busy.len(), "deliveries were cut off");
        }
        let key = &self.sender.account.key;
        if let Some(text) = self.losses.tell_now(key) {
            self.sender.engine.tell_owner(&text, Some(key)).await;
        }
    }
}
