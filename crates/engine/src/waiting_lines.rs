//! Lines that wait for the next turn of a session: in memory, 20 a session, 256 sessions, no line
//! twice in a row (V3 4).

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use tidegate_core::SessionKey;

const PER_SESSION: usize = 20;
/// Sessions that may have waiting lines.
const SESSIONS: usize = 256;

#[derive(Default)]
pub(crate) struct WaitingLines(Mutex<HashMap<SessionKey, VecDeque<String>>>);

impl WaitingLines {
    pub(crate) fn push(&self, key: &SessionKey, line: String) {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !queues.contains_key(key) && queues.len() >= SESSIONS {
            return;
        }
        let queue = queues.entry(key.clone()).or_default();
        if queue.back() == Some(&line) {
            return;
        }
        if queue.len() == PER_SESSION {
            queue.pop_front();
        }
        queue.push_back(line);
    }

    /// Takes the newest such line away, if one still waits.
    pub(crate) fn take_back(&self, key: &SessionKey, line: &str) {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(queue) = queues.get_mut(key) else {
            return;
        };
        if let Some(place) = queue.iter().rposition(|waits| waits == line) {
            queue.remove(place);
        }
        if queue.is_empty() {
            queues.remove(key);
        }
    }

    /// The sessions with lines that wait.
    pub(crate) fn keys(&self) -> Vec<SessionKey> {
        let queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.keys().cloned().collect()
    }

    /// A session has a new key: its lines wait under it, in front of those that do already.
    pub(crate) fn rename(&self, old: &SessionKey, new: &SessionKey) {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut lines) = queues.remove(old) else {
            return;
        };
        let there = queues.entry(new.clone()).or_default();
        lines.append(there);
        let too_many = lines.len().saturating_sub(PER_SESSION);
        lines.drain(..too_many);
        *there = lines;
    }

    pub(crate) fn list(&self, key: &SessionKey) -> Vec<String> {
        let queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues
            .get(key)
            .map_or_else(Vec::new, |queue| queue.iter().cloned().collect())
    }

    /// Takes the lines for a turn.
    pub(crate) fn take(&self, key: &SessionKey) -> Vec<String> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queues.remove(key).map_or_else(Vec::new, Vec::from)
    }
}
