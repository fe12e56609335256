//! How many messages may leave: overall, to one chat, to one group.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Limits;

/// The messages of the last while, for every limit that counts them.
#[derive(Debug, Default)]
pub(super) struct Rates {
    overall: Window,
    chats: HashMap<i64, Window>,
    groups: HashMap<i64, Window>,
}

impl Rates {
    /// Counts so many messages to a chat, or says how many seconds to wait. A refused message does
    /// not count.
    pub(super) fn count(
        &mut self,
        chat: i64,
        messages: usize,
        limits: &Limits,
        now: Instant,
    ) -> Result<(), u64> {
        let burst_span = Duration::from_secs(u64::try_from(limits.chat_burst).unwrap_or(u64::MAX));
        let is_group = chat < 0;
        let windows = [
            (
                &mut self.overall,
                Duration::from_secs(1),
                limits.overall_per_second,
            ),
            (
                self.chats.entry(chat).or_default(),
                burst_span,
                limits.chat_burst,
            ),
            (
                self.groups.entry(chat).or_default(),
                Duration::from_mins(1),
                if is_group {
                    limits.group_per_minute
                } else {
                    usize::MAX
                },
            ),
        ];
        let mut wait = Duration::ZERO;
        let mut counted = Vec::new();
        for (window, span, most) in windows {
            if most == usize::MAX {
                continue;
            }
            wait = wait.max(window.wait(now, span, most, messages));
            counted.push(window);
        }
        if !wait.is_zero() {
            return Err(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        }
        for window in counted {
            window.times.extend(std::iter::repeat_n(now, messages));
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct Window {
    times: VecDeque<Instant>,
}

impl Window {
    /// How long until so many more fit into the window.
    fn wait(&mut self, now: Instant, span: Duration, most: usize, more: usize) -> Duration {
        while self.times.front().is_some_and(|time| now - *time >= span) {
            self.times.pop_front();
        }
        let over = (self.times.len() + more).saturating_sub(most);
        let Some(last_to_go) = over.checked_sub(1) else {
            return Duration::ZERO;
        };
        match self.times.get(last_to_go) {
            Some(time) => span.saturating_sub(now - *time),
            // More at once than ever fit: an album over the limit goes when the window is empty.
            None => self
                .times
                .back()
                .map_or(Duration::ZERO, |time| span.saturating_sub(now - *time)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(rates: &mut Rates, chat: i64, at_ms: u64, start: Instant) -> Result<(), u64> {
        let now = start + Duration::from_millis(at_ms);
        rates.count(chat, 1, &Limits::vendor(), now)
    }

    #[test]
    fn a_chat_takes_a_burst_and_then_one_a_second() {
        let (mut rates, start) = (Rates::default(), Instant::now());
        for n in 0..5 {
            assert_eq!(count(&mut rates, 7, n * 10, start), Ok(()));
        }
        assert_eq!(count(&mut rates, 7, 100, start), Err(5));
        assert_eq!(count(&mut rates, 8, 100, start), Ok(()));
        assert_eq!(count(&mut rates, 7, 4_500, start), Err(1));
        assert_eq!(count(&mut rates, 7, 5_000, start), Ok(()));
    }

    #[test]
    fn a_group_takes_twenty_a_minute() {
        let (mut rates, start) = (Rates::default(), Instant::now());
        for n in 0..20 {
            assert_eq!(count(&mut rates, -7, n * 1_000, start), Ok(()));
        }
        assert_eq!(count(&mut rates, -7, 20_000, start), Err(40));
        assert_eq!(count(&mut rates, -7, 60_000, start), Ok(()));
    }

    #[test]
    fn all_chats_together_take_thirty_a_second() {
        let (mut rates, start) = (Rates::default(), Instant::now());
        for chat in 1..=30 {
            assert_eq!(count(&mut rates, chat, 0, start), Ok(()));
        }
        assert_eq!(count(&mut rates, 31, 500, start), Err(1));
        assert_eq!(count(&mut rates, 31, 1_000, start), Ok(()));
    }
}
