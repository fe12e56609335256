//! A runner that does what a test tells it, turn by turn, and counts who is at work.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tidegate_core::run::FailureKind;
use tidegate_core::runner::{
    AgentRunner, ModelInfo, RunOutcome, RunSender, RunUpdate, RunnerError, Turn,
};
use tidegate_core::transcript::{Maker, Part, Speaker, StopReason, Usage};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// The provider's name.
pub(crate) const SCRIPTED: &str = "scripted";
/// Turns that may wait for the test, and steps that may wait for a turn.
const WAITING: usize = 16_384;

/// What a turn does next.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Say(String),
    Think(String),
    /// A sign of life.
    Alive,
    Pause(Duration),
    /// Ends with what was said.
    End,
    Fail(FailureKind, &'static str),
    Panic,
    /// Says nothing more until it is stopped; then takes this long to return.
    Hang(Duration),
    /// Says this for ever, without a pause.
    Flood(&'static str),
}

pub(crate) fn say(text: &str) -> Step {
    Step::Say(text.to_owned())
}

/// A turn that began.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) turn: Turn,
    steps: mpsc::Sender<Step>,
}

impl Call {
    pub(crate) fn play(&self, steps: impl IntoIterator<Item = Step>) {
        for step in steps {
            // A turn that is over takes no more steps.
            let _ = self.steps.try_send(step);
        }
    }

    /// The runs of this turn: whose words stand at the end of the conversation.
    pub(crate) fn asked(&self) -> Vec<String> {
        let users = self
            .turn
            .history
            .iter()
            .rev()
            .take_while(|message| message.body.speaker == Speaker::User);
        let mut ids: Vec<_> = users
            .map(|message| message.body.run_id.clone().unwrap().into_string())
            .collect();
        ids.reverse();
        ids
    }
}

/// Who is at work now, and the most that ever were.
#[derive(Debug, Default)]
pub(crate) struct AtWork {
    now: Vec<String>,
    pub(crate) most: usize,
}

pub(crate) struct Scripted {
    calls: mpsc::Sender<Call>,
    at_work: Arc<Mutex<AtWork>>,
}

/// The runner and the turns that it begins.
pub(crate) fn scripted() -> (Arc<Scripted>, Arc<Mutex<AtWork>>, mpsc::Receiver<Call>) {
    let (calls, begun) = mpsc::channel(WAITING);
    let at_work = Arc::<Mutex<AtWork>>::default();
    (
        Arc::new(Scripted {
            calls,
            at_work: Arc::clone(&at_work),
        }),
        at_work,
        begun,
    )
}

struct Working(Arc<Mutex<AtWork>>, String);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.lock().unwrap().now.retain(|run| *run != self.1);
    }
}

impl Scripted {
    fn enter(&self, turn: &Turn) -> Working {
        let mut at_work = self.at_work.lock().unwrap();
        at_work.now.push(turn.run_id.to_string());
        at_work.most = at_work.most.max(at_work.now.len());
        Working(Arc::clone(&self.at_work), turn.run_id.to_string())
    }
}

#[async_trait]
impl AgentRunner for Scripted {
    fn provider(&self) -> &str {
        SCRIPTED
    }

    async fn run(
        &self,
        turn: Turn,
        out: RunSender,
        stopped: CancellationToken,
    ) -> Result<RunOutcome, RunnerError> {
        let _working = self.enter(&turn);
        let (steps, mut told) = mpsc::channel(WAITING);
        let call = Call {
            turn: turn.clone(),
            steps,
        };
        let Ok(()) = self.calls.try_send(call) else {
            panic!("the test takes no more turns")
        };
        let mut text = String::new();
        let mut thinking = String::new();
        loop {
            let step = tokio::select! {
                biased;
                () = stopped.cancelled() => return Ok(outcome(&thinking, text, StopReason::Aborted, &turn.model)),
                step = told.recv() => step.unwrap_or(Step::Hang(Duration::ZERO)),
            };
            match step {
                Step::Say(more) => {
                    text.push_str(&more);
                    let _ = out.send(RunUpdate::Text(more)).await;
                }
                Step::Think(more) => {
                    thinking.push_str(&more);
                    let _ = out.send(RunUpdate::Thinking(more)).await;
                }
                Step::Alive => drop(out.send(RunUpdate::Progress).await),
                Step::Pause(pause) => drop(tokio::time::timeout(pause, stopped.cancelled()).await),
                Step::End => return Ok(outcome(&thinking, text, StopReason::Stop, &turn.model)),
                Step::Fail(kind, message) => {
                    return Err(RunnerError {
                        kind,
                        message: message.into(),
                        retry_after_ms: None,
                    });
                }
                Step::Panic => panic!("as the script says"),
                Step::Hang(deaf) => {
                    stopped.cancelled().await;
                    tokio::time::sleep(deaf).await;
                }
                Step::Flood(words) => {
                    while out.send(RunUpdate::Text(words.into())).await.is_ok() {}
                }
            }
        }
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, RunnerError> {
        Ok(Vec::new())
    }
}

fn outcome(thinking: &str, text: String, stop: StopReason, model: &str) -> RunOutcome {
    let usage = Usage {
        input: 3,
        output: text.len() as u64,
        ..Usage::default()
    };
    let thought = (!thinking.is_empty()).then(|| Part::Thinking {
        thinking: thinking.to_owned(),
        signature: None,
    });
    let said = (!text.is_empty()).then_some(Part::Text { text });
    RunOutcome {
        parts: thought.into_iter().chain(said).collect(),
        stop,
        usage,
        maker: Maker {
            api: SCRIPTED.into(),
            provider: SCRIPTED.into(),
            model: model.into(),
        },
    }
}
