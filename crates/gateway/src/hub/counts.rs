//! Counts of a connection's requests that go back by themselves.

use std::sync::atomic::{AtomicU32, Ordering};

/// Keeps a connection until its answer is out.
pub(crate) struct AnsweredFirst<'a>(&'a AtomicU32);

impl<'a> AnsweredFirst<'a> {
    pub(super) fn begin(counter: &'a AtomicU32) -> Self {
        counter.fetch_add(1, Ordering::AcqRel);
        Self(counter)
    }
}

impl Drop for AnsweredFirst<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Counts a request while it lives.
pub(crate) struct InFlight<'a>(&'a AtomicU32);

impl<'a> InFlight<'a> {
    /// None if there is no room.
    pub(crate) fn begin(counter: &'a AtomicU32, most: usize) -> Option<Self> {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let room = |now: u32| (now < most).then_some(now + 1);
        counter
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, room)
            .ok()
            .map(|_| Self(counter))
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
