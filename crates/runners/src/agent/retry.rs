//! How often and after which wait a request is made again (F11).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::HeaderMap;
use tidegate_protocol::RunId;

/// Tries of one run.
pub(crate) const MAX_TRIES: u32 = 3;
/// All waits of one run together.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(20);
/// The wait before the second try, where the provider names none; then twice that.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Longest wait that is believed.
const MAX_NAMED: Duration = Duration::from_hours(366 * 24);

/// What is left of a run's tries.
#[derive(Debug)]
pub(crate) struct Budget {
    seed: u64,
    tries: u32,
    left: Duration,
}

impl Budget {
    /// The budget of one run. Two runs wait differently, the same run always alike.
    pub(crate) fn new(run: &RunId) -> Self {
        let mut hasher = DefaultHasher::new();
        run.hash(&mut hasher);
        Self {
            seed: hasher.finish(),
            tries: 1,
            left: MAX_WAIT,
        }
    }

    /// Tries so far, the one at work included.
    pub(crate) const fn tries(&self) -> u32 {
        self.tries
    }

    /// How long to wait before the next try; nothing if there is none.
    pub(crate) fn next(&mut self, named: Option<Duration>) -> Option<Duration> {
        let jitter = |most: Duration| {
            most.mul_f64(f64::from(u16::try_from(self.seed % 1000).unwrap_or(0)) / 1000.0)
        };
        let wait = match named {
            Some(named) if named > self.left => return None,
            Some(named) => (named + jitter(Duration::from_millis(250))).min(self.left),
            None => {
                let full = FIRST_WAIT * 2_u32.saturating_pow(self.tries - 1);
                (full / 2 + jitter(full / 2)).min(self.left)
            }
        };
        if self.tries >= MAX_TRIES {
            return None;
        }
        self.seed = self.seed.rotate_right(10);
        self.tries += 1;
        self.left = self.left.saturating_sub(wait);
        Some(wait)
    }
}

/// Whether a status says that the same request may succeed later.
pub(crate) const fn may_retry(status: u16) -> bool {
    matches!(status, 408 | 409 | 425 | 429 | 500 | 502 | 503 | 504 | 529)
}

/// When the provider wants to be asked again: `retry-after-ms`, or `Retry-After` in seconds or as
/// a date.
pub(crate) fn named_wait(headers: &HeaderMap, now_ms: u64) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| *number >= 0.0);
    let seconds = |number: f64| Duration::try_from_secs_f64(number).unwrap_or(MAX_NAMED);
    let wait = text("retry-after-ms")
        .and_then(number)
        .map(|ms| seconds(ms / 1000.0))
        .or_else(|| {
            let value = text("retry-after")?;
            number(value).map(seconds).or_else(|| {
                let at = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
                let at_ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
                Some(Duration::from_millis(at_ms.saturating_sub(now_ms)))
            })
        })?;
    Some(wait.min(MAX_NAMED))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn budget(id: &str) -> Budget {
        Budget::new(&RunId::new(id))
    }

    fn wait_of(name: &'static str, value: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_str(value).unwrap());
        named_wait(&headers, 784_111_700_000)
    }

    #[test]
    fn three_tries_and_twenty_seconds() {
        for nth in 0..200 {
            let mut budget = budget(&format!("run-{nth}"));
            let first = budget.next(None).unwrap();
            assert!((500..=1000).contains(&first.as_millis()), "{first:?}");
            let second = budget.next(None).unwrap();
            assert!((1000..=2000).contains(&second.as_millis()), "{second:?}");
            assert_eq!(budget.next(None), None);
            assert_eq!(budget.tries(), 3);
        }
        let mut named = budget("a");
        assert_eq!(named.next(Some(Duration::from_secs(21))), None);
        let wait = named.next(Some(Duration::from_secs(20))).unwrap();
        assert_eq!(wait, MAX_WAIT);
        assert_eq!(named.next(Some(Duration::from_secs(1))), None);
        assert_eq!(named.tries(), 2);
    }

    #[test]
    fn every_way_to_name_a_wait() {
        let seconds = Duration::from_secs;
        assert_eq!(wait_of("retry-after", "7"), Some(seconds(7)));
        assert_eq!(
            wait_of("retry-after", "0.5"),
            Some(Duration::from_millis(500))
        );
        assert_eq!(
            wait_of("retry-after-ms", "250"),
            Some(Duration::from_millis(250))
        );
        assert_eq!(
            wait_of("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"),
            Some(seconds(77))
        );
        assert_eq!(
            wait_of("retry-after", "Sun, 06 Nov 1994 08:40:00 GMT"),
            Some(seconds(0))
        );
        assert_eq!(wait_of("retry-after", "1e300"), Some(MAX_NAMED));
        for odd in ["", "-1", "NaN", "soon", "9999999999999999999999999999 GMT"] {
            assert_eq!(wait_of("retry-after", odd), None, "{odd}");
        }
    }
}
