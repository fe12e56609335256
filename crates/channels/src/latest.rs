//! What a network told last.

use std::sync::{Arc, Mutex, PoisonError};

/// A fact as the network told it last, shared by all who need it.
#[derive(Debug)]
pub(crate) struct Latest<T>(Mutex<Option<Arc<T>>>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Latest<T> {
    /// As it was told last; none before the first time.
    pub(crate) fn known(&self) -> Option<Arc<T>> {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.clone()
    }

    /// The network told it; this is it from now on.
    pub(crate) fn learn(&self, told: T) -> Arc<T> {
        let told = Arc::new(told);
        let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = Some(Arc::clone(&told));
        told
    }
}
