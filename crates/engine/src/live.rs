//! Runs that wait or work: who waits for them, how far they are, how to stop them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_core::SessionKey;
use tidegate_core::run::{ByDevice, Run};
use tidegate_protocol::RunId;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::tools::Pauses;

/// Why a run was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopCause {
    /// By `chat.abort`.
    Rpc,
    /// By a stop word.
    Word,
    /// By the end of the right of whoever asked.
    Revoked,
    /// By a newer message, where the queue says so.
    Newer,
    /// The gateway ends.
    Shutdown,
}

impl StopCause {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Rpc => "rpc",
            Self::Word => "stop",
            Self::Revoked => "revoked",
            Self::Newer => "newer",
            Self::Shutdown => "shutdown",
        }
    }
}

/// A run that waits or works.
pub(crate) struct LiveRun {
    session_key: Mutex<SessionKey>,
    by: Option<ByDevice>,
    pub(crate) stop: CancellationToken,
    cause: Mutex<Option<StopCause>>,
    progress: Mutex<Progress>,
    pub(crate) pauses: Pauses,
    /// Turns to the ended run, once.
    ended: watch::Sender<Option<Arc<Run>>>,
}

/// What an answer looks like so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    pub(crate) text: String,
    pub(crate) thinking: String,
    /// Where in both the rounds end that the runner told of.
    rounds: Vec<(usize, usize)>,
    /// How many of them are stored as messages.
    stored: usize,
}

impl Progress {
    /// The answer grew.
    pub(crate) fn say(&mut self, more: &str) {
        let begins = self
            .rounds
            .last()
            .is_some_and(|(text, _)| *text == self.text.len());
        if begins && !self.text.is_empty() {
            self.text.push_str("\n\n");
            if let Some((text, _)) = self.rounds.last_mut() {
                *text = self.text.len();
            }
        }
        self.text.push_str(more);
    }

    /// The thinking grew.
    pub(crate) fn think(&mut self, more: &str) {
        self.thinking.push_str(more);
    }

    /// What was said so far is a message of its own.
    pub(crate) fn end_round(&mut self) {
        self.rounds.push((self.text.len(), self.thinking.len()));
    }

    /// The words and the thinking of the message that is spoken now.
    pub(crate) fn current(&self) -> (&str, &str) {
        self.since(self.rounds.last().copied())
    }

    /// Whether the model used its tools.
    pub(crate) const fn has_rounds(&self) -> bool {
        !self.rounds.is_empty()
    }

    /// The next message of its own is stored.
    pub(crate) const fn round_stored(&mut self) {
        self.stored += 1;
    }

    /// The words and the thinking that are in no stored message.
    pub(crate) fn not_stored(&self) -> (&str, &str) {
        let from = self
            .stored
            .checked_sub(1)
            .and_then(|last| self.rounds.get(last));
        self.since(from.copied())
    }

    fn since(&self, place: Option<(usize, usize)>) -> (&str, &str) {
        let (text, thinking) = place.unwrap_or_default();
        (
            self.text.get(text..).unwrap_or_default(),
            self.thinking.get(thinking..).unwrap_or_default(),
        )
    }
}

impl LiveRun {
    pub(crate) fn stop(&self, cause: StopCause) {
        self.cause
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert(cause);
        self.stop.cancel();
    }

    /// The session, by the name that it has now.
    pub(crate) fn session_key(&self) -> SessionKey {
        let key = self.session_key.lock();
        key.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn cause(&self) -> Option<StopCause> {
        *self.cause.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
pub(crate) struct LiveRuns(Mutex<HashMap<RunId, Arc<LiveRun>>>);

impl LiveRuns {
    fn lock(&self) -> MutexGuard<'_, HashMap<RunId, Arc<LiveRun>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, run: &Run) {
        let live = LiveRun {
            session_key: Mutex::new(run.session_key.clone()),
            by: run.request.by.clone(),
            stop: CancellationToken::new(),
            cause: Mutex::default(),
            progress: Mutex::default(),
            pauses: Pauses::default(),
            ended: watch::channel(None).0,
        };
        self.lock().insert(run.id.clone(), Arc::new(live));
    }

    /// A session has a new name.
    pub(crate) fn rename(&self, old: &SessionKey, new: &SessionKey) {
        for live in self.lock().values() {
            let key = live.session_key.lock();
            let mut key = key.unwrap_or_else(PoisonError::into_inner);
            if *key == *old {
                key.clone_from(new);
            }
        }
    }

    pub(crate) fn get(&self, id: &RunId) -> Option<Arc<LiveRun>> {
        self.lock().get(id).cloned()
    }

    /// The runs that a device asked for, and the session of each.
    pub(crate) fn of_device(&self, by: &ByDevice) -> Vec<(RunId, SessionKey)> {
        let live = self.lock();
        let of_it = live.iter().filter(|(_, live)| live.by.as_ref() == Some(by));
        of_it
            .map(|(id, live)| (id.clone(), live.session_key()))
            .collect()
    }

    /// The run is over: tells everyone who waits.
    pub(crate) fn end(&self, run: Run) {
        let live = self.lock().remove(&run.id);
        if let Some(live) = live {
            live.ended.send_replace(Some(Arc::new(run)));
        }
    }

    /// Resolves when the run ends; `None` at once if it is not live.
    pub(crate) async fn wait(&self, id: &RunId) -> Option<Arc<Run>> {
        let mut ended = self.get(id)?.ended.subscribe();
        let run = ended.wait_for(Option::is_some).await.ok()?;
        run.clone()
    }

    /// Stops everything because the gateway ends.
    pub(crate) fn interrupt_all(&self) {
        for live in self.lock().values() {
            live.stop(StopCause::Shutdown);
        }
    }
}
