//! A provider that fails again and again is left alone for a while (F11).

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Failed runs in a row that open the circuit …
pub(crate) const FAILURES: usize = 5;
/// … if the first and the last are no further apart than this.
pub(crate) const WITHIN_MS: u64 = 60_000;
/// How long it stays open.
pub(crate) const OPEN_MS: u64 = 30_000;

/// The circuit of one provider.
#[derive(Debug, Default)]
pub(crate) struct Circuit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failed_at_ms: VecDeque<u64>,
    open_until_ms: Option<u64>,
    trying: bool,
}

/// The right to make one run; dropped without a word it counts for nothing.
#[derive(Debug)]
pub(crate) struct Ticket<'a> {
    circuit: &'a Circuit,
    trial: bool,
}

impl Circuit {
    /// Asks to make a run.
    ///
    /// # Errors
    /// The circuit is open, until the given time.
    pub(crate) fn enter(&self, now_ms: u64) -> Result<Ticket<'_>, u64> {
        let mut state = self.lock();
        let trial = match state.open_until_ms {
            None => false,
            Some(until) if now_ms < until => return Err(until),
            // One run tries whether the provider is back; the others wait for what it finds.
            Some(_) if state.trying => return Err(now_ms.saturating_add(OPEN_MS / 10)),
            Some(_) => true,
        };
        state.trying |= trial;
        Ok(Ticket {
            circuit: self,
            trial,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket<'_> {
    /// The provider answered.
    pub(crate) fn answered(self) {
        let mut state = self.circuit.lock();
        state.failed_at_ms.clear();
        state.open_until_ms = None;
    }

    /// The provider failed. Says whether that opened the circuit.
    pub(crate) fn failed(self, now_ms: u64) -> bool {
        let mut state = self.circuit.lock();
        state.failed_at_ms.push_back(now_ms);
        if state.failed_at_ms.len() > FAILURES {
            state.failed_at_ms.pop_front();
        }
        let close = state
            .failed_at_ms
            .front()
            .is_some_and(|first| now_ms.saturating_sub(*first) <= WITHIN_MS);
        let open = self.trial || (state.failed_at_ms.len() == FAILURES && close);
        if open {
            state.open_until_ms = Some(now_ms.saturating_add(OPEN_MS));
        }
        open
    }
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        if self.trial {
            self.circuit.lock().trying = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fail(circuit: &Circuit, at_ms: u64) {
        circuit.enter(at_ms).unwrap().failed(at_ms);
    }

    #[test]
    fn opens_after_five_in_a_row_and_tries_one_afterwards() {
        let circuit = Circuit::default();
        (0..4).for_each(|at| fail(&circuit, at));
        circuit.enter(4).unwrap().answered();
        (5..10).for_each(|at| fail(&circuit, at));
        assert_eq!(circuit.enter(10).unwrap_err(), 9 + OPEN_MS);
        let later = 9 + OPEN_MS;
        let trial = circuit.enter(later).unwrap();
        assert_eq!(circuit.enter(later).unwrap_err(), later + 3_000);
        drop(trial);
        circuit.enter(later).unwrap().failed(later);
        assert_eq!(circuit.enter(later + 1).unwrap_err(), later + OPEN_MS);
        circuit.enter(later + OPEN_MS).unwrap().answered();
        (0..4).for_each(|at| fail(&circuit, later + OPEN_MS + at));
        assert!(circuit.enter(later + OPEN_MS + 5).is_ok());
    }

    #[test]
    fn rare_failures_do_not_open_it() {
        let circuit = Circuit::default();
        (0..50).for_each(|nth| fail(&circuit, nth * 16_000));
        assert!(circuit.enter(50 * 16_000).is_ok());
    }
}
