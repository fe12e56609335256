//! A command for a node: who asks for the same joins who asked first, and a repetition is told what
//! became of it. Sending is in `sending`, waiting for a node that is away in `waiting`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tidegate_core::SessionKey;
use tidegate_core::exec::{Decision, check_unreserved};
use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{CallState, KnownCall, NodeCall};
use tidegate_protocol::DeviceId;
use tokio_util::sync::CancellationToken;

use super::Nodes;
use super::error::NodeError;
use super::joins::{Asking, Lead};

/// A command for a node.
#[derive(Debug, Clone)]
pub struct Invoke {
    /// The node.
    pub node: DeviceId,
    /// The command.
    pub command: String,
    /// What it takes; null for nothing.
    pub params: Value,
    /// How long the node may take; [`DEFAULT_TIMEOUT`](super::DEFAULT_TIMEOUT) if none, at most
    /// [`LONGEST_TIMEOUT`](super::LONGEST_TIMEOUT).
    pub timeout: Option<Duration>,
    /// Who asks, and how a repetition is recognised.
    pub once: Once,
    /// Whether it may wait for a node that is away.
    pub queue: bool,
    /// What our own record says of it; only who asked that record may say so.
    pub approved: Option<Approved>,
    /// Cancelled when whoever asked gives it up.
    pub cancel: CancellationToken,
}

/// The gateway's record allows a run on a node, once (DECISIONS D15).
#[derive(Debug, Clone)]
pub struct Approved {
    /// What a person decided. None if the gateway's rules allowed it and nobody was asked: then the
    /// node's own rules decide.
    pub decision: Option<Decision>,
    /// The name of the run in `exec.*` events.
    pub run_id: String,
    /// The session that is told of them.
    pub session_key: SessionKey,
}

/// What became of it.
#[derive(Debug, Clone)]
pub enum Invoked {
    /// It ended.
    Ended(Arc<CallEnding>),
    /// It waits for the node.
    Waiting(Box<NodeCall>),
}

impl Nodes {
    /// Sends a command and waits for its one end. The same request again waits for the same end,
    /// or is told the old one.
    ///
    /// # Errors
    /// It was not sent; see [`NodeError`].
    pub async fn invoke(&self, ask: Invoke) -> Result<Invoked, NodeError> {
        let mut outcome = match self.directory().joins.ask(&ask.once) {
            Asking::KeyReused => return Err(NodeError::KeyReused),
            Asking::Again(outcome) => outcome,
            Asking::First(lead, outcome) => {
                // A task of its own: a caller that goes away does not end what a node is at.
                let nodes = self.clone();
                let tasks = &self.0.inner().tasks;
                tasks.spawn(async move { nodes.lead(lead, ask).await });
                outcome
            }
        };
        let ended = outcome.wait_for(Option::is_some).await;
        match ended.ok().and_then(|ended| ended.clone()) {
            Some(outcome) => outcome,
            None => Err(NodeError::Busy(
                "the command was not sent; try again".into(),
            )),
        }
    }

    async fn lead(&self, lead: Lead, ask: Invoke) {
        let outcome = self.carry_out(ask).await;
        lead.end(outcome);
    }

    async fn carry_out(&self, ask: Invoke) -> Result<Invoked, NodeError> {
        check_unreserved(&ask.params)
            .map_err(|error| NodeError::Invalid(format!("invalid node.invoke params: {error}")))?;
        match self.directory().live(&ask.node) {
            Some(live) => {
                let ready = self.ready(live, &ask)?;
                self.send(ask, ready).await
            }
            None => match self.told_before(&ask).await? {
                Some(told) => Ok(told),
                None if ask.queue => self.wait_for_node(ask).await,
                None => Err(NodeError::NotConnected),
            },
        }
    }

    /// A repetition is told what became of the first one, also when the node has gone since.
    async fn told_before(&self, ask: &Invoke) -> Result<Option<Invoked>, NodeError> {
        let store = &self.0.inner().node_store;
        let known = store.find_call(&ask.once).await?;
        known.map(told_of).transpose()
    }
}

/// What somebody is told whose key was used before.
pub(super) fn told_of(known: KnownCall) -> Result<Invoked, NodeError> {
    let call = match known {
        KnownCall::Repeat(call) => call,
        KnownCall::KeyReused => return Err(NodeError::KeyReused),
    };
    match call.state {
        CallState::Ended(ending) => Ok(Invoked::Ended(Arc::new(ending))),
        CallState::Waiting(_) => Ok(Invoked::Waiting(call)),
        CallState::Sent => Err(NodeError::Busy(
            "the node is at work on this command; ask again".into(),
        )),
    }
}
