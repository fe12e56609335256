//! How many TLS handshakes are begun. One costs us more than it costs whoever asks for it, before we
//! know anything of them; past the rate a connection is dropped before a byte of it is read
//! (SECURITY T56). Buckets refill evenly (GCRA) on the monotonic clock.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::auth::limiter::group;

/// Of one peer: twenty a second, and twice as many at once as may be unknown of it. A browser opens
/// six, and many of one household share an address.
const PER_PEER: Rate = Rate {
    every: Duration::from_millis(50),
    at_once: 128,
};
/// Of all: two hundred a second, about a fifth of one core.
const PER_PROCESS: Rate = Rate {
    every: Duration::from_millis(5),
    at_once: 512,
};
/// Peers that are remembered; beyond it the bucket of all alone decides.
const PEERS: usize = 4_096;

struct Rate {
    every: Duration,
    at_once: u32,
}

/// Counts handshakes.
#[derive(Debug, Default)]
pub(crate) struct Handshakes(Mutex<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    peers: HashMap<IpAddr, Bucket>,
    process: Bucket,
}

/// When the bucket would be full again.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket(Option<Instant>);

impl Bucket {
    /// The bucket after one more; none if there is no room for it.
    fn after_one(self, now: Instant, rate: &Rate) -> Option<Self> {
        let full_at = self.0.unwrap_or(now).max(now) + rate.every;
        (full_at - now <= rate.every * rate.at_once).then_some(Self(Some(full_at)))
    }

    fn is_fresh(self, now: Instant) -> bool {
        self.0.is_none_or(|full_at| full_at <= now)
    }
}

impl Handshakes {
    /// Counts one of this peer. False if there is no room for it.
    pub(crate) fn begin(&self, peer: IpAddr) -> bool {
        let (now, peer) = (Instant::now(), group(peer));
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.peers.len() >= PEERS {
            buckets.peers.retain(|_, bucket| !bucket.is_fresh(now));
        }
        let own = buckets.peers.get(&peer).copied().unwrap_or_default();
        // Its own bucket first: who is over it takes nothing from the others.
        let Some(own) = own.after_one(now, &PER_PEER) else {
            return false;
        };
        let Some(process) = buckets.process.after_one(now, &PER_PROCESS) else {
            return false;
        };
        buckets.process = process;
        if buckets.peers.len() < PEERS || buckets.peers.contains_key(&peer) {
            buckets.peers.insert(peer, own);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(handshakes: &Handshakes, peer: [u8; 4], tries: u32) -> usize {
        let peer = IpAddr::from(peer);
        (0..tries).filter(|_| handshakes.begin(peer)).count()
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_has_a_burst_and_then_its_rate_and_others_have_theirs() {
        let handshakes = Handshakes::default();
        assert_eq!(begun(&handshakes, [10, 0, 0, 1], 1_000), 128);
        assert_eq!(begun(&handshakes, [10, 0, 0, 2], 1), 1, "another peer");
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(begun(&handshakes, [10, 0, 0, 1], 1_000), 20);
    }

    #[tokio::test(start_paused = true)]
    async fn all_together_have_a_rate_too() {
        let handshakes = Handshakes::default();
        let flood = |from: u8| {
            let peers = (0..=255).map(move |last| [10, 0, from, last]);
            peers.map(|peer| begun(&handshakes, peer, 3)).sum::<usize>()
        };
        assert_eq!(flood(0), 512);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(flood(1), 200);
    }
}
