//! What looking at one command may cost.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::limits::{LOOK_MAX_BYTES, LOOK_WITHIN};

/// What is left of it.
pub(crate) struct Budget {
    bytes: u64,
    until: Instant,
    stop: CancellationToken,
}

/// Why no more is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spent {
    /// The files have more than [`LOOK_MAX_BYTES`].
    Bytes,
    /// [`LOOK_WITHIN`] is over.
    Time,
    /// Nobody waits for it any more.
    Stopped,
}

impl Budget {
    /// For one command, from now on and until `stop`.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            bytes: LOOK_MAX_BYTES,
            until: Instant::now() + LOOK_WITHIN,
            stop,
        }
    }

    /// Whether so many bytes more may be read; they are not taken yet.
    pub(crate) fn check(&self, bytes: u64) -> Result<(), Spent> {
        if self.stop.is_cancelled() {
            return Err(Spent::Stopped);
        }
        if Instant::now() >= self.until {
            return Err(Spent::Time);
        }
        if bytes > self.bytes {
            return Err(Spent::Bytes);
        }
        Ok(())
    }

    /// Takes bytes that are read.
    pub(crate) fn take(&mut self, bytes: u64) -> Result<(), Spent> {
        self.check(bytes)?;
        self.bytes -= bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_ends_by_bytes_by_time_and_by_a_stop() {
        let stop = CancellationToken::new();
        let mut budget = Budget::new(stop.clone());
        assert_eq!(budget.take(LOOK_MAX_BYTES - 1), Ok(()));
        assert_eq!(budget.take(2), Err(Spent::Bytes));
        assert_eq!(budget.take(1), Ok(()));
        tokio::time::advance(LOOK_WITHIN).await;
        assert_eq!(budget.take(0), Err(Spent::Time));
        stop.cancel();
        assert_eq!(budget.take(0), Err(Spent::Stopped));
    }
}
