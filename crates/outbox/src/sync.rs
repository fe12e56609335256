//! The lock: std's, or loom's when the model checker drives.

#[cfg(not(feature = "loom"))]
use std::sync::{Mutex as Inner, MutexGuard, PoisonError};

#[cfg(feature = "loom")]
use loom::sync::{Mutex as Inner, MutexGuard};
#[cfg(feature = "loom")]
use std::sync::PoisonError;

#[derive(Debug)]
pub(crate) struct Mutex<T>(Inner<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Inner::new(value))
    }

    /// No code panics while it holds the lock, so a poisoned one is as good as another.
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
