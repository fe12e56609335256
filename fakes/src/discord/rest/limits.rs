//! Rate limits: buckets of routes, the global one, and the count of invalid requests.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use super::routes::{self, Route};
use crate::discord::settings::{Rate, Rates};

/// The window of the limit of invalid requests.
const TEN_MINUTES_MS: u64 = 600_000;

/// Calls within a window.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    used: u32,
    ends_ms: u64,
}

impl Window {
    /// Counts a call in; false if the window is full.
    fn take(&mut self, rate: Rate, now_ms: u64) -> bool {
        if now_ms >= self.ends_ms {
            *self = Self {
                used: 0,
                ends_ms: now_ms + millis(rate.per),
            };
        }
        let fits = self.used < rate.calls;
        self.used += u32::from(fits);
        fits
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What the headers of an answer say of its bucket.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) bucket: &'static str,
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    pub(crate) reset_ms: u64,
    pub(crate) reset_after_ms: u64,
}

/// Why a call must wait.
#[derive(Debug, Clone)]
pub(crate) struct Wait {
    pub(crate) after_ms: u64,
    pub(crate) global: bool,
    pub(crate) standing: Option<Standing>,
}

/// The state of all limits.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    buckets: HashMap<(&'static str, String), Window>,
    global: Window,
    /// Until then everything is limited, because a test says so.
    pub(crate) closed_until_ms: u64,
    invalid_ms: VecDeque<u64>,
}

impl Limits {
    /// Counts a call of the bot.
    pub(crate) fn take(
        &mut self,
        rates: &Rates,
        route: &Route<'_>,
        now_ms: u64,
    ) -> Result<Standing, Wait> {
        let free = route.is_of_interaction();
        if !free && now_ms < self.closed_until_ms {
            return Err(global(self.closed_until_ms - now_ms));
        }
        if !free && !self.global.take(rates.global, now_ms) {
            return Err(global(self.global.ends_ms - now_ms));
        }
        let (bucket, rate) = bucket_of(rates, route.name);
        let window = self.buckets.entry((bucket, major(route))).or_default();
        let fits = window.take(rate, now_ms);
        let standing = Standing {
            bucket,
            limit: rate.calls,
            remaining: rate.calls - window.used,
            reset_ms: window.ends_ms,
            reset_after_ms: window.ends_ms - now_ms,
        };
        if fits {
            return Ok(standing);
        }
        Err(Wait {
            after_ms: standing.reset_after_ms,
            global: false,
            standing: Some(standing),
        })
    }

    /// Counts an answer that the vendor holds against the address.
    pub(crate) fn count_invalid(&mut self, now_ms: u64) {
        self.invalid_ms.push_back(now_ms);
    }

    /// Such answers in the last ten minutes.
    pub(crate) fn invalid(&mut self, now_ms: u64) -> usize {
        let old = |at: &u64| now_ms.saturating_sub(*at) >= TEN_MINUTES_MS;
        while self.invalid_ms.front().is_some_and(old) {
            self.invalid_ms.pop_front();
        }
        self.invalid_ms.len()
    }
}

fn global(after_ms: u64) -> Wait {
    Wait {
        after_ms,
        global: true,
        standing: None,
    }
}

/// The name of the bucket, as opaque as the vendor's, and its limit.
fn bucket_of(rates: &Rates, route: &str) -> (&'static str, Rate) {
    match route {
        routes::SEND => ("80c17d2f203122d936070c88c8d10f33", rates.send),
        routes::EDIT => ("7a3c1e6b90d64a5c8f1f0e2d3b4c5a69", rates.edit),
        routes::DELETE => ("1b8e0f7d6c5a49382716a5b4c3d2e1f0", rates.delete),
        routes::REACT | routes::UNREACT => ("f5b3a1c9e7d5842061a0b9c8d7e6f504", rates.react),
        routes::TYPING => ("60a1b2c3d4e5f60718293a4b5c6d7e8f", rates.typing),
        routes::CALLBACK
        | routes::FOLLOW_UP
        | routes::EDIT_ANSWER
        | routes::READ_ANSWER
        | routes::DELETE_ANSWER => ("c4d5e6f708192a3b4c5d6e7f80912a3b", rates.webhook),
        _ => ("d0e1f2a3b4c5d6e7f8091a2b3c4d5e6f", rates.other),
    }
}

/// The top-level resource by which a bucket is counted apart.
fn major(route: &Route<'_>) -> String {
    let [first, second, _] = route.args;
    if route.is_of_interaction() {
        format!("{first}/{second}")
    } else {
        format!(
            "{}/{first}",
            route.name.split('.').next().unwrap_or_default()
        )
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Method;

    use super::Limits;
    use crate::discord::rest::routes;
    use crate::discord::settings::{Rate, Rates};

    #[test]
    fn buckets_are_counted_by_route_and_channel() {
        let rates = Rates {
            send: Rate::new(2, Duration::from_secs(5)),
            ..Rates::default()
        };
        let mut limits = Limits::default();
        let one = routes::find(&Method::POST, &["channels", "1", "messages"]).unwrap();
        let two = routes::find(&Method::POST, &["channels", "2", "messages"]).unwrap();
        assert_eq!(limits.take(&rates, &one, 1000).unwrap().remaining, 1);
        assert_eq!(limits.take(&rates, &one, 2000).unwrap().remaining, 0);
        let wait = limits.take(&rates, &one, 2500).unwrap_err();
        assert_eq!((wait.after_ms, wait.global), (3500, false));
        assert!(limits.take(&rates, &two, 2500).is_ok());
        assert!(limits.take(&rates, &one, 6000).is_ok());
    }

    #[test]
    fn the_global_limit_counts_all_routes_but_interactions() {
        let rates = Rates {
            global: Rate::new(1, Duration::from_secs(1)),
            ..Rates::default()
        };
        let mut limits = Limits::default();
        let me = routes::find(&Method::GET, &["users", "@me"]).unwrap();
        let callback =
            routes::find(&Method::POST, &["interactions", "1", "t", "callback"]).unwrap();
        assert!(limits.take(&rates, &me, 0).is_ok());
        assert!(limits.take(&rates, &me, 400).unwrap_err().global);
        assert!(limits.take(&rates, &callback, 400).is_ok());
        assert!(limits.take(&rates, &me, 1000).is_ok());
    }

    #[test]
    fn invalid_requests_are_forgotten_after_ten_minutes() {
        let mut limits = Limits::default();
        limits.count_invalid(0);
        limits.count_invalid(10);
        assert_eq!(limits.invalid(599_999), 2);
        assert_eq!(limits.invalid(600_000), 1);
    }
}
