//! A program that runs, and how it ends.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidegate_core::exec::Flaw;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::job::Changed;
use crate::limits::INPUT_CHUNK_MAX_BYTES;
use crate::output::{Output, Piece};

/// Why a program was not started, or not typed into.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    /// Something is not as it was when it was looked at; nothing was run.
    #[error(transparent)]
    Changed(#[from] Changed),
    /// It is no proper execution.
    #[error(transparent)]
    Flawed(#[from] Flaw),
    /// The subject is for another machine.
    #[error("the command is for another machine")]
    WrongPlace,
    /// What it is given to read is not what the subject says.
    #[error("the input is not the one that was looked at")]
    WrongInput,
    /// There are as many as may run.
    #[error("too many commands are running")]
    Busy,
    /// We are stopping.
    #[error("no more commands are started")]
    Closing,
    /// It was to be stopped before it ran.
    #[error("the command was stopped before it ran")]
    Stopped,
    /// The warden cannot be started.
    #[error("cannot start a warden")]
    Start(#[source] std::io::Error),
    /// The program cannot be started.
    #[error("cannot start the program: {0}")]
    Failed(String),
    /// The warden does not answer.
    #[error("the warden does not answer")]
    NoAnswer,
    /// The program reads nothing more, or never did.
    #[error("the program takes no input")]
    NoInput,
    /// The program does not read what waits for it already, or the piece is too long.
    #[error(
        "the program does not read its input, or more than {INPUT_CHUNK_MAX_BYTES} bytes at once"
    )]
    InputFull,
    /// On this system nothing can be run exactly as it was looked at.
    #[error("commands cannot be run on this system")]
    Platform,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// By itself, with this code.
    Exited(i32),
    /// By this signal, which we did not send.
    Signaled(i32),
    /// We ended it when its time was over.
    TimedOut,
    /// We ended it because somebody said so, or we were stopping.
    Stopped,
    /// Its warden was killed; we ended what we found of it.
    Lost,
}

/// A program that has ended, and everything that it had started.
#[derive(Debug, Clone)]
pub struct Finished {
    /// How.
    pub outcome: Outcome,
    /// What it wrote on its standard output.
    pub stdout: Output,
    /// What it wrote on its standard error.
    pub stderr: Output,
    /// How long it took.
    pub took: Duration,
    /// When it ended.
    pub ended: Instant,
    /// How many of its descendants could not be ended. Not 0 is worth an alarm.
    pub left: usize,
}

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

/// A program that runs. To drop it ends it.
pub struct Running {
    pub(crate) pid: i32,
    pub(crate) screen: Arc<Screen>,
    pub(crate) keys: Mutex<Option<mpsc::Sender<Vec<u8>>>>,
    pub(crate) stop: CancellationToken,
    pub(crate) _stop_with_us: DropGuard,
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

/// A warden that was started, with everything by which we reach it and its program.
pub(crate) struct Process {
    pub(crate) warden: tokio::process::Child,
    pub(crate) control: tokio::net::UnixStream,
    pub(crate) order: Vec<u8>,
    pub(crate) input: Option<tokio::net::unix::pipe::Sender>,
    pub(crate) stdout: tokio::process::ChildStdout,
    pub(crate) stderr: tokio::process::ChildStderr,
}

/// Which of the two outputs.
#[derive(Clone, Copy)]
pub(crate) enum Stream {
    Stdout,
    Stderr,
}

impl Running {
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
        let mut changes = self.screen.changes.subscribe();
        loop {
            changes.mark_unchanged();
            let news = self.read(from, max_bytes);
            if news.cursor != from || news.outcome.is_some() || changes.changed().await.is_err() {
                return news;
            }
        }
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
        self.screen.lock().finished.clone()
    }

    /// How and when it ended, if it has.
    pub(crate) fn end(&self) -> Option<(Outcome, Instant)> {
        let outputs = self.screen.lock();
        let finished = outputs.finished.as_ref();
        finished.map(|finished| (finished.outcome, finished.ended))
    }

    /// Waits for its end, which comes at its deadline at the latest. Cancel safe.
    pub async fn finished(&self) -> Finished {
        let mut changes = self.screen.changes.subscribe();
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

    pub(crate) fn finish(&self, outcome: Outcome, left: usize, started: Instant) {
        {
            let mut outputs = self.lock();
            let (stdout, stderr) = (outputs.stdout.clone(), outputs.stderr.clone());
            let (took, ended) = (started.elapsed(), Instant::now());
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

    fn lock(&self) -> std::sync::MutexGuard<'_, Outputs> {
        self.outputs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
