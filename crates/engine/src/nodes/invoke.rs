//! Sending a command and waiting for its end. It is stored before it is sent and its end before
//! it is told, so that a repetition after a crash does not do it twice (SECURITY F27, D1).

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tidegate_core::SessionKey;
use tidegate_core::clock::millis;
use tidegate_core::exec::{Decision, Grant, check_unreserved};
use tidegate_core::node::CallEnding;
use tidegate_core::run::Once;
use tidegate_core::store::{CallBegun, CallState, NewNodeCall, NodeCall, WaitingCall};
use tidegate_protocol::api::nodes::{NodeInvokeRequest, NodeInvokeRequested};
use tidegate_protocol::frame::event_head;
use tidegate_protocol::{DeviceId, Event};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::Nodes;
use super::bounds::{DEFAULT_TIMEOUT, KEPT_BYTES, LONGEST_TIMEOUT, PARAMS_BYTES, ROOM, WAIT_MS};
use super::directory::{LiveNode, NotOpened};
use super::error::NodeError;
use super::joins::{Asking, Lead};
use super::views::is_node;

/// The code that a node which takes nothing is said to have answered with.
const BUSY: &str = "BUSY";

/// A command for a node.
#[derive(Debug, Clone)]
pub struct Invoke {
    /// The node.
    pub node: DeviceId,
    /// The command.
    pub command: String,
    /// What it takes; null for nothing.
    pub params: Value,
    /// How long the node may take; [`DEFAULT_TIMEOUT`] if none, at most [`LONGEST_TIMEOUT`].
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
    /// What was decided.
    pub decision: Decision,
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
    Waiting(NodeCall),
}

/// A command that may be sent.
struct Ready {
    live: Arc<LiveNode>,
    params: Option<String>,
    timeout: Duration,
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
        match store.find_call(&ask.once).await? {
            None | Some(CallBegun::New | CallBegun::NoRoom) => Ok(None),
            Some(CallBegun::KeyReused) => Err(NodeError::KeyReused),
            Some(CallBegun::Repeat(call)) => repeated(call).map(Some),
        }
    }

    /// Everything that can be said against it before anything happens.
    fn ready(&self, live: Arc<LiveNode>, ask: &Invoke) -> Result<Ready, NodeError> {
        let allowed = self.directory().rules.check(&live.facts, &ask.command);
        allowed.map_err(|reason| NodeError::NotAllowed {
            reason,
            command: ask.command.clone(),
        })?;
        self.check_params(ask)?;
        let params = match &ask.approved {
            Some(approved) => granted(approved, &ask.params)?,
            None => ask.params.clone(),
        };
        Ok(Ready {
            live,
            params: text_of(&params)?,
            timeout: time_of(ask.timeout),
        })
    }

    fn check_params(&self, ask: &Invoke) -> Result<(), NodeError> {
        let command = &ask.command;
        let checked = self.directory().checks.params(command, &ask.params);
        checked.map_err(|why| NodeError::Invalid(format!("invalid {command} params: {why}")))
    }

    async fn send(&self, ask: Invoke, ready: Ready) -> Result<Invoked, NodeError> {
        let inner = self.0.inner();
        let directory = self.directory();
        let id = inner.ids.uuid();
        // First the place, then the record, then the frame: whatever happens between them, the
        // record has an end.
        let opened = directory.open(&ready.live, &id, &ask.command);
        let end = opened.map_err(|why| match why {
            NotOpened::Gone => NodeError::NotConnected,
            NotOpened::Full => NodeError::Busy("the node is at work on too much".into()),
        })?;
        let begun = self.begin(&id, &ask, None).await;
        match begun {
            Ok(CallBegun::New) => {}
            Ok(CallBegun::Repeat(call)) => {
                directory.forget(&id);
                return repeated(call);
            }
            Ok(CallBegun::KeyReused) => {
                directory.forget(&id);
                return Err(NodeError::KeyReused);
            }
            Ok(CallBegun::NoRoom) => {
                directory.forget(&id);
                return Err(full());
            }
            Err(error) => {
                directory.forget(&id);
                return Err(error);
            }
        }
        if let Some(approved) = &ask.approved {
            let session = approved.session_key.clone();
            ready.live.entrust(approved.run_id.clone(), session);
        }
        let request = NodeInvokeRequest {
            id: id.clone(),
            node_id: ask.node.to_string(),
            command: ask.command.clone(),
            params_json: ready.params.into(),
            timeout_ms: ask.timeout.map(|_| millis(ready.timeout)),
            idempotency_key: Some(ask.once.key.clone()),
        };
        let ending = self
            .exchange(&ready.live, request, end, ready.timeout, &ask.cancel)
            .await;
        Ok(Invoked::Ended(self.finish(&id, ending).await))
    }

    async fn begin(
        &self,
        id: &str,
        ask: &Invoke,
        waits: Option<WaitingCall>,
    ) -> Result<CallBegun, NodeError> {
        let inner = self.0.inner();
        let call = NewNodeCall {
            id: id.to_owned(),
            node: ask.node.clone(),
            command: ask.command.clone(),
            once: ask.once.clone(),
            waits,
            at_ms: inner.clock.now_ms(),
        };
        Ok(inner.node_store.begin_call(call, ROOM).await?)
    }

    /// Sends a command that has its place in the list, and waits for its end.
    pub(super) async fn exchange(
        &self,
        live: &LiveNode,
        request: NodeInvokeRequest,
        mut end: oneshot::Receiver<CallEnding>,
        timeout: Duration,
        cancel: &CancellationToken,
    ) -> CallEnding {
        let directory = self.directory();
        let deadline = tokio::time::Instant::now() + timeout;
        let sent = event_head(NodeInvokeRequested::SPEC.name, &request, None)
            .is_ok_and(|head| live.send(Arc::from(head)).is_ok());
        if !sent {
            let message = Some("the node's connection takes nothing now".to_owned());
            let code = Some(BUSY.to_owned());
            directory.settle(&request.id, CallEnding::Failed { code, message });
        }
        let early = tokio::select! {
            biased;
            ended = &mut end => return ended.unwrap_or(CallEnding::Interrupted),
            () = cancel.cancelled() => CallEnding::Cancelled,
            () = tokio::time::sleep_until(deadline) => CallEnding::TimedOut,
        };
        // Whoever takes it off the list decides how it ended; that may just have been the node.
        directory.settle(&request.id, early);
        end.await.unwrap_or(CallEnding::Interrupted)
    }

    /// Stores the end, then gives it back to be told.
    pub(super) async fn finish(&self, id: &str, ending: CallEnding) -> Arc<CallEnding> {
        let inner = self.0.inner();
        tracing::info!(target: "tidegate::nodes", call = id, ending = ending.as_str(), "node command ended");
        let kept = match &ending {
            CallEnding::Answered {
                payload,
                payload_json,
            } if payload_json
                .as_ref()
                .map_or_else(|| payload.to_string().len(), String::len)
                > KEPT_BYTES =>
            {
                CallEnding::NotKept
            }
            other => other.clone(),
        };
        let now = inner.clock.now_ms();
        if let Err(error) = inner.node_store.end_call(id, kept, now).await {
            tracing::error!(call = id, error = %error, "the end of a node's command was not stored");
        }
        Arc::new(ending)
    }

    /// Stores a command for a node that is away.
    async fn wait_for_node(&self, ask: Invoke) -> Result<Invoked, NodeError> {
        let spec = self.directory().rules.spec(&ask.command);
        if spec.is_none_or(|spec| !spec.queueable) || ask.approved.is_some() {
            return Err(NodeError::Invalid(format!(
                "{} cannot wait for a node that is away",
                ask.command
            )));
        }
        self.check_params(&ask)?;
        if !self.is_paired(&ask.node).await? {
            return Err(NodeError::NotConnected);
        }
        let inner = self.0.inner();
        let id = inner.ids.uuid();
        let now = inner.clock.now_ms();
        let waits = WaitingCall {
            params: text_of(&ask.params)?,
            timeout_ms: millis(time_of(ask.timeout)),
            expires_at_ms: now.saturating_add(WAIT_MS),
        };
        match self.begin(&id, &ask, Some(waits.clone())).await? {
            CallBegun::New => {}
            CallBegun::Repeat(call) => return repeated(call),
            CallBegun::KeyReused => return Err(NodeError::KeyReused),
            CallBegun::NoRoom => return Err(full()),
        }
        // It may have come back in this moment, and seen nothing that waits.
        if let Some(live) = self.directory().live(&ask.node) {
            self.hand_over(live);
        }
        Ok(Invoked::Waiting(NodeCall {
            id,
            node: ask.node,
            command: ask.command,
            key: ask.once.key,
            at_ms: now,
            state: CallState::Waiting(waits),
        }))
    }

    async fn is_paired(&self, node: &DeviceId) -> Result<bool, NodeError> {
        let device = self.0.inner().devices.device(node).await?;
        Ok(device.as_ref().is_some_and(is_node))
    }
}

fn full() -> NodeError {
    NodeError::Busy("too many commands wait for this node".into())
}

/// What a repetition is told.
fn repeated(call: NodeCall) -> Result<Invoked, NodeError> {
    match call.state {
        CallState::Ended(ending) => Ok(Invoked::Ended(Arc::new(ending))),
        CallState::Waiting(_) => Ok(Invoked::Waiting(call)),
        CallState::Sent => Err(NodeError::Busy(
            "the node is at work on this command; ask again".into(),
        )),
    }
}

fn time_of(timeout: Option<Duration>) -> Duration {
    timeout.unwrap_or(DEFAULT_TIMEOUT).min(LONGEST_TIMEOUT)
}

fn text_of(params: &Value) -> Result<Option<String>, NodeError> {
    if params.is_null() {
        return Ok(None);
    }
    let text = params.to_string();
    if text.len() > PARAMS_BYTES {
        return Err(NodeError::Invalid(format!(
            "the params are larger than {PARAMS_BYTES} bytes"
        )));
    }
    Ok(Some(text))
}

/// The caller's params with the gateway's word in them, which is used up here.
fn granted(approved: &Approved, params: &Value) -> Result<Value, NodeError> {
    let invalid = |text: &str| NodeError::Invalid(text.to_owned());
    let grant = Grant::new(approved.decision, approved.run_id.clone())
        .ok_or_else(|| invalid("the run was not approved"))?;
    let params = params
        .as_object()
        .cloned()
        .ok_or_else(|| invalid("only a command with params can be approved"))?;
    let written = grant
        .write_into(params)
        .map_err(|error| invalid(&error.to_string()))?;
    Ok(Value::Object(written))
}
