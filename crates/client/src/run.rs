//! One agent run, followed to its end over however many connections it takes.

use std::pin::pin;
use std::time::Duration;

use serde_json::value::RawValue;
use tidegate_protocol::RunId;
use tidegate_protocol::api::agent::{
    Agent, AgentAccepted, AgentEvent, AgentFinal, AgentParams, AgentUpdate, AgentWait,
    AgentWaitParams,
};
use tidegate_protocol::api::chat::{ChatAbort, ChatAbortParams};
use tokio::time::{Instant, sleep};

use crate::call::{Client, First, PendingFinal};
use crate::error::Error;
use crate::events::{EventError, EventFrame, Events};
use crate::frame::read;
use crate::reconnect::{Reconnecting, Tries};

/// One `agent.wait`; it is repeated.
const WAIT_STEP: Duration = Duration::from_secs(25);
/// What the network may add to it.
const WAIT_SLACK: Duration = Duration::from_secs(10);
/// Between two questions whether the final answer is there.
const ASK_AGAIN: Duration = Duration::from_millis(200);
/// For stopping a run: whoever stops wants to go.
const STOPPING: Duration = Duration::from_secs(2);

/// What is worth showing while a run is at work.
#[derive(Debug)]
pub enum RunNotice<'a> {
    /// The gateway has stored it; it will not be lost.
    Accepted(&'a AgentAccepted),
    /// It goes on. `data.text` is the whole text so far.
    Update(&'a AgentEvent),
    /// Some updates are missing; the next one has the whole text again.
    Missed(EventError),
    /// The connection was lost, or the gateway asked to wait; it is tried again.
    Again(&'a Error),
}

/// The end of a run.
#[derive(Debug)]
pub struct RunFinal {
    /// As it was sent.
    pub payload: Box<RawValue>,
    /// The same, read.
    pub answer: AgentFinal,
}

/// How following a run ended.
#[derive(Debug)]
pub enum RunOutcome {
    /// The run ended.
    Ended(Box<RunFinal>),
    /// The caller stopped it; whether the gateway has confirmed that it stopped the run.
    Stopped(bool),
}

/// What is known of the run so far.
struct Known {
    run_id: RunId,
    session_key: Option<String>,
    /// The request was sent before, maybe.
    repeated: bool,
}

impl Known {
    fn notice_of(&mut self, frame: &EventFrame) -> Option<AgentEvent> {
        let update = frame.read::<AgentUpdate>()?.ok()?;
        if update.run_id != self.run_id {
            return None;
        }
        self.session_key.clone_from(&update.session_key);
        Some(update)
    }

    fn tell(
        &mut self,
        event: Result<EventFrame, EventError>,
        notice: &mut impl FnMut(RunNotice<'_>),
    ) {
        match event {
            Err(missed) => notice(RunNotice::Missed(missed)),
            Ok(frame) => {
                if let Some(update) = self.notice_of(&frame) {
                    notice(RunNotice::Update(&update));
                }
            }
        }
    }
}

impl Reconnecting {
    /// Starts a run and returns when it is stored.
    ///
    /// # Errors
    /// It was refused, or the patience ended.
    pub async fn start_agent(&mut self, params: &AgentParams) -> Result<Box<RawValue>, Error> {
        let mut tries = self.tries(true);
        let params = serde_json::to_value(params)
            .map_err(|why| Error::unreadable(crate::Phase::Call, why))?;
        loop {
            let outcome = match self.ensure(&mut tries).await {
                Ok((client, _)) => {
                    client
                        .call_raw("agent", Some(&params), tries.left(), false)
                        .await
                }
                Err(why) => Err(why),
            };
            match outcome {
                Ok(accepted) => return Ok(accepted),
                Err(why) => {
                    self.drop_if_lost(&why);
                    sleep(tries.pause_after(why)?).await;
                }
            }
        }
    }

    /// Starts a run and follows it to its end, at most for `longest`. When `stop` completes, the
    /// run is stopped with one `chat.abort`.
    ///
    /// # Errors
    /// It was refused, it failed, or the connection could not be restored within the patience.
    pub async fn run_agent(
        &mut self,
        params: &AgentParams,
        longest: Duration,
        stop: impl Future<Output = ()>,
        mut notice: impl FnMut(RunNotice<'_>),
    ) -> Result<RunOutcome, Error> {
        let mut stop = pin!(stop);
        let end_by = Instant::now() + longest;
        let mut known = Known {
            // The gateway takes the key where it is free.
            run_id: RunId::new(params.idempotency_key.as_str()),
            session_key: params.session_key.clone(),
            repeated: false,
        };
        let mut tries = self.tries(true);
        loop {
            let outcome = tokio::select! {
                biased;
                () = &mut stop => return Ok(self.stop(&known).await),
                outcome = self.follow(params, &mut tries, end_by, &mut known, &mut notice) => outcome,
            };
            let why = match outcome {
                Ok(payload) => {
                    let answer = read(&payload)?;
                    return Ok(RunOutcome::Ended(Box::new(RunFinal { payload, answer })));
                }
                Err(why) => why,
            };
            self.drop_if_lost(&why);
            let pause = tries.pause_after(why.clone())?;
            known.repeated = true;
            notice(RunNotice::Again(&why));
            tokio::select! {
                () = &mut stop => return Ok(self.stop(&known).await),
                () = sleep(pause) => {}
            }
        }
    }

    async fn follow(
        &mut self,
        params: &AgentParams,
        tries: &mut Tries,
        end_by: Instant,
        known: &mut Known,
        notice: &mut impl FnMut(RunNotice<'_>),
    ) -> Result<Box<RawValue>, Error> {
        let (client, events) = self.ensure(tries).await?;
        loop {
            let first = client.call_two_stage::<Agent>(params, tries.left()).await?;
            let (accepted, mut pending) = match first {
                First::Final(payload) => return Ok(payload),
                First::Ack(accepted, pending) => (accepted, pending),
            };
            // From here on patience is for a new loss.
            tries.renew();
            known.run_id = accepted.run_id.clone();
            notice(RunNotice::Accepted(&accepted));
            let found = listen(client, events, &mut pending, end_by, known, notice).await?;
            if let Some(payload) = found {
                return Ok(payload);
            }
            sleep(ASK_AGAIN).await;
        }
    }

    async fn stop(&self, known: &Known) -> RunOutcome {
        let Some((client, _)) = self.open() else {
            return RunOutcome::Stopped(false);
        };
        let main = || {
            client
                .hello()
                .snapshot
                .session_defaults
                .main_session_key
                .clone()
        };
        let params = ChatAbortParams {
            session_key: known.session_key.clone().unwrap_or_else(main),
            run_id: Some(known.run_id.clone()),
        };
        let stopped = client.call_within::<ChatAbort>(&params, STOPPING).await;
        RunOutcome::Stopped(stopped.is_ok_and(|answer| answer.aborted))
    }
}

/// Hands on what is said until the final answer comes; `None` if it will not come to this request.
async fn listen(
    client: &Client,
    events: &mut Events,
    pending: &mut PendingFinal<Agent>,
    end_by: Instant,
    known: &mut Known,
    notice: &mut impl FnMut(RunNotice<'_>),
) -> Result<Option<Box<RawValue>>, Error> {
    let run_id = known.run_id.clone();
    // A repeated request gets no final answer while the first one is at work.
    let repeated = known.repeated;
    let mut over = pin!(run_over(client, &run_id));
    let mut speaking = true;
    loop {
        let left = end_by.saturating_duration_since(Instant::now());
        tokio::select! {
            biased;
            event = events.next(), if speaking => match event {
                Some(event) => known.tell(event, notice),
                None => speaking = false,
            },
            answer = pending.wait(left) => {
                while let Some(event) = events.try_next() {
                    known.tell(event, notice);
                }
                return answer.map(Some);
            }
            done = &mut over, if repeated => return done.map(|()| None),
        }
    }
}

/// Waits until the run has ended.
async fn run_over(client: &Client, run_id: &RunId) -> Result<(), Error> {
    let step_ms = u64::try_from(WAIT_STEP.as_millis()).ok();
    let params = AgentWaitParams {
        run_id: run_id.clone(),
        timeout_ms: step_ms,
    };
    loop {
        let answer = client
            .call_within::<AgentWait>(&params, WAIT_STEP + WAIT_SLACK)
            .await?;
        if answer.status != "timeout" {
            return Ok(());
        }
    }
}
