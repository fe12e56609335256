//! The requests of one connection, one after the other.

use std::sync::{Mutex, PoisonError};

use tokio_util::sync::{CancellationToken, DropGuard};

/// Knows when an answer was taken: when the next request comes, or the connection ends.
#[derive(Default)]
pub(crate) struct Turns(Mutex<Option<DropGuard>>);

impl Turns {
    /// Begins the next one. What it gives is cancelled when the one after it begins, or with this.
    pub(crate) fn begin(&self) -> CancellationToken {
        let taken = CancellationToken::new();
        let guard = taken.clone().drop_guard();
        let before = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(guard);
        drop(before);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_when_the_next_request_comes_or_with_the_connection() {
        let turns = Turns::default();
        let first = turns.begin();
        assert!(!first.is_cancelled());
        let second = turns.begin();
        assert!(first.is_cancelled() && !second.is_cancelled());
        drop(turns);
        assert!(second.is_cancelled());
    }
}
