//! Asking for runs, waiting for them, stopping them; and what is left of them after a crash.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::SessionKey;
use tidegate_core::channel::Target;
use tidegate_core::run::{Accepted, NewRun, Once, Run, RunEnd, RunRequest, RunState, RunStatus};
use tidegate_core::store::{Delivered, Finish, RecoveryNote};
use tidegate_core::transcript::{NewMessage, Usage};
use tidegate_protocol::RunId;
use tidegate_protocol::api::sessions::SendPolicy;

use crate::lanes::{LaneNo, Next};
use crate::live::StopCause;
use crate::sessions::thinking_level;
use crate::speech::Speaker;
use crate::{Engine, EngineError, commands};

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

/// A delivered message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The message's id.
    pub message_id: String,
    /// The session that it was delivered to.
    pub session_key: SessionKey,
}

/// What was stopped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AbortOutcome {
    /// The runs.
    pub run_ids: Vec<RunId>,
}

impl Engine {
    /// Stores a run and queues it. When this returns, a crash cannot lose it.
    ///
    /// # Errors
    /// The session refuses messages or is full, the thinking level does not exist, the key was
    /// used otherwise, the gateway is stopping, or the store failed.
    pub async fn ask(&self, ask: RunAsk) -> Result<RunTicket, EngineError> {
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

    pub(crate) fn enqueue(&self, run: Run) {
        let inner = self.inner();
        inner.live.add(&run);
        if let Some(lane) = inner.lanes.push(run) {
            inner.tasks.spawn(self.clone().run_lane(lane));
        }
    }

    /// Runs the turns of one session until none waits.
    async fn run_lane(self, lane: LaneNo) {
        let rules = &self.inner().agents.limits.queue;
        loop {
            self.let_gather(lane).await;
            // No slots any more means that the gateway stops: what waits stays stored and is
            // taken up after the next start.
            let Ok(slot) = self.inner().lanes.slots().acquire_owned().await else {
                return;
            };
            let mode_of = |run: &Run| rules.mode_of(run.request.origin.as_ref());
            match self.inner().lanes.next(lane, mode_of, commands::may_join) {
                Next::Idle => return,
                Next::Turn(mut runs) => {
                    self.tell_reactions(&mut runs);
                    self.take_turn(runs).await;
                }
            }
            drop(slot);
            if self.inner().lanes.rest(lane) {
                return;
            }
        }
    }

    /// Waits while people on a chat network are still writing.
    async fn let_gather(&self, lane: LaneNo) {
        let debounce = self.inner().agents.limits.queue.debounce;
        while let Some(until) = self.inner().lanes.gathers_until(lane, debounce) {
            tokio::select! {
                () = self.inner().stop.cancelled() => return,
                () = tokio::time::sleep_until(until) => {}
            }
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

    /// Stops one run, or every run of a session. Runs that were merged into one turn end together.
    ///
    /// # Errors
    /// The run belongs to another session, or the store failed.
    pub async fn abort(
        &self,
        key: &SessionKey,
        run_id: Option<&RunId>,
    ) -> Result<AbortOutcome, EngineError> {
        self.stop_runs(key, run_id, StopCause::Rpc).await
    }

    /// Stops every run of a session because somebody said so.
    ///
    /// # Errors
    /// The store failed.
    pub async fn abort_by_word(&self, key: &SessionKey) -> Result<AbortOutcome, EngineError> {
        self.stop_runs(key, None, StopCause::Word).await
    }

    async fn stop_runs(
        &self,
        key: &SessionKey,
        run_id: Option<&RunId>,
        cause: StopCause,
    ) -> Result<AbortOutcome, EngineError> {
        let (mut run_ids, waiting) = match run_id {
            None => self.take_all_out(key, cause),
            Some(id) => self.take_out(key, id, cause)?,
        };
        for run in waiting {
            run_ids.push(run.id.clone());
            self.end_before_start(run, cause, None).await?;
        }
        Ok(AbortOutcome { run_ids })
    }

    /// Stops the turn at work and takes out every run that waits. Gives the turn's, and those that
    /// waited, which are still to be ended.
    pub(crate) fn take_all_out(
        &self,
        key: &SessionKey,
        cause: StopCause,
    ) -> (Vec<RunId>, Vec<Run>) {
        let waiting = self.inner().lanes.remove_all_waiting(key);
        let turn = self.inner().lanes.turn(key);
        (self.stop_turn(turn, cause), waiting)
    }

    /// The same for one run, and those of its turn.
    fn take_out(
        &self,
        key: &SessionKey,
        id: &RunId,
        cause: StopCause,
    ) -> Result<(Vec<RunId>, Vec<Run>), EngineError> {
        let inner = self.inner();
        let Some(live) = inner.live.get(id) else {
            return Ok((Vec::new(), Vec::new()));
        };
        if live.session_key() != *key {
            return Err(EngineError::invalid("runId does not match sessionKey"));
        }
        let waiting = inner.lanes.remove_waiting(key, id).into_iter().collect();
        let mut turn = inner.lanes.turn(key);
        if !turn.contains(id) {
            turn.clear();
        }
        Ok((self.stop_turn(turn, cause), waiting))
    }

    /// Stops the turn of these runs; gives those that are being stopped.
    fn stop_turn(&self, turn: Vec<RunId>, cause: StopCause) -> Vec<RunId> {
        let lead = turn.first().and_then(|lead| self.inner().live.get(lead));
        lead.map_or_else(Vec::new, |live| {
            live.stop(cause);
            turn
        })
    }

    /// Ends a run that waited, and tells whoever asked for it, unless that chat was `told` already.
    pub(crate) async fn end_before_start(
        &self,
        run: Run,
        cause: StopCause,
        told: Option<&Target>,
    ) -> Result<(), EngineError> {
        let at_ms = self.now_ms();
        let origin = run.request.origin.as_ref();
        let is_told = told.is_some() && origin.map(|origin| &origin.target) == told;
        let outbound = if is_told {
            Vec::new()
        } else {
            self.unread(&run, cause, at_ms)
        };
        let end = RunEnd {
            status: RunStatus::Aborted,
            text: String::new(),
            error: None,
            failure: None,
            maker: None,
            usage: Usage::default(),
        };
        let finish = Finish {
            runs: vec![run.id.clone()],
            end: end.clone(),
            message: None,
            outbound,
            at_ms,
        };
        self.inner().runs.finish(finish).await?;
        if let Some(origin) = &run.request.origin {
            self.outbox_changed(&origin.target.account);
        }
        Speaker::new(&self.inner().events, run.id.clone(), &run.request)
            .aborted_before_start(cause.as_str());
        self.inner().live.end(ended(run, end, at_ms));
        Ok(())
    }

    /// Delivers a message to a session, outside any run.
    ///
    /// # Errors
    /// The key was used otherwise, or the store failed.
    pub async fn deliver(
        &self,
        once: Once,
        key: SessionKey,
        text: String,
    ) -> Result<Sent, EngineError> {
        let inner = self.inner();
        let at_ms = inner.clock.now_ms();
        // A name of its own: the caller's key may be the name of somebody's run.
        let run_id = RunId::new(format!("inject-{}", inner.ids.uuid()));
        let message =
            NewMessage::injected(inner.ids.uuid(), text.clone(), at_ms, Some(run_id.clone()));
        match inner
            .sessions
            .deliver(once, &key, inner.ids.uuid(), message)
            .await?
        {
            Delivered::New { message_id } => {
                let request = RunRequest {
                    message: String::new(),
                    echo_key: key.to_string(),
                    thinking: None,
                    extra_system_prompt: None,
                    timeout_ms: None,
                    may_administer: false,
                    label: None,
                    origin: None,
                    media: Vec::new(),
                };
                Speaker::new(&inner.events, run_id, &request).injected(&text, at_ms);
                self.sessions_changed();
                Ok(Sent {
                    message_id,
                    session_key: key,
                })
            }
            Delivered::Repeat { message_id } => Ok(Sent {
                message_id,
                session_key: key,
            }),
            Delivered::KeyReused => Err(EngineError::KeyReused),
        }
    }

    /// Ends what the last life left at work as interrupted and queues what waited.
    pub(crate) async fn recover(&self) -> Result<(), EngineError> {
        let note = RecoveryNote {
            error: "The gateway ended while this answer was being written. Send the message again to get a new one."
                .into(),
            outbound: crate::shown::interrupted,
        };
        let recovered = self.inner().runs.recover(note, self.now_ms()).await?;
        if !recovered.interrupted.is_empty() || !recovered.queued.is_empty() {
            tracing::info!(
                interrupted = recovered.interrupted.len(),
                queued = recovered.queued.len(),
                "took up what the last life left behind"
            );
        }
        for run in recovered.queued {
            self.enqueue(run);
        }
        Ok(())
    }
}

/// The run as it is after its end.
pub(crate) fn ended(mut run: Run, end: RunEnd, at_ms: u64) -> Run {
    run.state = RunState::Ended;
    run.ended_at_ms = Some(at_ms);
    run.end = Some(end);
    run
}
