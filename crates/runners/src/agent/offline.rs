//! The agent of an install without a model: says what it is and how to connect one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tidegate_core::Clock;
use tidegate_core::agents::OFFLINE;
use tidegate_core::runner::{AgentRunner, ModelInfo, RunOutcome, RunSender, RunnerError, Turn};
use tidegate_core::transcript::{Maker, Speaker, StopReason};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, asked_tokens};
use super::dialect::Delta;
use super::error::clean;

/// The pause between two words: fast to read, slow enough to stop.
const PAUSE: Duration = Duration::from_millis(15);
/// Characters of a message that are quoted back.
const QUOTED_CHARS: usize = 200;

/// Answers without a model.
pub struct OfflineRunner {
    clock: Arc<dyn Clock>,
}

impl OfflineRunner {
    /// Makes it.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock }
    }
}

/// What it says.
fn answer_to(turn: &Turn) -> String {
    let asked = turn
        .history
        .iter()
        .rev()
        .find(|message| message.body.speaker == Speaker::User);
    let words = clean(
        &asked.map(|message| message.body.text()).unwrap_or_default(),
        None,
    );
    let quote = match words.char_indices().nth(QUOTED_CHARS) {
        Some((at, _)) => format!("{}…", words.split_at(at).0),
        None => words,
    };
    let received = if quote.is_empty() {
        String::new()
    } else {
        format!("Your message arrived:\n\n> {quote}\n\n")
    };
    format!("{received}{CONNECT}")
}

/// How to connect a model; the keys are those of `tidegate.json`.
const CONNECT: &str = r#"No model is connected yet, so I cannot really answer: I am the offline agent and only repeat how to connect one. Put a provider into your `tidegate.json` (`tidegate config path` says where it is):

```json5
{
  models: { providers: {
    anthropic: {
      api: "anthropic",
      baseUrl: "https://api.anthropic.com",
      apiKey: { env: "ANTHROPIC_API_KEY" },
      models: [{ id: "claude-sonnet-4-5" }],
    },
    ollama: {
      api: "openai",
      baseUrl: "http://127.0.0.1:11434/v1",
      models: [{ id: "llama3.2" }],
    },
  } },
  agents: { defaults: { model: { primary: "ollama/llama3.2" } } },
}
```

One of the two is enough, and `primary` chooses. llama.cpp (`http://127.0.0.1:8080/v1`) and vLLM (`http://127.0.0.1:8000/v1`) are connected like Ollama."#;

/// Words, each with the space that follows it.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (_, after) = rest.split_at(word);
        let space = after
            .find(|c: char| !c.is_whitespace())
            .unwrap_or(after.len());
        let (piece, more) = rest.split_at(word + space);
        rest = more;
        (!piece.is_empty()).then_some(piece)
    })
}

#[async_trait]
impl AgentRunner for OfflineRunner {
    fn provider(&self) -> &str {
        OFFLINE
    }

    async fn run(
        &self,
        turn: Turn,
        out: RunSender,
        stop: CancellationToken,
    ) -> Result<RunOutcome, RunnerError> {
        let began_ms = self.clock.now_ms();
        let mut answer = Answer::new(out);
        let (words, asked) = (answer_to(&turn), asked_tokens(&turn));
        // Speaking takes seconds: the conversation is not kept for as long.
        drop(turn);
        let speaking = async {
            for word in pieces(&words) {
                if answer.apply(Delta::Text(word.to_owned())).await.is_err() {
                    return StopReason::Aborted;
                }
                sleep(PAUSE).await;
            }
            StopReason::Stop
        };
        let stop = stop
            .run_until_cancelled(speaking)
            .await
            .unwrap_or(StopReason::Aborted);
        let ms = self.clock.now_ms().saturating_sub(began_ms);
        tracing::debug!(provider = OFFLINE, model = OFFLINE, ms, "answered");
        let maker = Maker {
            api: OFFLINE.into(),
            provider: OFFLINE.into(),
            model: OFFLINE.into(),
        };
        Ok(answer.into_outcome(asked, maker, stop, None))
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, RunnerError> {
        Ok(vec![ModelInfo {
            id: OFFLINE.into(),
            name: "Offline (no model connected)".into(),
            context_window: None,
            reasoning: Some(false),
            input: vec!["text".into()],
        }])
    }
}

#[cfg(test)]
mod tests;
