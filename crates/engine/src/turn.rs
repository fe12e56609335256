//! One turn: begin, let the runner speak, end. Whatever happens inside, the runs of the turn end,
//! in the store first and then for everyone who listens.

mod finished;
mod prepare;
mod speak;

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::join_all;
use tidegate_core::run::{FailureKind, Run, RunEnd, RunStatus};
use tidegate_core::store::{Finish, StoreError};
use tidegate_core::transcript::{Maker, NewMessage, StopReason, text_of};

use crate::live::{LiveRun, StopCause};
use crate::runs::ended;
use crate::shown::Shown;
use crate::speech::Speaker;
use crate::{Engine, commands};
use finished::Finished;
use speak::{Hearing, TimeLimit};

pub(crate) use speak::STOP_GRACE;

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
        let finished = match work.await {
            Ok(Ok(finished)) => finished,
            Ok(Err(error)) => Finished::not_stored(&error),
            Err(panic) => {
                tracing::error!(run_id = %lead.id, panic = panic_text(&*panic), "a turn panicked");
                Finished::failed(
                    FailureKind::Unknown,
                    "an internal error ended this turn; it is in the log".into(),
                )
            }
        };
        self.finish(runs, finished, &live, &mut speaker, started_ms)
            .await;
    }

    async fn work(
        &self,
        runs: &[Run],
        lead: &Run,
        live: &Arc<LiveRun>,
        speaker: &mut Speaker<'_>,
        started_ms: u64,
    ) -> Result<Finished, StoreError> {
        let limit = TimeLimit::of(lead, self.inner().agents.limits.timeout);
        let shown = if commands::is_command(&lead.request.message) {
            Shown::default()
        } else {
            self.show(lead)
        };
        self.begin(runs, live, limit, started_ms).await?;
        shown.came_forward();
        if let Some(text) = self.answer_command(lead, live).await? {
            let id = self.inner().ids.uuid();
            let run_id = Some(lead.id.clone());
            let message = NewMessage::injected(id, text.clone(), self.now_ms(), run_id);
            return Ok(Finished::answered(text, message));
        }
        speaker.started(started_ms);
        let ready = match self.prepare(runs, lead, live).await? {
            Ok(ready) => ready,
            Err(text) => return Ok(Finished::failed(FailureKind::Unknown, text)),
        };
        let (runner, model) = (ready.runner, ready.model);
        tracing::info!(run_id = %lead.id, session_key = %lead.session_key, provider = model.provider, model = model.model, "turn");
        speaker.tell_tools_to_all(ready.verbose);
        let hearing = Hearing {
            live,
            shown: &shown,
            news: ready.news,
        };
        let spoken = self
            .let_speak(&*runner, ready.turn, limit, speaker, hearing)
            .await;
        let draft = shown.end().await;
        let maker = Maker {
            api: runner.api().to_owned(),
            provider: model.provider,
            model: model.model,
        };
        Ok(self.conclude(lead, live, maker, spoken, draft))
    }

    /// Stores that the runs are at work, with what they say. Their files are fetched first.
    async fn begin(
        &self,
        runs: &[Run],
        live: &LiveRun,
        limit: TimeLimit,
        started_ms: u64,
    ) -> Result<(), StoreError> {
        let inner = self.inner();
        let said = runs
            .iter()
            .map(|run| self.words_and_files(run, &live.stop, limit.deadline));
        let said = join_all(said).await;
        let spoken_by_user = runs.iter().zip(said).map(|(run, parts)| {
            let run_id = run.id.clone();
            let wordless = NewMessage::user(inner.ids.uuid(), String::new(), started_ms, run_id);
            (run.id.clone(), NewMessage { parts, ..wordless })
        });
        inner.runs.begin(spoken_by_user.collect(), started_ms).await
    }

    /// Answers a slash command, if the run is one.
    async fn answer_command(
        &self,
        lead: &Run,
        live: &LiveRun,
    ) -> Result<Option<String>, StoreError> {
        match commands::parse(&lead.request.message) {
            Some(command)
                if command.administers() && !self.still_administers(&lead.request).await =>
            {
                Ok(Some(
                    "This changes the conversation for everyone and needs the right `operator.admin`."
                        .into(),
                ))
            }
            Some(command) => Ok(Some(self.command(&live.session_key(), command).await?)),
            None => Ok(None),
        }
    }

    /// Stores the end, then tells it.
    async fn finish(
        &self,
        runs: Vec<Run>,
        finished: Finished,
        live: &LiveRun,
        speaker: &mut Speaker<'_>,
        started_ms: u64,
    ) {
        let inner = self.inner();
        let at_ms = self.now_ms();
        let stop = finished.stop();
        let Finished {
            end,
            message,
            draft,
        } = finished;
        // Of a run with tools, earlier messages were told before.
        let said = message.as_ref().map(|message| text_of(&message.parts));
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
        let (end, said) = match inner.runs.finish(finish).await {
            Ok(()) => (end, said.unwrap_or_default()),
            Err(error) => (Finished::not_stored(&error).end, String::new()),
        };
        let thinking = live.progress().current().1.to_owned();
        if let Some(account) = answers {
            self.outbox_changed(&account);
        }
        let cause = cause.as_str();
        match end.status {
            RunStatus::Ok if stop == StopReason::Injected => speaker.injected(&said, at_ms),
            RunStatus::Ok => speaker.ended(&said, &thinking, end.usage, stop.as_str(), at_ms),
            RunStatus::Error => {
                let (error, kind) = why(&end);
                speaker.failed(&said, &thinking, error, kind, started_ms, at_ms);
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

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown")
}
