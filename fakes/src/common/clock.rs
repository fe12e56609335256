//! The clock of a fake vendor: its own, and wrong by as much as a test wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::UNIX_EPOCH;

use tokio::time::Instant;

/// Wall time of a fake. It starts at the system's time, goes on with tokio's clock (so paused time
/// holds it still), and can be moved to be skewed. Clones share the skew.
#[derive(Debug, Clone)]
pub struct FakeClock {
    started: Instant,
    started_ms: i64,
    skew_ms: Arc<AtomicI64>,
}

impl FakeClock {
    /// A clock that agrees with the system now.
    #[expect(
        clippy::disallowed_methods,
        reason = "a foreign server has a clock of its own, and this crate may not know our ports"
    )]
    pub fn system() -> Self {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH);
        Self::at(since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        }))
    }

    /// A clock that starts at this Unix time in milliseconds.
    pub fn at(now_ms: i64) -> Self {
        Self {
            started: Instant::now(),
            started_ms: now_ms,
            skew_ms: Arc::new(AtomicI64::new(0)),
        }
    }

    /// Unix time in milliseconds, skew included.
    pub fn now_ms(&self) -> i64 {
        let passed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.started_ms
            .saturating_add(passed)
            .saturating_add(self.skew_ms.load(Ordering::Relaxed))
    }

    /// Unix time in seconds, skew included.
    pub fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// From now on the clock is wrong by so many milliseconds; negative is behind.
    pub fn skew_ms(&self, by_ms: i64) {
        self.skew_ms.store(by_ms, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_follows_tokio_and_can_be_wrong() {
        let clock = FakeClock::at(10_500);
        tokio::time::advance(Duration::from_millis(700)).await;
        assert_eq!((clock.now_ms(), clock.now_s()), (11_200, 11));
        clock.clone().skew_ms(-11_000);
        assert_eq!((clock.now_ms(), clock.now_s()), (200, 0));
    }
}
