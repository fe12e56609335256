//! What happened, in order, and a way to wait for what shall happen.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

/// Entries that a recorder keeps. A soak of 10 000 messages makes fewer than 100 000 calls.
const MOST_ENTRIES: usize = 200_000;

/// A list that only grows (the oldest entries go once it is full), and wakes who waits on it.
#[derive(Debug)]
pub struct Recorder<T> {
    entries: Mutex<Vec<T>>,
    written: watch::Sender<u64>,
}

/// The deadline passed first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitError {
    /// How long was waited.
    pub waited: Duration,
}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it did not happen within {:?}", self.waited)
    }
}

impl std::error::Error for WaitError {}

impl<T> Default for Recorder<T> {
    fn default() -> Self {
        Self {
            entries: Mutex::new(Vec::new()),
            written: watch::Sender::new(0),
        }
    }
}

impl<T: Clone> Recorder<T> {
    /// Adds one entry and wakes every waiter.
    pub fn push(&self, entry: T) {
        {
            let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
            if entries.len() >= MOST_ENTRIES {
                entries.drain(..MOST_ENTRIES / 2);
            }
            entries.push(entry);
        }
        self.written.send_modify(|count| *count += 1);
    }

    /// Everything so far, oldest first.
    pub fn all(&self) -> Vec<T> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.clone()
    }

    /// Looks at everything so far without a copy; the look must not use the recorder itself.
    pub fn look<R>(&self, look: impl FnOnce(&[T]) -> R) -> R {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        look(&entries)
    }

    /// Forgets everything so far.
    pub fn clear(&self) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.clear();
    }

    /// Waits until something is true of the whole record, and gives what it found. Looked at now and
    /// after every new entry. Cancel safe.
    ///
    /// # Errors
    /// The deadline, in tokio's time, passed before that.
    pub async fn wait_for<R>(
        &self,
        deadline: Duration,
        mut look: impl FnMut(&[T]) -> Option<R>,
    ) -> Result<R, WaitError> {
        let mut written = self.written.subscribe();
        let seen = async {
            loop {
                written.borrow_and_update();
                if let Some(found) = self.look(&mut look) {
                    return found;
                }
                if written.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::time::timeout(deadline, seen)
            .await
            .map_err(|_| WaitError { waited: deadline })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends_with_the_entry_or_with_the_deadline() {
        let recorder = Recorder::default();
        let deadline = Duration::from_secs(5);
        let three = recorder.wait_for(deadline, |entries: &[u8]| entries.get(2).copied());
        let write = async {
            for entry in 1..=3 {
                tokio::task::yield_now().await;
                recorder.push(entry);
            }
        };
        let (third, ()) = tokio::join!(three, write);
        assert_eq!(third, Ok(3));
        let ninth = recorder.wait_for(deadline, |entries| entries.get(8).copied());
        assert_eq!(ninth.await, Err(WaitError { waited: deadline }));
    }
}
