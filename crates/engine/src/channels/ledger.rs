//! What an account says about itself: its state, how it came to it, and when something last got
//! through. `live` is never believed longer than its proof.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tidegate_core::Clock;
use tidegate_core::channel::{AccountState, Identity};
use tidegate_core::store::AccountLoad;
use tokio::sync::watch;
use tokio::time::Instant;

use self::faults::Faults;
pub(crate) use self::faults::Side;
use super::{Account, AccountStatus, Probed, StateChange};

mod faults;

/// Changes of state that are kept for people.
const KEPT_CHANGES: usize = 20;
/// How much later than promised a proof may come (SECURITY F05).
const PROOF_SLACK: Duration = Duration::from_secs(5);

pub(crate) struct Ledger {
    clock: Arc<dyn Clock>,
    proof_every: Duration,
    inner: Mutex<Inner>,
    /// Turns with every change of state.
    turns: watch::Sender<u64>,
}

struct Inner {
    state: AccountState,
    since_ms: u64,
    faults: Faults,
    identity: Option<Identity>,
    attempts: u32,
    proved: Option<Instant>,
    last_proof_ms: Option<u64>,
    last_inbound_ms: Option<u64>,
    last_outbound_ms: Option<u64>,
    last_start_ms: Option<u64>,
    last_live_ms: Option<u64>,
    last_stop_ms: Option<u64>,
    last_error: Option<(u64, String)>,
    probed: Option<Probed>,
    changes: VecDeque<StateChange>,
}

impl Ledger {
    pub(crate) fn new(clock: Arc<dyn Clock>, proof_every: Duration) -> Self {
        let since_ms = clock.now_ms();
        Self {
            clock,
            proof_every,
            inner: Mutex::new(Inner {
                state: AccountState::Stopped,
                since_ms,
                faults: Faults::default(),
                identity: None,
                attempts: 0,
                proved: None,
                last_proof_ms: None,
                last_inbound_ms: None,
                last_outbound_ms: None,
                last_start_ms: None,
                last_live_ms: None,
                last_stop_ms: None,
                last_error: None,
                probed: None,
                changes: VecDeque::new(),
            }),
            turns: watch::channel(0).0,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for changes of state.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.turns.subscribe()
    }

    fn turn(&self, inner: &mut Inner, state: AccountState) {
        if inner.state == state {
            return;
        }
        let at_ms = self.clock.now_ms();
        match (inner.state.works(), state.works()) {
            (false, true) => inner.last_live_ms = Some(at_ms),
            (true, false) => inner.last_stop_ms = Some(at_ms),
            _ => {}
        }
        inner.state = state.clone();
        inner.since_ms = at_ms;
        if inner.changes.len() == KEPT_CHANGES {
            inner.changes.pop_front();
        }
        inner.changes.push_back(StateChange { at_ms, state });
        self.turns.send_modify(|turn| *turn += 1);
    }

    /// The account is in this state now.
    pub(crate) fn set(&self, state: AccountState) {
        let mut inner = self.lock();
        let now_ms = self.clock.now_ms();
        if let Some(reason) = state.reason() {
            inner.last_error = Some((now_ms, reason.to_owned()));
        }
        // A new connection says nothing about sending.
        if !state.works() {
            inner.faults.inward = None;
        }
        self.turn(&mut inner, state);
    }

    /// A connection begins.
    pub(crate) fn begin(&self) {
        {
            let mut inner = self.lock();
            inner.attempts += 1;
            inner.last_start_ms = Some(self.clock.now_ms());
        }
        self.set(AccountState::Connecting);
    }

    /// The way in proved itself.
    pub(crate) fn proved(&self) {
        let mut inner = self.lock();
        inner.proved = Some(Instant::now());
        inner.last_proof_ms = Some(self.clock.now_ms());
        inner.attempts = 0;
        let state = inner.faults.state();
        self.turn(&mut inner, state);
    }

    /// One side works, but not as it should; `None` takes that back.
    pub(crate) fn degrade(&self, side: Side, reason: Option<&str>) {
        let mut inner = self.lock();
        *inner.faults.of(side) = reason.map(str::to_owned);
        if let Some(reason) = reason {
            inner.last_error = Some((self.clock.now_ms(), reason.to_owned()));
        }
        if inner.state.works() {
            let state = inner.faults.state();
            self.turn(&mut inner, state);
        }
    }

    /// Something that people see of the account changed.
    pub(crate) fn touch(&self) {
        self.turns.send_modify(|turn| *turn += 1);
    }

    pub(crate) fn probed(&self, probed: Probed) {
        let mut inner = self.lock();
        if let Ok(identity) = &probed.found {
            inner.identity = Some(identity.clone());
        }
        inner.probed = Some(probed);
    }

    pub(crate) fn inbound(&self) {
        self.lock().last_inbound_ms = Some(self.clock.now_ms());
    }

    pub(crate) fn outbound(&self) {
        self.lock().last_outbound_ms = Some(self.clock.now_ms());
    }

    /// How long nothing may be heard before the connection counts as dead.
    pub(crate) fn patience(&self) -> Duration {
        self.proof_every * 2 + PROOF_SLACK
    }

    /// When the way in last proved itself.
    pub(crate) fn last_proof(&self) -> Option<Instant> {
        self.lock().proved
    }

    /// The state, with `live` only while its proof is fresh.
    pub(crate) fn state(&self) -> AccountState {
        let inner = self.lock();
        self.believed(&inner)
    }

    fn believed(&self, inner: &Inner) -> AccountState {
        let silent = inner.proved.map(|at| at.elapsed());
        match (&inner.state, silent) {
            (AccountState::Live, Some(silent)) if silent > self.patience() => {
                AccountState::Degraded {
                    reason: format!("nothing was heard for {} s", silent.as_secs()),
                }
            }
            (state, _) => state.clone(),
        }
    }

    /// Everything that it knows, for people.
    pub(crate) fn status(&self, account: &Account) -> AccountStatus {
        let inner = self.lock();
        AccountStatus {
            key: account.key.clone(),
            label: account.channel.capabilities().label,
            required: account.required,
            facts: account.facts.clone(),
            webhook: account.channel.webhook().is_some(),
            last_live_ms: inner.last_live_ms,
            last_stop_ms: inner.last_stop_ms,
            probed: inner.probed.clone(),
            load: AccountLoad::default(),
            state: self.believed(&inner),
            since_ms: inner.since_ms,
            identity: inner.identity.clone(),
            attempts: inner.attempts,
            last_proof_ms: inner.last_proof_ms,
            last_inbound_ms: inner.last_inbound_ms,
            last_outbound_ms: inner.last_outbound_ms,
            last_start_ms: inner.last_start_ms,
            last_error: inner.last_error.clone(),
            changes: inner.changes.iter().cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
