//! How much may be sent, and when the next may go: GCRA on tokio's clock, one bucket for the
//! account and one for each conversation (DECISIONS D27).

use std::collections::HashMap;
use std::time::Duration;

use tidegate_core::channel::{PeerKind, Rate, Rates as Allowed, Target};
use tokio::time::Instant;

/// Conversations that are remembered. Those that may send at once need no memory and go first.
const MAX_TARGETS: usize = 1024;
/// The part of a rate that may go at once, as a divisor.
const BURST_PART: u32 = 4;

/// One bucket. Answers see only answers; what is merely shown sees both, so that it takes what is
/// left over and never makes an answer wait.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    every: Duration,
    tolerance: Duration,
    /// When the answers so far are paid for.
    paid: Instant,
    /// When everything so far is.
    all_paid: Instant,
    /// The network asked for silence until then.
    paused: Instant,
    /// It asked what is merely shown for silence until then.
    spare_paused: Instant,
}

impl Bucket {
    /// In no window of `rate.per` do more than `rate.count` fit: a quarter at once, the others
    /// evenly over the window.
    fn new(rate: Rate, now: Instant) -> Self {
        let count = rate.count.max(1);
        let burst = (count / BURST_PART).max(1);
        let every = rate.per / (count - burst + 1) + Duration::from_nanos(1);
        Self {
            every,
            tolerance: every * (burst - 1),
            paid: now,
            all_paid: now,
            paused: now,
            spare_paused: now,
        }
    }

    fn ready(&self) -> Instant {
        earlier(self.paid, self.tolerance).max(self.paused)
    }

    fn spare(&self) -> Instant {
        earlier(self.all_paid, self.tolerance)
            .max(self.paused)
            .max(self.spare_paused)
    }

    fn take(&mut self, now: Instant) {
        self.paid = self.paid.max(now) + self.every;
        self.take_spare(now);
    }

    fn take_spare(&mut self, now: Instant) {
        self.all_paid = self.all_paid.max(now) + self.every;
    }

    fn is_idle(&self, now: Instant) -> bool {
        self.all_paid.max(self.paused).max(self.spare_paused) <= now
    }
}

fn earlier(at: Instant, by: Duration) -> Instant {
    at.checked_sub(by).unwrap_or(at)
}

/// The rates of one account.
#[derive(Debug)]
pub(super) struct Rates {
    allowed: Allowed,
    account: Bucket,
    /// By the conversation's id: its threads share what the network allows.
    targets: HashMap<String, Bucket>,
}

impl Rates {
    pub(super) fn new(allowed: Allowed, now: Instant) -> Self {
        Self {
            allowed,
            account: Bucket::new(allowed.account, now),
            targets: HashMap::new(),
        }
    }

    /// When the next answer may go there; not after now if at once.
    pub(super) fn ready(&self, target: &Target) -> Instant {
        let account = self.account.ready();
        match self.targets.get(&target.peer.id) {
            Some(bucket) => bucket.ready().max(account),
            None => account,
        }
    }

    /// An answer goes there now.
    pub(super) fn take(&mut self, target: &Target, now: Instant) {
        self.account.take(now);
        self.bucket(target, now).take(now);
    }

    /// Something is shown there now, if there is room left over; else when to ask again.
    pub(super) fn take_spare(&mut self, target: &Target, now: Instant) -> Result<(), Instant> {
        let ready = self.bucket(target, now).spare().max(self.account.spare());
        if ready > now {
            return Err(ready);
        }
        self.account.take_spare(now);
        self.bucket(target, now).take_spare(now);
        Ok(())
    }

    /// The network asked for silence: of the whole account, or in this conversation.
    pub(super) fn pause(&mut self, target: Option<&Target>, now: Instant, silence: Duration) {
        let bucket = self.bucket_of(target, now);
        bucket.paused = bucket.paused.max(now + silence);
    }

    /// It asked for silence of what is merely shown: an answer may try.
    pub(super) fn pause_spare(&mut self, target: Option<&Target>, now: Instant, silence: Duration) {
        let bucket = self.bucket_of(target, now);
        bucket.spare_paused = bucket.spare_paused.max(now + silence);
    }

    fn bucket_of(&mut self, target: Option<&Target>, now: Instant) -> &mut Bucket {
        match target {
            None => &mut self.account,
            Some(target) => self.bucket(target, now),
        }
    }

    fn bucket(&mut self, target: &Target, now: Instant) -> &mut Bucket {
        if self.targets.len() >= MAX_TARGETS && !self.targets.contains_key(&target.peer.id) {
            self.make_room(now);
        }
        let rate = match target.peer.kind {
            PeerKind::Direct => self.allowed.direct,
            PeerKind::Group | PeerKind::Channel => self.allowed.group,
        };
        self.targets
            .entry(target.peer.id.clone())
            .or_insert_with(|| Bucket::new(rate, now))
    }

    /// Forgets conversations that may send at once; if there are none, the one that may soonest.
    fn make_room(&mut self, now: Instant) {
        self.targets.retain(|_, bucket| !bucket.is_idle(now));
        if self.targets.len() < MAX_TARGETS {
            return;
        }
        let soonest = self
            .targets
            .iter()
            .min_by_key(|(_, bucket)| bucket.ready())
            .map(|(id, _)| id.clone());
        if let Some(id) = soonest {
            self.targets.remove(&id);
        }
    }
}

#[cfg(test)]
mod tests;
