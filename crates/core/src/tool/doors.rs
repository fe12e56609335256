//! The ways from a tool to a machine. The engine implements them and judges at each use: a tool has no
//! right of its own.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;
use tidegate_protocol::{AgentId, RunId};
use tokio_util::sync::CancellationToken;

use crate::exec::{Cleared, Subject};
use crate::session::SessionKey;

/// For whom something is to happen.
#[derive(Debug, Clone)]
pub struct AskedFor {
    /// The agent, whose rules hold.
    pub agent: AgentId,
    /// The session.
    pub session_key: SessionKey,
    /// The run; none if a person called the tool.
    pub run_id: Option<RunId>,
    /// Cancelled when nobody wants to know any more.
    pub stop: CancellationToken,
}

/// Something that a node is to do.
#[derive(Debug, Clone)]
pub struct NodeErrand {
    /// Which node: its id, the beginning of it, or its name.
    pub node: String,
    /// The command.
    pub command: String,
    /// Its params; null for none.
    pub params: Value,
    /// How long the node may take; the usual time if none.
    pub timeout: Option<Duration>,
    /// For whom.
    pub asked_for: AskedFor,
}

/// The ways.
#[async_trait]
pub trait Doors: Send + Sync + 'static {
    /// Leave to run exactly this on the gateway's machine, once and now: by the rules, else by a
    /// person, who is waited for. The leave is used up by starting it.
    ///
    /// # Errors
    /// Why not, for the model.
    async fn allow(&self, subject: Subject, asked_for: &AskedFor) -> Result<Cleared, String>;

    /// Every known node: id, name, whether it is connected, what it can do.
    ///
    /// # Errors
    /// Why it cannot be told.
    async fn nodes(&self) -> Result<Value, String>;

    /// One node: by its id, the beginning of it, or its name.
    ///
    /// # Errors
    /// There is no such node, or it cannot be told.
    async fn node(&self, node: &str) -> Result<Value, String>;

    /// Lets a node do something and waits for its answer. What runs a program there is judged first,
    /// as [`Doors::allow`] does.
    ///
    /// # Errors
    /// Why there is no answer.
    async fn on_node(&self, errand: NodeErrand) -> Result<Value, String>;
}
