//! A run that waits for a person is not late by that. Its deadline stands still meanwhile, but not for
//! ever: the run holds its session's lane, and whoever writes there waits behind it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// For how long all waits of one run together put its deadline off. Longer than any one question is
/// open (30 minutes), so that a person who answers in time never finds the run ended.
pub(crate) const PAUSE_MAX: Duration = Duration::from_mins(45);

/// The waits of one run for people, and whether a tool of it is at work.
#[derive(Debug, Default)]
pub(crate) struct Pauses(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    since: Option<Instant>,
    before: Duration,
    working: u32,
}

impl Pauses {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A person is waited for, as long as the answer lives.
    pub(crate) fn begin(&self) -> Pause<'_> {
        self.lock().since.get_or_insert_with(Instant::now);
        Pause(self)
    }

    /// A tool is at work, as long as the answer lives: the model may be silent.
    pub(crate) fn work(&self) -> Work<'_> {
        self.lock().working += 1;
        Work(self)
    }

    /// Whether a tool is at work.
    pub(crate) fn is_working(&self) -> bool {
        self.lock().working > 0
    }

    /// By how much the deadline is put off.
    pub(crate) fn put_off(&self) -> Duration {
        let state = self.lock();
        let now = state.since.map_or(Duration::ZERO, |since| since.elapsed());
        (state.before + now).min(PAUSE_MAX)
    }

    /// Whether the deadline stands still now.
    pub(crate) fn stands_still(&self) -> bool {
        let waits = self.lock().since.is_some();
        waits && self.put_off() < PAUSE_MAX
    }
}

/// See [`Pauses::begin`].
pub(crate) struct Pause<'a>(&'a Pauses);

impl Drop for Pause<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        if let Some(since) = state.since.take() {
            state.before += since.elapsed();
        }
    }
}

/// See [`Pauses::work`].
pub(crate) struct Work<'a>(&'a Pauses);

impl Drop for Work<'_> {
    fn drop(&mut self) {
        self.0.lock().working -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_deadline_stands_still_and_not_for_ever() {
        let pauses = Pauses::default();
        let minutes = Duration::from_mins;
        tokio::time::advance(minutes(5)).await;
        assert_eq!(pauses.put_off(), Duration::ZERO);
        let pause = pauses.begin();
        tokio::time::advance(minutes(10)).await;
        assert_eq!(pauses.put_off(), minutes(10));
        assert!(pauses.stands_still());
        drop(pause);
        tokio::time::advance(minutes(10)).await;
        assert_eq!(pauses.put_off(), minutes(10));
        assert!(!pauses.stands_still());
        let _pause = pauses.begin();
        tokio::time::advance(minutes(60)).await;
        assert_eq!(pauses.put_off(), PAUSE_MAX);
        assert!(!pauses.stands_still());
    }
}
