//! The configured agents, and what the engine must know of the configuration.

mod audience;
mod workspace;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tidegate_protocol::api::agent::AgentIdentity;
use tidegate_protocol::{AgentId, ChannelId};

use crate::origin::Origin;
use crate::runner::{AgentRunner, ModelRef, ThinkingLevel};
use crate::session::SessionNames;

pub use audience::Audience;
pub use workspace::{FILE_CHARS, StandingFile, WORKSPACE_CHARS, Workspace, standing_words};

/// Provider name and model id of the built-in agent that answers while no model is connected.
pub const OFFLINE: &str = "offline";

/// One configured agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: Option<String>,
    /// How it is shown.
    pub identity: AgentIdentity,
    /// Its model; the offline runner's if none is configured.
    pub model: ModelRef,
    /// What it is told about itself.
    pub system_prompt: Option<String>,
    /// Its own folder; none where the gateway has no disk.
    pub workspace: Option<Workspace>,
}

/// What happens to messages that arrive while a run of their session is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueMode {
    /// They become one turn together.
    #[default]
    Collect,
    /// Each becomes a turn of its own, in order.
    Followup,
    /// The turn at work is stopped; what waits becomes one turn with the newest.
    Interrupt,
}

/// What happens when more messages wait than may. None is dropped without a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum QueueDrop {
    /// The oldest ones are read shortened.
    #[default]
    Summarize,
    /// The oldest one is given up, and its sender is told.
    Old,
    /// The new one is refused, and its sender is told.
    New,
}

/// What happens to messages of a session that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueRules {
    /// What becomes of messages that arrive during a run.
    pub mode: QueueMode,
    /// The same for messages of one chat network.
    pub by_channel: BTreeMap<ChannelId, QueueMode>,
    /// How long a message of a chat network waits for the next one before a turn begins.
    pub debounce: Duration,
    /// How many may wait.
    pub cap: usize,
    /// What happens to messages of chat networks above it; others are refused.
    pub drop: QueueDrop,
}

impl QueueRules {
    /// The mode for messages that came from there.
    pub fn mode_of(&self, origin: Option<&Origin>) -> QueueMode {
        origin
            .and_then(|origin| self.by_channel.get(&origin.target.account.channel))
            .copied()
            .unwrap_or(self.mode)
    }
}

/// Limits of runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunLimits {
    /// Runs at work at once, in the whole gateway.
    pub concurrent: usize,
    /// Runs that wait.
    pub queue: QueueRules,
    /// Deadline of a run.
    pub timeout: Duration,
    /// Longest silence of a runner.
    pub idle_timeout: Duration,
    /// Messages of the conversation that a turn sees.
    pub history_messages: u32,
    /// Bytes of the conversation that a turn sees.
    pub history_bytes: usize,
}

/// The agents, their runners and the rules of runs: an immutable snapshot.
#[derive(Clone)]
pub struct Agents {
    /// Names of sessions.
    pub names: SessionNames,
    /// The default agent first.
    pub list: Vec<Agent>,
    /// One runner per provider name, `offline` among them.
    pub runners: BTreeMap<String, Arc<dyn AgentRunner>>,
    /// Thinking level where none is set.
    pub thinking: ThinkingLevel,
    /// Limits.
    pub limits: RunLimits,
    /// Whether a model is configured.
    pub model_configured: bool,
}

impl Agents {
    /// An agent by its id.
    pub fn get(&self, id: &AgentId) -> Option<&Agent> {
        self.list.iter().find(|agent| agent.id == *id)
    }
}

impl std::fmt::Debug for Agents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Agents")
            .field("list", &self.list)
            .finish_non_exhaustive()
    }
}
