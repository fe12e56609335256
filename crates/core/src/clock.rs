//! Time and randomness come from here and nowhere else.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The wall clock.
pub trait Clock: Send + Sync + 'static {
    /// Unix time in milliseconds.
    fn now_ms(&self) -> u64;
}

/// Names that nobody can guess.
pub trait IdGen: Send + Sync + 'static {
    /// A random uuid (version 4).
    fn uuid(&self) -> String;
    /// 256 random bits.
    fn secret(&self) -> [u8; 32];
}

/// The whole milliseconds of a time; one that is too long for the number is the greatest number.
pub fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The clock of the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the clock"
    )]
    fn now_ms(&self) -> u64 {
        std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .map_or(0, millis)
    }
}

/// Randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdGen for SystemIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that makes random names"
    )]
    fn uuid(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }

    fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        #[expect(
            clippy::expect_used,
            reason = "without randomness no secret may be made; going on would be worse"
        )]
        getrandom::fill(&mut bytes).expect("the operating system has no randomness");
        bytes
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicU64);

impl ManualClock {
    /// Starts at the given Unix time in milliseconds.
    pub const fn at(now_ms: u64) -> Self {
        Self(AtomicU64::new(now_ms))
    }

    /// Moves on by so many milliseconds.
    pub fn advance_ms(&self, by_ms: u64) {
        self.0.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
