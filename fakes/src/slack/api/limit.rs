//! How often: buckets that fill with time.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::methods::{Method, Tier};
use crate::slack::rules::Rules;

/// A minute, over which tiers count.
const MINUTE: Duration = Duration::from_mins(1);

/// Every bucket of the one token: by method, or by channel for posts.
#[derive(Debug)]
pub(in crate::slack) struct Limits {
    post: Rate,
    tiers: [Rate; 4],
    buckets: HashMap<String, Bucket>,
}

#[derive(Debug, Clone, Copy)]
struct Rate {
    most: f64,
    every: Duration,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Limits {
    pub(in crate::slack) fn new(rules: &Rules) -> Self {
        Self {
            post: Rate {
                most: f64::from(rules.post_burst),
                every: rules.post_every,
            },
            tiers: rules.tiers.map(|calls| Rate {
                most: f64::from(calls),
                every: MINUTE / calls.max(1),
            }),
            buckets: HashMap::new(),
        }
    }

    /// Takes one call.
    ///
    /// # Errors
    /// How long to wait for the next.
    pub(super) fn take(&mut self, method: &Method, channel: &str) -> Result<(), Duration> {
        let (rate, name) = match method.tier {
            Tier::Free => return Ok(()),
            Tier::Post => (Some(self.post), format!("post {channel}")),
            Tier::Of(tier) => (
                tier.checked_sub(1)
                    .and_then(|tier| self.tiers.get(tier).copied()),
                method.name.to_owned(),
            ),
        };
        let Some(rate) = rate else { return Ok(()) };
        let bucket = self.buckets.entry(name).or_insert_with(|| Bucket {
            left: rate.most,
            at: Instant::now(),
        });
        bucket.take(rate)
    }
}

impl Bucket {
    fn take(&mut self, rate: Rate) -> Result<(), Duration> {
        let every = rate.every.as_secs_f64().max(f64::MIN_POSITIVE);
        let grown = self.at.elapsed().as_secs_f64() / every;
        self.at = Instant::now();
        self.left = (self.left + grown).min(rate.most);
        if self.left >= 1.0 {
            self.left -= 1.0;
            return Ok(());
        }
        Err(rate.every.mul_f64(1.0 - self.left))
    }
}
