//! The runner's part of a turn: what it says is passed on until it ends, is stopped, or runs into a
//! deadline.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tidegate_core::run::{FailureKind, Run};
use tidegate_core::runner::{AgentRunner, RUN_UPDATES, RunOutcome, RunUpdate, RunnerError, Turn};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::panic_text;
use crate::Engine;
use crate::live::{LiveRun, StopCause};
use crate::shown::Shown;
use crate::speech::Speaker;
use crate::tools::ToolNews;

/// How long a runner may take to return after it was stopped.
pub(crate) const STOP_GRACE: Duration = Duration::from_secs(2);

/// How often a deadline that stands still is looked at.
const STILL_STEP: Duration = Duration::from_secs(1);

/// The time of a run, from the beginning of its turn on: fetching its files counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeLimit {
    whole: Duration,
    pub(super) deadline: Instant,
}

impl TimeLimit {
    /// What the run asks for, else `default`.
    pub(super) fn of(run: &Run, default: Duration) -> Self {
        let asked = run.request.timeout_ms.filter(|ms| *ms > 0);
        let whole = asked.map_or(default, Duration::from_millis);
        Self {
            whole,
            deadline: Instant::now() + whole,
        }
    }
}

/// Where what is heard goes, and what is heard beside the runner.
pub(super) struct Hearing<'a> {
    pub(super) live: &'a LiveRun,
    pub(super) shown: &'a Shown,
    /// What happens to calls of tools.
    pub(super) news: mpsc::Receiver<ToolNews>,
}

/// How the runner's part ended.
pub(super) enum Spoken {
    Outcome(RunOutcome),
    Failed(RunnerError),
    Stopped(StopCause),
}

impl Engine {
    /// Passes on what the runner says until it ends, is stopped, or runs into a deadline.
    pub(super) async fn let_speak(
        &self,
        runner: &dyn AgentRunner,
        turn: Turn,
        limit: TimeLimit,
        speaker: &mut Speaker<'_>,
        hearing: Hearing<'_>,
    ) -> Spoken {
        let Hearing {
            live,
            shown,
            mut news,
        } = hearing;
        let limits = &self.inner().agents.limits;
        let whole = limit.whole;
        let mut idle_at = Instant::now() + limits.idle_timeout;
        let (out, mut updates) = mpsc::channel(RUN_UPDATES);
        let runner_stop = live.stop.child_token();
        let mut running = std::pin::pin!(
            AssertUnwindSafe(runner.run(turn, out, runner_stop.clone())).catch_unwind()
        );
        let spoken = loop {
            // It stands still while a person is waited for.
            let deadline = limit.deadline + live.pauses.put_off();
            if live.pauses.is_working() {
                idle_at = Instant::now() + limits.idle_timeout;
            }
            // Looked at in every round: a runner that never pauses would else never let a timer win.
            if Instant::now() >= deadline {
                break too_late(format!(
                    "the run took longer than {} s and was ended",
                    whole.as_secs()
                ));
            }
            let due = self.tell(live, speaker).unwrap_or(deadline);
            let wake = if live.pauses.stands_still() {
                (Instant::now() + STILL_STEP).min(due)
            } else {
                due.min(deadline).min(idle_at)
            };
            tokio::select! {
                biased;
                () = live.stop.cancelled() => break Spoken::Stopped(live.cause().unwrap_or(StopCause::Rpc)),
                Some(update) = updates.recv() => {
                    idle_at = Instant::now() + limits.idle_timeout;
                    self.note(live, speaker, update);
                    shown.progress(&live.progress().text);
                }
                Some(told) = news.recv() => {
                    idle_at = Instant::now() + limits.idle_timeout;
                    speaker.tool(told, self.now_ms());
                }
                outcome = &mut running => {
                    while let Ok(update) = updates.try_recv() {
                        self.note(live, speaker, update);
                    }
                    while let Ok(told) = news.try_recv() {
                        speaker.tool(told, self.now_ms());
                    }
                    return settled(outcome);
                }
                () = tokio::time::sleep_until(wake) => {
                    let silent = Instant::now() >= idle_at && idle_at < deadline;
                    // While its tools work the model has nothing to say.
                    if silent && !live.pauses.is_working() {
                        let silence = limits.idle_timeout.as_secs();
                        break too_late(format!("the model said nothing for {silence} s and the run was ended"));
                    }
                }
            }
        };
        runner_stop.cancel();
        let rest = async {
            loop {
                tokio::select! {
                    biased;
                    Some(update) = updates.recv() => self.note(live, speaker, update),
                    Some(told) = news.recv() => speaker.tool(told, self.now_ms()),
                    else => break,
                }
            }
        };
        let _ = tokio::time::timeout(STOP_GRACE, async { tokio::join!(running, rest) }).await;
        spoken
    }

    /// Tells what is due; gives when the next is, if anything waits to be told.
    fn tell(&self, live: &LiveRun, speaker: &mut Speaker<'_>) -> Option<Instant> {
        let progress = live.progress();
        let (text, thinking) = progress.current();
        if speaker.due(text, thinking)? <= Instant::now() {
            speaker.tell(text, thinking, self.now_ms());
        }
        speaker.due(text, thinking)
    }

    /// Takes over what the runner says; a message that is complete is told before the next one.
    fn note(&self, live: &LiveRun, speaker: &mut Speaker<'_>, update: RunUpdate) {
        let mut progress = live.progress();
        match update {
            RunUpdate::Text(more) => progress.say(&more),
            RunUpdate::Thinking(more) => progress.think(&more),
            RunUpdate::Round => {
                let (text, thinking) = progress.current();
                speaker.next_message(text, thinking, self.now_ms());
                progress.end_round();
            }
            RunUpdate::Progress => {}
        }
    }
}

fn too_late(message: String) -> Spoken {
    Spoken::Failed(RunnerError {
        kind: FailureKind::Timeout,
        message,
        retry_after_ms: None,
    })
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
