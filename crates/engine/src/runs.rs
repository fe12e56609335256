//! Asking for runs and waiting for them.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::SessionKey;
use tidegate_core::run::{Accepted, NewRun, Once, Run, RunEnd, RunRequest, RunState};
use tidegate_protocol::RunId;
use tidegate_protocol::api::sessions::SendPolicy;

pub use self::deliver::Sent;
pub use self::stop::AbortOutcome;
use crate::sessions::thinking_level;
use crate::{Engine, EngineError};

mod deliver;
mod lane;
mod stop;

/// When to come back to a session whose queue is full.
const FULL_RETRY_MS: u64 = 2_000;

/// What a caller asks an agent to do.
#[derive(Debug, Clone)]
pub struct RunAsk {
    /// Who asks.
    pub once: Once,
    /// The session.
    pub session_key: SessionKey,
    /// What to do.
    pub request: RunRequest,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct RunTicket {
    /// The run.
    pub run: Run,
    /// Whether the same request was accepted before.
    pub repeat: bool,
    /// Whether it waits for another run of its session.
    pub queued: bool,
}

impl Engine {
    /// The run that this very request made before, if it did.
    ///
    /// # Errors
    /// The key was used otherwise, or the store failed.
    pub async fn asked_before(&self, once: &Once) -> Result<Option<Run>, EngineError> {
        match self.inner().runs.find_accepted(once).await? {
            None | Some(Accepted::NoRoom) => Ok(None),
            Some(Accepted::New(run) | Accepted::Repeat(run)) => Ok(Some(run)),
            Some(Accepted::KeyReused) => Err(EngineError::KeyReused),
        }
    }

    /// Stores a run and queues it. When this returns, a crash cannot lose it.
    ///
    /// # Errors
    /// No agent answers in the session any more, it refuses messages or is full, the thinking level
    /// does not exist, the key was used otherwise, the gateway is stopping, or the store failed.
    pub async fn ask(&self, ask: RunAsk) -> Result<RunTicket, EngineError> {
        self.agent_of(&ask.session_key)
            .map_err(EngineError::Invalid)?;
        if let Some(level) = &ask.request.thinking {
            thinking_level(level)?;
        }
        // First of all: whoever asks first is accepted first.
        let order = self.inner().lanes.gate(&ask.session_key).await;
        // A task of its own: a caller that goes away must not leave a run stored and not queued.
        let engine = self.clone();
        let accepting = self.inner().tasks.spawn(async move {
            let _order = order;
            engine.accept(ask).await
        });
        accepting.await.unwrap_or(Err(EngineError::Draining))
    }

    async fn accept(&self, ask: RunAsk) -> Result<RunTicket, EngineError> {
        let inner = self.inner();
        if inner.lanes.is_closed() {
            return Err(EngineError::Draining);
        }
        let key = ask.session_key.clone();
        let session = inner.sessions.session(&key).await?;
        if session.is_some_and(|s| s.settings.send_policy == Some(SendPolicy::Deny)) {
            return Err(EngineError::invalid("send blocked by session policy"));
        }
        let accepted = inner
            .runs
            .accept(NewRun {
                run_id: RunId::new(ask.once.key.clone()),
                spare_run_id: RunId::new(inner.ids.uuid()),
                once: ask.once,
                session_key: key.clone(),
                new_session_id: inner.ids.uuid(),
                request: ask.request,
                room: inner.lanes.waiting(&key) < inner.agents.limits.queue.cap,
                renews: false,
                at_ms: inner.clock.now_ms(),
            })
            .await?;
        match accepted {
            Accepted::New(run) => {
                let queued = inner.lanes.is_busy(&key);
                self.enqueue(run.clone());
                Ok(RunTicket {
                    run,
                    repeat: false,
                    queued,
                })
            }
            Accepted::Repeat(run) => {
                let queued = run.state == RunState::Queued;
                Ok(RunTicket {
                    run,
                    repeat: true,
                    queued,
                })
            }
            Accepted::KeyReused => Err(EngineError::KeyReused),
            Accepted::NoRoom => Err(EngineError::Busy {
                what: format!(
                    "the queue of session {key} is full; wait for the run at work or stop it"
                ),
                retry_after_ms: FULL_RETRY_MS,
            }),
        }
    }

    /// One run, live or stored.
    ///
    /// # Errors
    /// The store failed.
    pub async fn run(&self, id: &RunId) -> Result<Option<Run>, EngineError> {
        Ok(self.inner().runs.run(id).await?)
    }

    /// Waits for the end of a run. `None` when the time is over; an unknown run may still come.
    ///
    /// # Errors
    /// The store failed.
    pub async fn wait(
        &self,
        id: &RunId,
        timeout: Duration,
    ) -> Result<Option<Arc<Run>>, EngineError> {
        let deadline = tokio::time::Instant::now() + timeout;
        loop {
            if let Ok(Some(run)) =
                tokio::time::timeout_at(deadline, self.inner().live.wait(id)).await
            {
                return Ok(Some(run));
            }
            if let Some(run) = self.run(id).await?
                && run.state == RunState::Ended
            {
                return Ok(Some(Arc::new(run)));
            }
            let now = tokio::time::Instant::now();
            if now >= deadline {
                return Ok(None);
            }
            tokio::time::sleep_until(deadline.min(now + Duration::from_millis(250))).await;
        }
    }
}

/// The run as it is after its end.
pub(crate) fn ended(mut run: Run, end: RunEnd, at_ms: u64) -> Run {
    run.state = RunState::Ended;
    run.ended_at_ms = Some(at_ms);
    run.end = Some(end);
    run
}
