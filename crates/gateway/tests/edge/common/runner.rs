//! A model that says what a test wrote down.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use tidegate_core::run::FailureKind;
use tidegate_core::runner::{
    AgentRunner, ModelInfo, RunOutcome, RunSender, RunUpdate, RunnerError, Turn,
};
use tidegate_core::transcript::{Maker, Part, StopReason, Usage};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// One thing that the model does.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    Say(&'static str),
    Think(&'static str),
    /// Waits until the test adds a permit, or until the run is stopped.
    Hold(Arc<Semaphore>),
    /// Waits for ever and does not hear that it was stopped.
    Hang,
    Fail(FailureKind, &'static str),
    Panic,
}

type Script = Vec<Step>;

/// Takes one script for each turn; without one it repeats what the user said.
#[derive(Default)]
pub(crate) struct ScriptedRunner {
    scripts: Mutex<VecDeque<Script>>,
    turns: Mutex<Vec<Turn>>,
    /// If set, asking for models waits for a permit.
    models_gate: Mutex<Option<Arc<Semaphore>>>,
}

impl ScriptedRunner {
    /// What the next turn without a script does.
    pub(crate) fn next(&self, script: impl Into<Script>) {
        lock(&self.scripts).push_back(script.into());
    }

    /// The turns that were asked for so far.
    pub(crate) fn turns(&self) -> Vec<Turn> {
        lock(&self.turns).clone()
    }

    /// From now on asking for models waits for a permit of the gate.
    pub(crate) fn hold_models(&self) -> Arc<Semaphore> {
        let gate = Arc::new(Semaphore::new(0));
        *lock(&self.models_gate) = Some(Arc::clone(&gate));
        gate
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

#[async_trait]
impl AgentRunner for ScriptedRunner {
    fn provider(&self) -> &'static str {
        "scripted"
    }

    async fn run(
        &self,
        turn: Turn,
        out: RunSender,
        stop: CancellationToken,
    ) -> Result<RunOutcome, RunnerError> {
        let heard = turn
            .history
            .last()
            .map(|message| message.body.text())
            .unwrap_or_default();
        let model = turn.model.clone();
        lock(&self.turns).push(turn);
        let script = lock(&self.scripts).pop_front();
        let mut text = String::new();
        let mut thinking = String::new();
        if script.is_none() {
            text = format!("you said: {heard}");
            let _ = out.send(RunUpdate::Text(text.clone())).await;
        }
        for step in script.unwrap_or_default() {
            match step {
                Step::Say(words) => {
                    text.push_str(words);
                    let _ = out.send(RunUpdate::Text(words.to_owned())).await;
                }
                Step::Think(words) => {
                    thinking.push_str(words);
                    let _ = out.send(RunUpdate::Thinking(words.to_owned())).await;
                }
                Step::Hold(gate) => {
                    tokio::select! {
                        permit = gate.acquire() => permit.unwrap().forget(),
                        () = stop.cancelled() => break,
                    }
                }
                Step::Hang => std::future::pending().await,
                Step::Fail(kind, message) => {
                    return Err(RunnerError {
                        kind,
                        message: message.into(),
                        retry_after_ms: None,
                    });
                }
                Step::Panic => panic!("the script says so"),
            }
        }
        Ok(outcome(text, thinking, model))
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, RunnerError> {
        let gate = lock(&self.models_gate).clone();
        if let Some(gate) = gate {
            gate.acquire().await.unwrap().forget();
        }
        Ok(vec![ModelInfo {
            id: "model-1".into(),
            name: "Model One".into(),
            context_window: None,
            reasoning: None,
            input: Vec::new(),
        }])
    }
}

fn outcome(text: String, thinking: String, model: String) -> RunOutcome {
    let thinking = (!thinking.is_empty()).then_some(Part::Thinking {
        thinking,
        signature: None,
    });
    let words = (!text.is_empty()).then_some(Part::Text { text });
    RunOutcome {
        parts: thinking.into_iter().chain(words).collect(),
        stop: StopReason::Stop,
        usage: Usage {
            input: 3,
            output: 5,
            cache_read: 0,
            cache_write: 0,
        },
        maker: Maker {
            api: "scripted".into(),
            provider: "scripted".into(),
            model,
        },
    }
}
