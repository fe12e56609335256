//! How long to wait before another try: pure.

use std::time::Duration;

/// Doublings that are counted; by then every wait here is at its longest.
const MOST_DOUBLINGS: u32 = 16;

/// Waits that double from failure to failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The whole wait after the first failure.
    pub first: Duration,
    /// The longest whole wait.
    pub longest: Duration,
}

impl Backoff {
    /// The whole wait after a failure that so many others came before, without a success between.
    pub fn whole(self, failures_before: u32) -> Duration {
        let times = 2_u32.pow(failures_before.min(MOST_DOUBLINGS));
        self.first.saturating_mul(times).min(self.longest)
    }

    /// The same with chance in it, see [`jittered`].
    pub fn wait(self, failures_before: u32, chance: u8) -> Duration {
        jittered(self.whole(failures_before), chance)
    }
}

/// Between the half (`chance` is 0) and the whole (255) of a wait, so that many who failed together
/// do not come back together.
pub fn jittered(whole: Duration, chance: u8) -> Duration {
    let half = whole / 2;
    half + half.saturating_mul(u32::from(chance)) / 255
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const BACKOFF: Backoff = Backoff {
        first: SECOND,
        longest: Duration::from_mins(1),
    };

    #[test]
    fn waits_double_up_to_the_longest() {
        let wholes = [1, 2, 4, 8, 16, 32, 60, 60].map(|seconds| SECOND * seconds);
        for (failures, whole) in (0..).zip(wholes) {
            assert_eq!(BACKOFF.whole(failures), whole, "after {failures}");
        }
        assert_eq!(BACKOFF.whole(u32::MAX), BACKOFF.longest);
    }

    #[test]
    fn chance_takes_at_most_the_half_away() {
        assert_eq!(BACKOFF.wait(2, 0), SECOND * 2);
        assert_eq!(BACKOFF.wait(2, u8::MAX), SECOND * 4);
        let middle = BACKOFF.wait(2, 128);
        assert!(SECOND * 2 < middle && middle < SECOND * 4, "{middle:?}");
    }

    #[test]
    fn a_wait_without_end_is_the_longest() {
        let endless = Backoff {
            first: Duration::MAX,
            longest: Duration::MAX,
        };
        assert_eq!(endless.whole(3), Duration::MAX);
        assert!(endless.wait(3, u8::MAX) >= Duration::MAX / 2);
    }
}
