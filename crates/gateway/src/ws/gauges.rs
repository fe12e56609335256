//! What moves on a connection, for the sweeper: plain counters, no timer per connection.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Counters of one connection. Times are milliseconds of the gateway's uptime, 0 is never.
#[derive(Debug, Default)]
pub(crate) struct Gauges {
    pub(crate) sent_bytes: AtomicU64,
    pub(crate) received_bytes: AtomicU64,
    /// Something waits that the socket does not take.
    pub(crate) write_blocked: AtomicBool,
    /// Bytes received of a message that is not complete; 0 between messages.
    pub(crate) unfinished_bytes: AtomicU64,
}

impl Gauges {
    pub(crate) fn received(&self, bytes: usize) {
        self.received_bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(crate) fn sent(&self, bytes: usize) {
        self.sent_bytes.fetch_add(bytes as u64, Relaxed);
    }
}
