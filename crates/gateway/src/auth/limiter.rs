//! Wrong secrets: ten a minute from one peer and kind, sixty a minute in all. Buckets refill
//! evenly (GCRA) on the monotonic clock. Good secrets consume nothing (DECISIONS D11).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_mins(1);
const PER_PEER: u32 = 10;
const PER_PROCESS: u32 = 60;
/// Peers that are remembered; beyond it the process-wide bucket alone decides.
const PEERS: usize = 4_096;

/// Kinds of secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// The shared secret.
    Token,
    /// The shared password.
    Password,
    /// A device token.
    DeviceToken,
    /// A one-time code.
    Code,
    /// The secret or signature of a chat network that calls us.
    Webhook,
}

/// Counts wrong secrets.
#[derive(Debug, Default)]
pub(crate) struct Limiter(Mutex<Buckets>);

#[derive(Debug, Default)]
struct Buckets {
    peers: HashMap<(IpAddr, Kind), Bucket>,
    process: Bucket,
}

/// When the bucket would be full again.
#[derive(Debug, Clone, Copy, Default)]
struct Bucket(Option<Instant>);

impl Bucket {
    /// How long until one more is allowed; none if one is allowed now.
    fn wait(self, now: Instant, most: u32) -> Option<Duration> {
        let full_at = self.0?;
        let step = MINUTE / most;
        let allowed_at = full_at
            .checked_sub(MINUTE.saturating_sub(step))
            .unwrap_or(now);
        (allowed_at > now).then(|| allowed_at - now)
    }

    fn take(&mut self, now: Instant, most: u32) {
        let full_at = self.0.unwrap_or(now).max(now);
        self.0 = Some((full_at + MINUTE / most).min(now + MINUTE));
    }

    fn is_fresh(self, now: Instant) -> bool {
        self.0.is_none_or(|full_at| full_at <= now)
    }
}

impl Limiter {
    /// How many milliseconds this peer must wait before another secret of this kind is looked at.
    pub(crate) fn blocked(&self, peer: IpAddr, kind: Kind) -> Option<u64> {
        let buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.wait(group(peer), kind, Instant::now())
    }

    /// Counts a wrong one; gives the waiting time if there was no room for it.
    pub(crate) fn wrong(&self, peer: IpAddr, kind: Kind) -> Option<u64> {
        let now = Instant::now();
        let peer = group(peer);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(wait_ms) = buckets.wait(peer, kind, now) {
            return Some(wait_ms);
        }
        buckets.process.take(now, PER_PROCESS);
        if buckets.peers.len() >= PEERS {
            buckets.peers.retain(|_, bucket| !bucket.is_fresh(now));
        }
        if buckets.peers.len() < PEERS {
            buckets
                .peers
                .entry((peer, kind))
                .or_default()
                .take(now, PER_PEER);
        }
        None
    }
}

impl Buckets {
    fn wait(&self, peer: IpAddr, kind: Kind, now: Instant) -> Option<u64> {
        let own = self
            .peers
            .get(&(peer, kind))
            .and_then(|bucket| bucket.wait(now, PER_PEER));
        let all = self.process.wait(now, PER_PROCESS);
        let wait = own.max(all)?;
        Some(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1))
    }
}

/// One subscriber has a whole /64 of IPv6; mapped addresses are the IPv4 ones.
pub(crate) fn group(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test(start_paused = true)]
    async fn ten_wrong_ones_then_wait_and_one_every_six_seconds() {
        let limiter = Limiter::default();
        for _ in 0..PER_PEER {
            assert_eq!(limiter.wrong(PEER, Kind::Token), None);
        }
        let wait = limiter.wrong(PEER, Kind::Token).unwrap();
        assert!((5_000..=6_000).contains(&wait), "{wait}");
        assert!(limiter.blocked(PEER, Kind::Token).is_some());
        assert_eq!(
            limiter.blocked(PEER, Kind::Password),
            None,
            "kinds are counted apart"
        );
        tokio::time::advance(Duration::from_millis(wait)).await;
        assert_eq!(limiter.wrong(PEER, Kind::Token), None);
        assert!(limiter.wrong(PEER, Kind::Token).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn the_process_has_a_limit_of_its_own() {
        let limiter = Limiter::default();
        let mut taken = 0;
        for n in 0..200u8 {
            let peer = IpAddr::from([10, 0, 0, n]);
            taken += u32::from(limiter.wrong(peer, Kind::Token).is_none());
        }
        assert_eq!(taken, PER_PROCESS);
    }
}
