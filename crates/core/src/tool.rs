//! What an agent can do beside speaking: tools, and the ports through which they reach a machine.
//!
//! A model asks for calls; the runner hands a whole [`Round`] to the turn's [`ToolBox`], which
//! stores what was asked, carries it out in order and stores what came of each call before the model
//! hears of it. So a transcript is true at every moment, and each call has one result (SECURITY F08).

mod content;
mod doors;

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Map, Value};
use tidegate_protocol::{AgentId, RunId};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::session::SessionKey;
use crate::transcript::{Maker, NewMessage, Part, Usage};

pub use content::{
    RESULT_IMAGE_BYTES, RESULT_IMAGES, RESULT_TEXT_CHARS, ToolContent, ToolOutcome, head_and_tail,
};
pub use doors::{AskedFor, Doors, NodeErrand};

/// Rounds of one run: so often a model may ask for calls before it must have answered.
pub const ROUNDS_MAX: usize = 40;

/// Calls of one round. More are answered with an error each and not carried out.
pub const CALLS_MAX: usize = 16;

/// Bytes of the arguments of one call, as JSON.
pub const ARGUMENTS_MAX_BYTES: usize = 128 * 1024;

/// What a model is told of a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// Its name: letters, digits, `_` and `-`, at most 64.
    pub name: &'static str,
    /// What it is for, for the model.
    pub description: &'static str,
    /// The JSON Schema of its arguments, an object.
    pub input_schema: Value,
}

/// One call of a tool.
#[derive(Clone)]
pub struct ToolCall {
    /// Its id: unique in its run.
    pub id: String,
    /// The run that it belongs to; none if a person called the tool.
    pub run_id: Option<RunId>,
    /// The session.
    pub session_key: SessionKey,
    /// The agent.
    pub agent: AgentId,
    /// The agent's own folder, if it has one.
    pub home: Option<PathBuf>,
    /// The arguments; not checked against the schema.
    pub arguments: Map<String, Value>,
    /// Cancelled when the call must end soon.
    pub stop: CancellationToken,
    /// Where it says what it has so far.
    pub progress: ToolProgress,
    /// The ways to machines. Whatever goes through them is judged there.
    pub doors: Arc<dyn Doors>,
}

impl ToolCall {
    /// For whom it is.
    pub fn asked_for(&self) -> AskedFor {
        AskedFor {
            agent: self.agent.clone(),
            session_key: self.session_key.clone(),
            run_id: self.run_id.clone(),
            stop: self.stop.clone(),
        }
    }
}

/// What a call has so far, for whoever watches. Only the newest counts.
#[derive(Debug, Clone, Default)]
pub struct ToolProgress(Option<watch::Sender<String>>);

impl ToolProgress {
    /// One that is watched.
    pub fn watched() -> (Self, watch::Receiver<String>) {
        let (sender, receiver) = watch::channel(String::new());
        (Self(Some(sender)), receiver)
    }

    /// Says it. Never waits.
    pub fn tell(&self, so_far: String) {
        if let Some(sender) = &self.0 {
            sender.send_replace(so_far);
        }
    }
}

/// Something that an agent can do.
#[async_trait]
pub trait Tool: Send + Sync + 'static {
    /// What a model is told of it.
    fn spec(&self) -> ToolSpec;

    /// Does it. What goes wrong is an outcome too: the model is told. Returns soon after
    /// `call.stop`; dropping the future leaves nothing running that was not meant to.
    async fn call(&self, call: ToolCall) -> ToolOutcome;

    /// A session was deleted or begun anew: whatever is still at work for it ends. Does not wait.
    fn session_over(&self, _session: &SessionKey) {}
}

/// What a model said before it waits for its calls.
#[derive(Debug, Clone, PartialEq)]
pub struct Round {
    /// The parts in order, with at least one [`Part::ToolCall`].
    pub parts: Vec<Part>,
    /// Tokens of the request that brought them.
    pub usage: Usage,
    /// Who made them.
    pub maker: Maker,
}

/// Why a round was not carried out to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoundLost {
    /// The run is to end. What was carried out is stored.
    #[error("the run was stopped")]
    Stopped,
    /// It could not be stored; nothing was carried out that is not.
    #[error("{0}")]
    NotStored(String),
}

/// The tools of one turn.
#[async_trait]
pub trait ToolBox: std::fmt::Debug + Send + Sync + 'static {
    /// What the model is offered; none means that it is offered no tools at all.
    fn specs(&self) -> &[ToolSpec];

    /// Stores a round, carries its calls out in order and stores what came of them. Gives the
    /// messages that this added to the conversation.
    ///
    /// # Errors
    /// The turn is over.
    async fn carry_out(
        &self,
        round: Round,
        stop: CancellationToken,
    ) -> Result<Vec<NewMessage>, RoundLost>;
}

/// A turn without tools.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoTools;

#[async_trait]
impl ToolBox for NoTools {
    fn specs(&self) -> &[ToolSpec] {
        &[]
    }

    async fn carry_out(
        &self,
        _round: Round,
        _stop: CancellationToken,
    ) -> Result<Vec<NewMessage>, RoundLost> {
        Err(RoundLost::NotStored(
            "the model asked for a tool, and this turn has none".to_owned(),
        ))
    }
}
