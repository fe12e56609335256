//! An inbox in memory that keeps what the port promises: events and cursor in one step.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use tidegate_core::channel::{Heard, Inbound, InboundEvent, Inbox, InboxError};
use tokio::sync::watch;
use tokio::time::timeout;

use super::PATIENCE;

#[derive(Debug, Default)]
pub(crate) struct MemoryInbox {
    state: Mutex<State>,
    failures: AtomicUsize,
    ignores: AtomicBool,
    proofs: AtomicUsize,
    connects: AtomicUsize,
    /// Turns with everything that is told.
    turns: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct State {
    /// Every event, in the order in which it came first.
    events: Vec<Inbound>,
    cursors: BTreeMap<String, String>,
    owners: BTreeSet<String>,
    /// Every cursor that was ever stored.
    history: Vec<String>,
    known: usize,
    degraded: Option<String>,
}

impl MemoryInbox {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The next so many calls of `accept` fail.
    pub(crate) fn fail(&self, times: usize) {
        self.failures.store(times, Ordering::SeqCst);
    }

    /// From now on nobody is admitted.
    pub(crate) fn ignore_all(&self) {
        self.ignores.store(true, Ordering::SeqCst);
    }

    pub(crate) fn events(&self) -> Vec<Inbound> {
        self.state().events.clone()
    }

    /// The words of all messages.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.events()
            .into_iter()
            .filter_map(|event| match event.event {
                InboundEvent::Message(message) => Some(message.text),
                _ => None,
            })
            .collect()
    }

    /// Events that came again.
    pub(crate) fn known(&self) -> usize {
        self.state().known
    }

    pub(crate) fn proofs(&self) -> usize {
        self.proofs.load(Ordering::SeqCst)
    }

    pub(crate) fn connects(&self) -> usize {
        self.connects.load(Ordering::SeqCst)
    }

    pub(crate) fn trouble(&self) -> Option<String> {
        self.state().degraded.clone()
    }

    /// Every cursor that was ever stored.
    pub(crate) fn cursors(&self) -> Vec<String> {
        self.state().history.clone()
    }

    /// Under whose name cursors were asked for and events were given.
    pub(crate) fn owners(&self) -> BTreeSet<String> {
        self.state().owners.clone()
    }

    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Inbound> {
        let what = format!("{count} events");
        self.until(&what, || self.state().events.len() >= count)
            .await;
        self.events()
    }

    pub(crate) async fn proved_now(&self) {
        let before = self.proofs();
        self.until("a proof", || self.proofs() > before).await;
    }

    /// Waits until something is so of what was told.
    async fn until(&self, what: &str, is_so: impl Fn() -> bool) {
        let mut turns = self.turns.subscribe();
        let waited = timeout(PATIENCE, turns.wait_for(|_| is_so())).await;
        assert!(waited.is_ok(), "never: {what}");
    }

    fn turn(&self) {
        self.turns.send_modify(|turn| *turn += 1);
    }
}

impl State {
    fn store(
        &mut self,
        owner: &str,
        events: Vec<Inbound>,
        cursor: Option<String>,
        ignores: bool,
    ) -> Vec<Heard> {
        self.owners.insert(owner.to_owned());
        let heard = events
            .into_iter()
            .map(|event| {
                assert!(event.provider_id.len() <= 256, "{}", event.provider_id);
                assert!(!event.sender.id.is_empty(), "{event:?}");
                let is_known = |e: &Inbound| e.provider_id == event.provider_id;
                if ignores {
                    return Heard::Ignored;
                }
                if self.events.iter().any(is_known) {
                    self.known += 1;
                    return Heard::Known;
                }
                self.events.push(event);
                Heard::Taken
            })
            .collect();
        if let Some(cursor) = cursor {
            self.history.push(cursor.clone());
            self.cursors.insert(owner.to_owned(), cursor);
        }
        heard
    }
}

#[async_trait]
impl Inbox for MemoryInbox {
    async fn cursor(&self, owner: &str) -> Result<Option<String>, InboxError> {
        let mut state = self.state();
        state.owners.insert(owner.to_owned());
        Ok(state.cursors.get(owner).cloned())
    }

    async fn accept(
        &self,
        owner: &str,
        events: Vec<Inbound>,
        cursor: Option<String>,
    ) -> Result<Vec<Heard>, InboxError> {
        // A store takes its time, and a kill may fall into it.
        tokio::task::yield_now().await;
        let fail = |left: usize| left.checked_sub(1);
        if self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, fail)
            .is_ok()
        {
            return Err(InboxError::Closed);
        }
        let heard = self
            .state()
            .store(owner, events, cursor, self.ignores.load(Ordering::SeqCst));
        self.turn();
        tokio::task::yield_now().await;
        Ok(heard)
    }

    fn connecting(&self) {
        self.connects.fetch_add(1, Ordering::SeqCst);
        self.turn();
    }

    fn proved(&self) {
        self.proofs.fetch_add(1, Ordering::SeqCst);
        self.turn();
    }

    fn degraded(&self, reason: &str) {
        self.state().degraded = Some(reason.to_owned());
    }

    fn whole(&self) {
        self.state().degraded = None;
    }
}
