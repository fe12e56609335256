//! Who asks for what is being asked for already: one does it, all hear how it ended.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::run::Once;
use tokio::sync::watch;

use super::error::NodeError;
use super::invoke::Invoked;

/// How it ended; none while it is at work.
pub(super) type Outcome = Option<Result<Invoked, NodeError>>;

/// Who asks, by which method, and the name for it.
type Key = (String, &'static str, String);

#[derive(Default)]
pub(super) struct Joins(Arc<Mutex<HashMap<Key, Joined>>>);

struct Joined {
    params_hash: String,
    outcome: watch::Receiver<Outcome>,
}

/// What somebody who asks is.
pub(super) enum Asking {
    /// The first: does it, and says how it ended.
    First(Lead, watch::Receiver<Outcome>),
    /// One more.
    Again(watch::Receiver<Outcome>),
    /// The name stands for something else.
    KeyReused,
}

/// Whoever does it. Dropped without an end, the others try for themselves.
pub(super) struct Lead {
    joins: Arc<Mutex<HashMap<Key, Joined>>>,
    key: Key,
    outcome: watch::Sender<Outcome>,
}

fn lock(joins: &Mutex<HashMap<Key, Joined>>) -> MutexGuard<'_, HashMap<Key, Joined>> {
    joins.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Joins {
    pub(super) fn ask(&self, once: &Once) -> Asking {
        let key = (once.principal.clone(), once.method, once.key.clone());
        let mut joins = lock(&self.0);
        if let Some(joined) = joins.get(&key) {
            return if joined.params_hash == once.params_hash {
                Asking::Again(joined.outcome.clone())
            } else {
                Asking::KeyReused
            };
        }
        let (sender, receiver) = watch::channel(None);
        let joined = Joined {
            params_hash: once.params_hash.clone(),
            outcome: receiver.clone(),
        };
        joins.insert(key.clone(), joined);
        let lead = Lead {
            joins: Arc::clone(&self.0),
            key,
            outcome: sender,
        };
        Asking::First(lead, receiver)
    }
}

impl Lead {
    pub(super) fn end(self, outcome: Result<Invoked, NodeError>) {
        self.outcome.send_replace(Some(outcome));
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        lock(&self.joins).remove(&self.key);
    }
}
