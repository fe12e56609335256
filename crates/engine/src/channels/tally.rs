//! How many events of an account came to which end; for metrics and for whoever wonders why nobody
//! is heard.

use std::sync::atomic::{AtomicU64, Ordering};

use tidegate_core::access::Refusal;
use tidegate_core::channel::Heard;
use tidegate_core::store::AccountLoad;

#[derive(Default)]
pub(crate) struct Tally {
    taken: AtomicU64,
    known: AtomicU64,
    ignored: AtomicU64,
    refusals: [AtomicU64; Refusal::ALL.len()],
    open: AtomicU64,
    dead: AtomicU64,
}

impl Tally {
    pub(crate) fn heard(&self, heard: Heard) {
        let count = match heard {
            Heard::Taken => &self.taken,
            Heard::Known => &self.known,
            Heard::Ignored => &self.ignored,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused(&self, why: Refusal) {
        let counts = Refusal::ALL.iter().zip(&self.refusals);
        for (_, count) in counts.filter(|(refusal, _)| **refusal == why) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What waits and what was given up, as the store just said.
    pub(crate) fn load(&self, load: AccountLoad) {
        self.open.store(load.open, Ordering::Relaxed);
        self.dead.store(load.dead, Ordering::Relaxed);
    }

    pub(crate) fn open(&self) -> u64 {
        self.open.load(Ordering::Relaxed)
    }

    pub(crate) fn dead(&self) -> u64 {
        self.dead.load(Ordering::Relaxed)
    }

    pub(crate) fn inbound(&self) -> Vec<(&'static str, u64)> {
        [
            ("taken", &self.taken),
            ("known", &self.known),
            ("ignored", &self.ignored),
        ]
        .map(|(word, count)| (word, count.load(Ordering::Relaxed)))
        .to_vec()
    }

    pub(crate) fn refusals(&self) -> Vec<(&'static str, u64)> {
        let counts = Refusal::ALL.iter().zip(&self.refusals);
        counts
            .map(|(refusal, count)| (refusal.as_str(), count.load(Ordering::Relaxed)))
            .collect()
    }
}
