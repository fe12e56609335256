//! A program that runs.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::ending::{Finished, Outcome};
use crate::error::ExecError;
use crate::limits::INPUT_CHUNK_MAX_BYTES;
use crate::screen::{Cursor, News, Screen};

/// A program that runs. To drop it ends it.
pub struct Running {
    pid: i32,
    screen: Arc<Screen>,
    keys: Mutex<Option<mpsc::Sender<Vec<u8>>>>,
    stop: CancellationToken,
    _stop_with_us: DropGuard,
}

impl Running {
    /// One that can be typed into by `keys`, if there are any, and that `stop` ends.
    pub(crate) fn new(
        pid: i32,
        screen: Arc<Screen>,
        keys: Option<mpsc::Sender<Vec<u8>>>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            pid,
            screen,
            keys: Mutex::new(keys),
            _stop_with_us: stop.clone().drop_guard(),
            stop,
        }
    }

    /// Its process number, to be shown. Not to be signalled: use [`Self::stop`].
    pub const fn pid(&self) -> i32 {
        self.pid
    }

    /// What was written since, at most `max_bytes` of each output. Does not wait.
    pub fn read(&self, from: Cursor, max_bytes: usize) -> News {
        self.screen.read(from, max_bytes)
    }

    /// As [`Self::read`], but waits until there is something, or the end. Cancel safe; wait with a
    /// deadline of your own.
    pub async fn news(&self, from: Cursor, max_bytes: usize) -> News {
        let mut changes = self.screen.changes();
        loop {
            changes.mark_unchanged();
            let news = self.read(from, max_bytes);
            if news.cursor != from || news.outcome.is_some() || changes.changed().await.is_err() {
                return news;
            }
        }
    }

    /// How much it has written.
    pub(crate) fn written(&self) -> Cursor {
        self.screen.written()
    }

    /// Types something. Does not wait.
    ///
    /// # Errors
    /// [`ExecError::NoInput`] and [`ExecError::InputFull`].
    pub fn write(&self, bytes: Vec<u8>) -> Result<(), ExecError> {
        if bytes.len() > INPUT_CHUNK_MAX_BYTES {
            return Err(ExecError::InputFull);
        }
        let keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = keys.as_ref().ok_or(ExecError::NoInput)?;
        keys.try_send(bytes).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => ExecError::InputFull,
            mpsc::error::TrySendError::Closed(_) => ExecError::NoInput,
        })
    }

    /// Lets the program read the end of its input, after what was typed.
    pub fn close_input(&self) {
        self.keys
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }

    /// Ends it and everything that it has started. Does not wait: see [`Self::finished`].
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// How it ended, if it has. A copy, with all its output.
    pub fn ended(&self) -> Option<Finished> {
        self.screen.ended()
    }

    /// How and when it ended, if it has.
    pub(crate) fn end(&self) -> Option<(Outcome, Instant)> {
        self.screen.end()
    }

    /// Waits for its end, which comes at its deadline at the latest. Cancel safe.
    pub async fn finished(&self) -> Finished {
        let mut changes = self.screen.changes();
        loop {
            changes.mark_unchanged();
            if let Some(finished) = self.ended() {
                return finished;
            }
            // The sender is ours, so this never fails.
            let _ = changes.changed().await;
        }
    }
}
