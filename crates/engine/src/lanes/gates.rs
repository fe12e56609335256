//! Gates that keep the order of acceptance: what is stored first is queued first.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use tidegate_core::SessionKey;
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// How many there are; sessions share them by hash.
const GATES: usize = 64;

pub(super) struct Gates {
    each: Vec<Arc<Mutex<()>>>,
    /// Shared by whoever passes one gate, held alone by whoever passes all of them.
    all: Arc<RwLock<()>>,
}

/// Held while a message is stored and queued.
pub(crate) struct Gate {
    _one: Option<OwnedMutexGuard<()>>,
    _all: OwnedRwLockReadGuard<()>,
}

/// Held while messages of many sessions are.
pub(crate) type AllGates = OwnedRwLockWriteGuard<()>;

impl Default for Gates {
    fn default() -> Self {
        Self {
            each: (0..GATES).map(|_| Arc::default()).collect(),
            all: Arc::default(),
        }
    }
}

impl Gates {
    pub(super) async fn one(&self, key: &SessionKey) -> Gate {
        let all = Arc::clone(&self.all).read_owned().await;
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let index = usize::try_from(hasher.finish() % GATES as u64).unwrap_or(0);
        let one = match self.each.get(index) {
            Some(gate) => Some(Arc::clone(gate).lock_owned().await),
            None => None,
        };
        Gate {
            _one: one,
            _all: all,
        }
    }

    pub(super) async fn all(&self) -> AllGates {
        Arc::clone(&self.all).write_owned().await
    }
}
