//! Heartbeats: when one is due, and whether the last one was heard.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Bounds of the interval that a server may ask for.
const LEAST: Duration = Duration::from_millis(100);
const MOST: Duration = Duration::from_mins(2);

/// The pulse of one socket.
#[derive(Debug)]
pub(super) struct Pulse {
    every: Duration,
    next: Instant,
    unheard: bool,
}

impl Pulse {
    /// Every so many milliseconds. The first one comes after `permille` of that, so that not every
    /// bot in the world beats at the same moment after the network's own restart.
    pub(super) fn new(every_ms: u64, permille: u32) -> Self {
        let every = Duration::from_millis(every_ms).clamp(LEAST, MOST);
        Self {
            every,
            next: Instant::now() + every * permille.min(1000) / 1000,
            unheard: false,
        }
    }

    /// Waits until one is due. Cancel safe.
    pub(super) async fn due(&self) {
        sleep_until(self.next).await;
    }

    /// One is sent now. False if the one before was not heard: nobody listens.
    pub(super) fn beat(&mut self) -> bool {
        self.next = Instant::now() + self.every;
        !std::mem::replace(&mut self.unheard, true)
    }

    /// The network asked for one out of turn.
    pub(super) fn hurry(&mut self) {
        self.next = Instant::now() + self.every;
        self.unheard = true;
    }

    /// It was heard.
    pub(super) fn heard(&mut self) {
        self.unheard = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_first_beat_is_jittered_and_the_others_are_not() {
        let start = Instant::now();
        let mut pulse = Pulse::new(41_250, 400);
        pulse.due().await;
        assert_eq!(start.elapsed(), Duration::from_millis(16_500));
        assert!(pulse.beat());
        pulse.heard();
        pulse.due().await;
        assert_eq!(start.elapsed(), Duration::from_millis(16_500 + 41_250));
        assert!(pulse.beat());
    }

    #[tokio::test(start_paused = true)]
    async fn a_beat_that_nobody_heard_is_noticed_with_the_next() {
        let mut pulse = Pulse::new(1000, 0);
        assert!(pulse.beat());
        pulse.due().await;
        assert!(!pulse.beat());
        let mut hurried = Pulse::new(1000, 0);
        hurried.hurry();
        hurried.heard();
        assert!(hurried.beat());
    }

    #[test]
    fn no_server_makes_us_spin() {
        assert_eq!(Pulse { ..pulse(0) }.every, LEAST);
        assert_eq!(Pulse { ..pulse(u64::MAX) }.every, MOST);
    }

    fn pulse(every_ms: u64) -> Pulse {
        Pulse::new(every_ms, 1000)
    }
}
