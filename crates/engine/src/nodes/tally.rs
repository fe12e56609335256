//! What nodes sent that nobody believed, counted (SECURITY T24, F27).

use std::sync::atomic::{AtomicU64, Ordering};

/// The counts since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NodeTally {
    /// Answers that came when nobody waited for them any more, or that were never asked for.
    pub late: u64,
    /// Answers to commands that another connection was sent.
    pub foreign: u64,
    /// `exec.*` events about runs that this connection was not given.
    pub unbelieved: u64,
}

#[derive(Default)]
pub(super) struct Counts {
    late: AtomicU64,
    foreign: AtomicU64,
    unbelieved: AtomicU64,
}

impl Counts {
    pub(super) fn late(&self) {
        self.late.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn foreign(&self) {
        self.foreign.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn unbelieved(&self) {
        self.unbelieved.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self) -> NodeTally {
        NodeTally {
            late: self.late.load(Ordering::Relaxed),
            foreign: self.foreign.load(Ordering::Relaxed),
            unbelieved: self.unbelieved.load(Ordering::Relaxed),
        }
    }
}
