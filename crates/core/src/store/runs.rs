//! Runs.

use async_trait::async_trait;
use tidegate_protocol::RunId;

use super::StoreError;
use super::outbox::NewOutbound;
use crate::run::{Accepted, NewRun, Once, Run, RunEnd};
use crate::transcript::NewMessage;

/// The end of a run with what it adds to the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finish {
    /// The run, and the runs that were merged into it.
    pub runs: Vec<RunId>,
    /// How it ended.
    pub end: RunEnd,
    /// The answer; none if nothing was said.
    pub message: Option<NewMessage>,
    /// What goes out to the network that asked. The inbox rows of the runs end here too.
    pub outbound: Vec<NewOutbound>,
    /// Now, in Unix milliseconds.
    pub at_ms: u64,
}

/// Runs.
#[async_trait]
pub trait RunStore: Send + Sync + 'static {
    /// Stores a run as queued, makes its session if needed, and remembers the request; or says
    /// that it was accepted before. One transaction: an acknowledged run survives a crash.
    async fn accept(&self, run: NewRun) -> Result<Accepted, StoreError>;
    /// What [`RunStore::accept`] would find of a request: a repetition or another use of its key.
    /// `None` if it is new.
    async fn find_accepted(&self, once: &Once) -> Result<Option<Accepted>, StoreError>;
    /// Starts queued runs of one session as one turn: marks them running and appends their user
    /// messages (same order) to the session's current id.
    async fn begin(&self, runs: Vec<(RunId, NewMessage)>, now_ms: u64) -> Result<(), StoreError>;
    /// Appends a message of a run at work to the transcript that its turn began in: a round of its
    /// tools. False if the run is not at work: then nothing changed.
    async fn go_on(&self, id: &RunId, message: NewMessage) -> Result<bool, StoreError>;
    /// Gives a run other words while it is queued. False if it is not, or is not known: then
    /// nothing changed.
    async fn reword(&self, id: &RunId, message: String) -> Result<bool, StoreError>;
    /// Ends runs and their inbox rows, appends the answer and puts it into the outbox, in one
    /// transaction. Runs that ended before are left alone; if the first did, nothing goes out. Calls
    /// of tools that have no result get one first, as interrupted.
    async fn finish(&self, finish: Finish) -> Result<(), StoreError>;
    /// One run.
    async fn run(&self, id: &RunId) -> Result<Option<Run>, StoreError>;
    /// After a start: ends every run that was at work as interrupted (with a message that says
    /// so, made by `note`, after a result for each call of a tool that has none), and returns the queued ones in the order of acceptance.
    async fn recover(&self, note: RecoveryNote, now_ms: u64) -> Result<Recovered, StoreError>;
    /// Forgets ended runs and remembered requests older than this.
    async fn prune(&self, ended_before_ms: u64) -> Result<u64, StoreError>;
}

/// The text of the message that ends an interrupted turn.
#[derive(Debug, Clone)]
pub struct RecoveryNote {
    /// The error text.
    pub error: String,
    /// What the network that asked for the run is told, at this time in Unix milliseconds. Asked
    /// once a turn, with its first run as it is after its end.
    pub outbound: fn(&Run, u64) -> Vec<NewOutbound>,
}

/// What was found after a start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Runs that were at work.
    pub interrupted: Vec<Run>,
    /// Runs that wait, in the order of acceptance.
    pub queued: Vec<Run>,
}
