//! The port to whatever makes answers.

use std::sync::Arc;

use async_trait::async_trait;
use tidegate_protocol::RunId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::run::FailureKind;
use crate::tool::ToolBox;
use crate::transcript::{Maker, Message, Part, StopReason, Usage};

/// Updates that may wait for the engine; a slow transcript slows the run, never memory.
pub const RUN_UPDATES: usize = 64;

/// Where a runner puts its updates.
pub type RunSender = mpsc::Sender<RunUpdate>;

/// How much a model should think before it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum ThinkingLevel {
    /// Not at all.
    #[default]
    Off,
    /// As little as there is.
    Minimal,
    /// A little.
    Low,
    /// Some.
    Medium,
    /// Much.
    High,
    /// As much as there is.
    XHigh,
}

impl ThinkingLevel {
    /// Every level, from none to most.
    pub const ALL: [Self; 6] = [
        Self::Off,
        Self::Minimal,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::XHigh,
    ];

    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// Which model: a provider of the configuration and an id there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ModelRef {
    /// The provider's name in the configuration.
    pub provider: String,
    /// The model's id at the provider; may contain slashes.
    pub model: String,
}

impl ModelRef {
    /// Reads `provider/model`.
    pub fn parse(text: &str) -> Option<Self> {
        let (provider, model) = text.split_once('/')?;
        (!provider.is_empty() && !model.is_empty()).then(|| Self {
            provider: provider.to_owned(),
            model: model.to_owned(),
        })
    }
}

impl std::fmt::Display for ModelRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.provider, self.model)
    }
}

/// One turn to make.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The run.
    pub run_id: RunId,
    /// The model's id at the runner's provider.
    pub model: String,
    /// How much to think.
    pub thinking: ThinkingLevel,
    /// What the agent is told about itself.
    pub system_prompt: Option<String>,
    /// The conversation, oldest first; it ends with what the user just said.
    pub history: Vec<Message>,
    /// What the model may do beside speaking.
    pub tools: Arc<dyn ToolBox>,
}

/// One piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunUpdate {
    /// The answer grew by these words.
    Text(String),
    /// The thinking grew by these words.
    Thinking(String),
    /// What was said so far is a message of its own, and the model waits for its tools; what
    /// follows is another message.
    Round,
    /// Still alive, nothing new: resets the idle deadline.
    Progress,
}

/// A complete answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOutcome {
    /// The last message, in order; its text equals the updates since the last
    /// [`RunUpdate::Round`] put together.
    pub parts: Vec<Part>,
    /// Why it ended: `Stop` or `Length`; `Aborted` with what there was when it was stopped.
    pub stop: StopReason,
    /// Tokens of the last message, as the provider counts them; estimated where it does not.
    /// Those of earlier rounds are stored with them.
    pub usage: Usage,
    /// Who made it.
    pub maker: Maker,
}

/// Why there is no complete answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RunnerError {
    /// What kind of failure.
    pub kind: FailureKind,
    /// For the user: what happened, at which provider, what to do. Never a secret.
    pub message: String,
    /// How long until the provider takes requests again, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

/// A model that a provider offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// Its id at the provider.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Its context in tokens.
    pub context_window: Option<u64>,
    /// Whether it can think first.
    pub reasoning: Option<bool>,
    /// What it takes: `text`, `image`.
    pub input: Vec<String>,
}

/// Makes answers. One per configured provider, and the offline one.
#[async_trait]
pub trait AgentRunner: Send + Sync + 'static {
    /// The provider's name in the configuration.
    fn provider(&self) -> &str;

    /// The language it speaks with its provider, for example `openai-completions`; what an
    /// answer that failed is marked with. Empty if it has none.
    fn api(&self) -> &'static str {
        ""
    }

    /// Runs one turn. Updates go out in order through `out`; when `stop` is cancelled the runner
    /// returns soon, and what it sent so far is the answer. Dropping the future is safe.
    ///
    /// # Errors
    /// The turn failed; the message is for the user.
    async fn run(
        &self,
        turn: Turn,
        out: RunSender,
        stop: CancellationToken,
    ) -> Result<RunOutcome, RunnerError>;

    /// What the provider offers, from the configuration and its own answer.
    ///
    /// # Errors
    /// The provider could not be asked and nothing is configured.
    async fn models(&self) -> Result<Vec<ModelInfo>, RunnerError>;
}
