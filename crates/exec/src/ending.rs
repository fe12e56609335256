//! How a program ended.

use std::time::Duration;

use tokio::time::Instant;

use crate::output::Output;

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
