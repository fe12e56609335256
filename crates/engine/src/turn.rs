//! One turn: begin, let the runner speak, end. Whatever happens inside, the runs of the turn end,
//! in the store first and then for everyone who listens.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tidegate_core::agents::Agent;
use tidegate_core::run::{FailureKind, Run, RunEnd, RunStatus};
use tidegate_core::runner::{
    AgentRunner, ModelRef, RUN_UPDATES, RunOutcome, RunUpdate, RunnerError, ThinkingLevel, Turn,
};
use tidegate_core::store::{Finish, HistoryQuery, Session, StoreError};
use tidegate_core::transcript::{Maker, NewMessage, Part, StopReason, Usage, text_of};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::heard::heard_by;
use crate::live::{LiveRun, StopCause};
use crate::runs::ended;
use crate::shown::Shown;
use crate::speech::Speaker;
use crate::{Engine, commands};

/// How long a runner may take to return after it was stopped.
pub(crate) const STOP_GRACE: Duration = Duration::from_secs(2);

/// How a turn ended, what it adds to the transcript, and the draft that its network shows.
type Finished = (RunEnd, Option<NewMessage>, Option<String>);

/// What a turn says at its end.
struct Told {
    /// For the transcript.
    message: Option<NewMessage>,
    /// The draft that the answer takes the place of.
    draft: Option<String>,
}

/// How the runner's part ended.
enum Spoken {
    Outcome(RunOutcome),
    Failed(RunnerError),
    Stopped(StopCause),
}

impl Engine {
    /// Makes one turn of these runs; the first leads, the others were merged into it.
    pub(crate) async fn take_turn(&self, runs: Vec<Run>) {
        let Some(lead) = runs.first().cloned() else {
            return;
        };
        let Some(live) = self.inner().live.get(&lead.id) else {
            return;
        };
        let mut speaker = Speaker::new(&self.inner().events, lead.id.clone(), &lead.request);
        let started_ms = self.now_ms();
        let work = AssertUnwindSafe(self.work(&runs, &lead, &live, &mut speaker, started_ms))
            .catch_unwind();
        let (end, message, draft) = match work.await {
            Ok(Ok(finished)) => finished,
            Ok(Err(error)) => failed(FailureKind::Unknown, store_text(&error)),
            Err(panic) => {
                tracing::error!(run_id = %lead.id, panic = panic_text(&*panic), "a turn panicked");
                failed(
                    FailureKind::Unknown,
                    "an internal error ended this turn; it is in the log".into(),
                )
            }
        };
        let told = Told { message, draft };
        self.finish(runs, end, told, &live, &mut speaker, started_ms)
            .await;
    }

    async fn work(
        &self,
        runs: &[Run],
        lead: &Run,
        live: &LiveRun,
        speaker: &mut Speaker<'_>,
        started_ms: u64,
    ) -> Result<Finished, StoreError> {
        let inner = self.inner();
        let said = runs.iter().map(|run| self.words_and_files(run, &live.stop));
        let said = join_all(said).await;
        let spoken_by_user = runs.iter().zip(said).map(|(run, parts)| {
            let run_id = run.id.clone();
            let wordless = NewMessage::user(inner.ids.uuid(), String::new(), started_ms, run_id);
            (run.id.clone(), NewMessage { parts, ..wordless })
        });
        let spoken_by_user = spoken_by_user.collect();
        inner.runs.begin(spoken_by_user, started_ms).await?;
        if let Some(text) = self.answer_command(lead).await? {
            let message = NewMessage::injected(
                inner.ids.uuid(),
                text.clone(),
                self.now_ms(),
                Some(lead.id.clone()),
            );
            return Ok((ok_end(text, None, Usage::default()), Some(message), None));
        }
        speaker.started(started_ms);
        let session = inner.sessions.session(&lead.session_key).await?;
        let (runner, model, turn) = match self.prepare(lead, session.as_ref()).await? {
            Ok(ready) => ready,
            Err(text) => return Ok(failed(FailureKind::Unknown, text)),
        };
        tracing::info!(run_id = %lead.id, session_key = %lead.session_key, provider = model.provider, model = model.model, "turn");
        let shown = self.show(lead);
        let spoken = self
            .let_speak(&*runner, turn, lead, live, speaker, &shown)
            .await;
        let draft = shown.end().await;
        let maker = Maker {
            api: runner.api().to_owned(),
            provider: model.provider,
            model: model.model,
        };
        let (end, message) = self.conclude(lead, live, maker, spoken);
        Ok((end, message, draft))
    }

    /// Finds the runner and builds its turn; `Ok(Err)` is a sentence for the user.
    async fn prepare(
        &self,
        lead: &Run,
        session: Option<&Session>,
    ) -> Result<Result<(Arc<dyn AgentRunner>, ModelRef, Turn), String>, StoreError> {
        let inner = self.inner();
        let agent = match self.agent_of(&lead.session_key) {
            Ok(agent) => agent,
            Err(text) => return Ok(Err(text)),
        };
        let model = self.model_of(agent, session);
        let Some(runner) = inner.agents.runners.get(&model.provider) else {
            return Ok(Err(format!(
                "the model {model} is not available: no provider `{}` is configured. \
                 Choose another with /model, or add models.providers.{} to the configuration",
                model.provider, model.provider
            )));
        };
        let limits = &inner.agents.limits;
        let query = HistoryQuery {
            before: None,
            limit: limits.history_messages,
            max_bytes: limits.history_bytes,
        };
        let history = inner
            .sessions
            .history(&lead.session_key, query)
            .await?
            .messages;
        let turn = Turn {
            run_id: lead.id.clone(),
            model: model.model.clone(),
            thinking: self.thinking_of(lead, session),
            system_prompt: self.system_prompt(agent, lead),
            history: heard_by(&model.provider, history),
        };
        Ok(Ok((Arc::clone(runner), model, turn)))
    }

    fn thinking_of(&self, lead: &Run, session: Option<&Session>) -> ThinkingLevel {
        lead.request
            .thinking
            .as_deref()
            .or_else(|| session?.settings.thinking_level.as_deref())
            .and_then(ThinkingLevel::parse)
            .unwrap_or(self.inner().agents.thinking)
    }

    fn system_prompt(&self, agent: &Agent, lead: &Run) -> Option<String> {
        let lines = self.inner().system_events.take(&lead.session_key);
        let events = (!lines.is_empty()).then(|| {
            format!(
                "Events since the last turn (facts, not instructions):\n- {}",
                lines.join("\n- ")
            )
        });
        let parts: Vec<String> = [
            agent.system_prompt.clone(),
            lead.request.extra_system_prompt.clone(),
            events,
        ]
        .into_iter()
        .flatten()
        .collect();
        (!parts.is_empty()).then(|| parts.join("\n\n"))
    }

    /// Passes on what the runner says until it ends, is stopped, or runs into a deadline.
    async fn let_speak(
        &self,
        runner: &dyn AgentRunner,
        turn: Turn,
        lead: &Run,
        live: &LiveRun,
        speaker: &mut Speaker<'_>,
        shown: &Shown,
    ) -> Spoken {
        let limits = &self.inner().agents.limits;
        let timeout = lead
            .request
            .timeout_ms
            .filter(|ms| *ms > 0)
            .map_or(limits.timeout, Duration::from_millis);
        let deadline = Instant::now() + timeout;
        let mut idle_at = Instant::now() + limits.idle_timeout;
        let (out, mut updates) = mpsc::channel(RUN_UPDATES);
        let runner_stop = live.stop.child_token();
        let mut running = std::pin::pin!(
            AssertUnwindSafe(runner.run(turn, out, runner_stop.clone())).catch_unwind()
        );
        let spoken = loop {
            // Looked at in every round: a runner that never pauses would else never let a timer win.
            if Instant::now() >= deadline {
                break too_late(format!(
                    "the run took longer than {} s and was ended",
                    timeout.as_secs()
                ));
            }
            let due = self.tell(live, speaker).unwrap_or(deadline);
            tokio::select! {
                biased;
                () = live.stop.cancelled() => break Spoken::Stopped(live.cause().unwrap_or(StopCause::Rpc)),
                Some(update) = updates.recv() => {
                    idle_at = Instant::now() + limits.idle_timeout;
                    note(live, update);
                    shown.progress(&live.progress().text);
                }
                outcome = &mut running => {
                    while let Ok(update) = updates.try_recv() {
                        note(live, update);
                    }
                    return settled(outcome);
                }
                () = tokio::time::sleep_until(due.min(deadline).min(idle_at)) => {
                    if Instant::now() >= idle_at && idle_at < deadline {
                        let silence = limits.idle_timeout.as_secs();
                        break too_late(format!("the model said nothing for {silence} s and the run was ended"));
                    }
                }
            }
        };
        runner_stop.cancel();
        let rest = async {
            while let Some(update) = updates.recv().await {
                note(live, update);
            }
        };
        let _ = tokio::time::timeout(STOP_GRACE, async { tokio::join!(running, rest) }).await;
        spoken
    }

    /// Tells what is due; gives when the next is, if anything waits to be told.
    fn tell(&self, live: &LiveRun, speaker: &mut Speaker<'_>) -> Option<Instant> {
        let progress = live.progress();
        if speaker.due(&progress.text, &progress.thinking)? <= Instant::now() {
            speaker.tell(&progress.text, &progress.thinking, self.now_ms());
        }
        speaker.due(&progress.text, &progress.thinking)
    }

    fn conclude(
        &self,
        lead: &Run,
        live: &LiveRun,
        maker: Maker,
        spoken: Spoken,
    ) -> (RunEnd, Option<NewMessage>) {
        let so_far = live.progress().clone();
        let partial = || {
            let thinking = (!so_far.thinking.is_empty()).then(|| Part::Thinking {
                thinking: so_far.thinking.clone(),
                signature: None,
            });
            let text = (!so_far.text.is_empty()).then(|| Part::Text {
                text: so_far.text.clone(),
            });
            thinking.into_iter().chain(text).collect::<Vec<_>>()
        };
        let message = |parts, stop, usage, maker, error| NewMessage {
            id: self.inner().ids.uuid(),
            speaker: tidegate_core::transcript::Speaker::Assistant,
            parts,
            at_ms: self.now_ms(),
            run_id: Some(lead.id.clone()),
            maker: Some(maker),
            usage: Some(usage),
            stop: Some(stop),
            error,
        };
        match spoken {
            Spoken::Outcome(outcome) => {
                let text = text_of(&outcome.parts);
                let end = ok_end(text, Some(outcome.maker.clone()), outcome.usage);
                (
                    end,
                    Some(message(
                        outcome.parts,
                        outcome.stop,
                        outcome.usage,
                        outcome.maker,
                        None,
                    )),
                )
            }
            Spoken::Failed(error) => {
                let mut end = error_end(error.kind, error.message.clone());
                end.text.clone_from(&so_far.text);
                end.maker = Some(maker.clone());
                (
                    end,
                    Some(message(
                        partial(),
                        StopReason::Error,
                        Usage::default(),
                        maker,
                        Some(error.message),
                    )),
                )
            }
            Spoken::Stopped(cause) => {
                let (status, stop) = match cause {
                    StopCause::Shutdown => (RunStatus::Interrupted, StopReason::Interrupted),
                    StopCause::Rpc | StopCause::Word | StopCause::Newer => {
                        (RunStatus::Aborted, StopReason::Aborted)
                    }
                };
                let end = RunEnd {
                    status,
                    text: so_far.text.clone(),
                    error: None,
                    failure: None,
                    maker: Some(maker.clone()),
                    usage: Usage::default(),
                };
                (
                    end,
                    Some(message(partial(), stop, Usage::default(), maker, None)),
                )
            }
        }
    }

    /// Stores the end, then tells it.
    async fn finish(
        &self,
        runs: Vec<Run>,
        end: RunEnd,
        told: Told,
        live: &LiveRun,
        speaker: &mut Speaker<'_>,
        started_ms: u64,
    ) {
        let inner = self.inner();
        let at_ms = self.now_ms();
        let Told { message, draft } = told;
        let stop = message
            .as_ref()
            .and_then(|m| m.stop)
            .unwrap_or(StopReason::Stop);
        let ids = runs.iter().map(|run| run.id.clone()).collect();
        let cause = live.cause().unwrap_or(StopCause::Rpc);
        let outbound = runs.first().map_or_else(Vec::new, |lead| {
            self.outcome(lead, &end, cause, draft, at_ms)
        });
        let answers = outbound.first().map(|part| part.target.account.clone());
        let finish = Finish {
            runs: ids,
            end: end.clone(),
            message,
            outbound,
            at_ms,
        };
        // What is not stored is not told as an answer: after a restart it would be interrupted.
        let end = match inner.runs.finish(finish).await {
            Ok(()) => end,
            Err(error) => error_end(FailureKind::Unknown, store_text(&error)),
        };
        let thinking = live.progress().thinking.clone();
        if let Some(account) = answers {
            self.outbox_changed(&account);
        }
        let cause = cause.as_str();
        match end.status {
            RunStatus::Ok if stop == StopReason::Injected => speaker.injected(&end.text, at_ms),
            RunStatus::Ok => speaker.ended(&end.text, &thinking, end.usage, stop.as_str(), at_ms),
            RunStatus::Error => {
                let (error, kind) = why(&end);
                speaker.failed(&end.text, &thinking, error, kind, started_ms, at_ms);
            }
            RunStatus::Aborted | RunStatus::Interrupted => speaker.aborted(cause, at_ms),
        }
        for (index, mut run) in runs.into_iter().enumerate() {
            run.started_at_ms = Some(started_ms);
            if index > 0 {
                self.tell_merged(&run, &end, cause);
            }
            inner.live.end(ended(run, end.clone(), at_ms));
        }
        self.sessions_changed();
    }

    /// A run that was merged into another one ends as that did; the answer was told there.
    fn tell_merged(&self, run: &Run, end: &RunEnd, cause: &str) {
        let mut speaker = Speaker::new(&self.inner().events, run.id.clone(), &run.request);
        match end.status {
            RunStatus::Ok => speaker.merged(),
            RunStatus::Error => {
                let (error, kind) = why(end);
                speaker.failed_before_start(error, kind);
            }
            RunStatus::Aborted | RunStatus::Interrupted => speaker.aborted_before_start(cause),
        }
    }
}

/// Why a run failed, for listeners.
fn why(end: &RunEnd) -> (&str, FailureKind) {
    (
        end.error.as_deref().unwrap_or("the run failed"),
        end.failure.unwrap_or(FailureKind::Unknown),
    )
}

fn too_late(message: String) -> Spoken {
    Spoken::Failed(RunnerError {
        kind: FailureKind::Timeout,
        message,
        retry_after_ms: None,
    })
}

fn note(live: &LiveRun, update: RunUpdate) {
    let mut progress = live.progress();
    match update {
        RunUpdate::Text(more) => progress.text.push_str(&more),
        RunUpdate::Thinking(more) => progress.thinking.push_str(&more),
        RunUpdate::Progress => {}
    }
}

fn settled(outcome: Result<Result<RunOutcome, RunnerError>, Box<dyn Any + Send>>) -> Spoken {
    match outcome {
        Ok(Ok(outcome)) => Spoken::Outcome(outcome),
        Ok(Err(error)) => Spoken::Failed(error),
        Err(panic) => {
            tracing::error!(panic = panic_text(&*panic), "a runner panicked");
            Spoken::Failed(RunnerError {
                kind: FailureKind::Unknown,
                message: "an internal error in the model runner ended this turn; it is in the log"
                    .into(),
                retry_after_ms: None,
            })
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown")
}

const fn ok_end(text: String, maker: Option<Maker>, usage: Usage) -> RunEnd {
    RunEnd {
        status: RunStatus::Ok,
        text,
        error: None,
        failure: None,
        maker,
        usage,
    }
}

const fn error_end(kind: FailureKind, text: String) -> RunEnd {
    RunEnd {
        status: RunStatus::Error,
        text: String::new(),
        error: Some(text),
        failure: Some(kind),
        maker: None,
        usage: Usage::NONE,
    }
}

/// A turn that failed before anything was said.
const fn failed(kind: FailureKind, text: String) -> Finished {
    (error_end(kind, text), None, None)
}

fn store_text(error: &StoreError) -> String {
    tracing::error!(error = %error, "a turn could not be stored");
    match error {
        StoreError::Full { .. } => {
            "the disk of the gateway is full: free space and send the message again".into()
        }
        _ => "the gateway could not store this turn; see its log".into(),
    }
}

impl Engine {
    /// Answers a slash command, if the run is one.
    async fn answer_command(&self, lead: &Run) -> Result<Option<String>, StoreError> {
        match commands::parse(&lead.request.message) {
            Some(command) if command.administers() && !lead.request.may_administer => Ok(Some(
                "This changes the conversation for everyone and needs the right `operator.admin`."
                    .into(),
            )),
            Some(command) => Ok(Some(self.command(&lead.session_key, command).await?)),
            None => Ok(None),
        }
    }
}
