//! What can be seen of a program from outside: what it wrote, and how it ended.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::time::Instant;

use crate::ending::{Finished, Outcome};
use crate::output::{Output, Piece};

/// Up to where both outputs were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Bytes of the standard output.
    pub stdout: u64,
    /// Bytes of the standard error.
    pub stderr: u64,
}

/// What was written since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// On the standard output.
    pub stdout: Piece,
    /// On the standard error.
    pub stderr: Piece,
    /// From where to go on.
    pub cursor: Cursor,
    /// How it ended, if it has. There may still be more to read.
    pub outcome: Option<Outcome>,
}

/// What can be seen of a program from outside.
pub(crate) struct Screen {
    outputs: Mutex<Outputs>,
    // Counts what has changed.
    changes: watch::Sender<u64>,
}

#[derive(Default)]
struct Outputs {
    stdout: Output,
    stderr: Output,
    finished: Option<Finished>,
}

/// Which of the two outputs.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            outputs: Mutex::default(),
            changes: watch::Sender::new(0),
        }
    }

    pub(crate) fn push(&self, stream: Stream, bytes: &[u8]) {
        {
            let mut outputs = self.lock();
            match stream {
                Stream::Stdout => outputs.stdout.push(bytes),
                Stream::Stderr => outputs.stderr.push(bytes),
            }
        }
        self.tell();
    }

    pub(crate) fn finish(&self, outcome: Outcome, left: usize, began: Instant) {
        {
            let mut outputs = self.lock();
            let (stdout, stderr) = (outputs.stdout.clone(), outputs.stderr.clone());
            let (took, ended) = (began.elapsed(), Instant::now());
            outputs.finished = Some(Finished {
                outcome,
                stdout,
                stderr,
                took,
                ended,
                left,
            });
        }
        self.tell();
    }

    /// Tells of each change from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    pub(crate) fn ended(&self) -> Option<Finished> {
        self.lock().finished.clone()
    }

    pub(crate) fn end(&self) -> Option<(Outcome, Instant)> {
        let outputs = self.lock();
        let finished = outputs.finished.as_ref();
        finished.map(|finished| (finished.outcome, finished.ended))
    }

    pub(crate) fn written(&self) -> Cursor {
        let outputs = self.lock();
        Cursor {
            stdout: outputs.stdout.total_bytes(),
            stderr: outputs.stderr.total_bytes(),
        }
    }

    pub(crate) fn read(&self, from: Cursor, max_bytes: usize) -> News {
        let outputs = self.lock();
        let stdout = outputs.stdout.since(from.stdout, max_bytes);
        let stderr = outputs.stderr.since(from.stderr, max_bytes);
        let cursor = Cursor {
            stdout: stdout.next,
            stderr: stderr.next,
        };
        let outcome = outputs.finished.as_ref().map(|finished| finished.outcome);
        News {
            stdout,
            stderr,
            cursor,
            outcome,
        }
    }

    fn tell(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Outputs> {
        self.outputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
