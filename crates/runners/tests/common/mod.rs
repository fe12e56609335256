//! A turn, a runner, and everything that a run says.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::runner::{
    AgentRunner, ModelInfo, RUN_UPDATES, RunOutcome, RunUpdate, RunnerError, ThinkingLevel, Turn,
};
use tidegate_core::transcript::{Message, NewMessage, Part};
use tidegate_core::{ManualClock, Secret};
use tidegate_protocol::RunId;
use tidegate_runners::{Api, HttpClient, ProviderSettings, build};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

pub(crate) const KEY: &str = "sk-marker-0123456789";
/// 2026-01-24 10:00:00 UTC.
pub(crate) const NOW_MS: u64 = 1_769_248_800_000;

/// A run that lasts longer hangs.
const DEADLINE: Duration = Duration::from_secs(45);

pub(crate) fn turn(words: &str) -> Turn {
    let run_id = RunId::new("run-1");
    let body = NewMessage::user("m1".into(), words.into(), 0, run_id.clone());
    Turn {
        run_id,
        model: "model-1".into(),
        thinking: ThinkingLevel::Off,
        system_prompt: None,
        history: vec![Message { seq: 1, body }],
        tools: Arc::new(tidegate_core::tool::NoTools),
    }
}

pub(crate) fn runner(
    api: Api,
    base_url: &str,
    clock: &Arc<ManualClock>,
    models: Vec<ModelInfo>,
) -> Arc<dyn AgentRunner> {
    let settings = ProviderSettings {
        name: "mine".into(),
        api,
        base_url: base_url.into(),
        api_key: Some(Secret::new(KEY.to_owned())),
        models,
        max_output_tokens: None,
    };
    build(settings, HttpClient::new().unwrap(), clock.clone()).unwrap()
}

/// The end of a run and what it said on the way.
pub(crate) struct Said {
    pub end: Result<RunOutcome, RunnerError>,
    pub updates: Vec<RunUpdate>,
}

impl Said {
    /// The words of the updates.
    pub(crate) fn text(&self) -> String {
        let texts = self.updates.iter().filter_map(|update| match update {
            RunUpdate::Text(text) => Some(text.as_str()),
            RunUpdate::Thinking(_) | RunUpdate::Round | RunUpdate::Progress => None,
        });
        texts.collect()
    }

    /// The thinking of the updates.
    pub(crate) fn thinking(&self) -> String {
        let texts = self.updates.iter().filter_map(|update| match update {
            RunUpdate::Thinking(text) => Some(text.as_str()),
            RunUpdate::Text(_) | RunUpdate::Round | RunUpdate::Progress => None,
        });
        texts.collect()
    }

    /// The outcome; its parts must be what was said.
    pub(crate) fn outcome(&self) -> &RunOutcome {
        let outcome = self.end.as_ref().unwrap();
        let (mut text, mut thinking) = (String::new(), String::new());
        for part in &outcome.parts {
            match part {
                Part::Text { text: words } => text += words,
                Part::Thinking {
                    thinking: words, ..
                } => thinking += words,
                // An answer has none: it would show here.
                Part::File(file) => text += &file.mime,
                Part::ToolCall(call) => text += &call.name,
                Part::ToolResult(result) => text += &result.name,
            }
        }
        assert_eq!((text, thinking), (self.text(), self.thinking()));
        outcome
    }

    /// The failure; never with the key.
    pub(crate) fn error(&self) -> &RunnerError {
        let error = self.end.as_ref().unwrap_err();
        assert!(!error.message.contains(KEY), "{error}");
        error
    }
}

/// Runs a turn and calls `each` with every update.
pub(crate) async fn run_with(
    runner: &Arc<dyn AgentRunner>,
    turn: Turn,
    stop: &CancellationToken,
    mut each: impl FnMut(&RunUpdate),
) -> Said {
    let (out, mut inbox) = mpsc::channel(RUN_UPDATES);
    let hear = async {
        let mut updates = Vec::new();
        while let Some(update) = inbox.recv().await {
            each(&update);
            updates.push(update);
        }
        updates
    };
    let whole = async { tokio::join!(runner.run(turn, out, stop.clone()), hear) };
    let (end, updates) = timeout(DEADLINE, whole).await.unwrap();
    Said { end, updates }
}

/// Runs a turn to its end.
pub(crate) async fn run(runner: &Arc<dyn AgentRunner>, turn: Turn) -> Said {
    run_with(runner, turn, &CancellationToken::new(), |_| {}).await
}
