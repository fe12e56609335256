//! Sending a command to a node that is there, and its one end. It is stored before it is sent and its
//! end before it is told, so that a repetition after a crash does not do it twice (SECURITY F27, D1).

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::clock::millis;
use tidegate_core::node::CallEnding;
use tidegate_core::store::{CallBegun, NewNodeCall, WaitingCall};
use tidegate_protocol::Event;
use tidegate_protocol::api::nodes::{NodeInvokeRequest, NodeInvokeRequested};
use tidegate_protocol::frame::event_head;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::Nodes;
use super::bounds::{KEPT_BYTES, ROOM};
use super::directory::NotOpened;
use super::error::NodeError;
use super::invoke::{Invoke, Invoked, told_of};
use super::live_node::LiveNode;
use super::params::{granted, text_of, time_of};

/// The code that a node which takes nothing is said to have answered with.
const BUSY: &str = "BUSY";

/// A command that may be sent.
pub(super) struct Ready {
    live: Arc<LiveNode>,
    params: Option<String>,
    timeout: Duration,
}

impl Nodes {
    /// Everything that can be said against it before anything happens.
    pub(super) fn ready(&self, live: Arc<LiveNode>, ask: &Invoke) -> Result<Ready, NodeError> {
        let allowed = live.may_be_sent(&self.directory().rules, &ask.command);
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

    pub(super) fn check_params(&self, ask: &Invoke) -> Result<(), NodeError> {
        let command = &ask.command;
        let checked = self.directory().checks.params(command, &ask.params);
        checked.map_err(|why| NodeError::Invalid(format!("invalid {command} params: {why}")))
    }

    pub(super) async fn send(&self, ask: Invoke, ready: Ready) -> Result<Invoked, NodeError> {
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
        if !matches!(begun, Ok(CallBegun::New)) {
            directory.forget(&id);
        }
        match begun? {
            CallBegun::New => {}
            CallBegun::Known(known) => return told_of(known),
            CallBegun::NoRoom => return Err(full()),
        }
        if let Some(approved) = &ask.approved {
            let session = approved.session_key.clone();
            let run_id = approved.run_id.clone();
            ready.live.entrust(run_id, session, ready.timeout);
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

    pub(super) async fn begin(
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
}

/// Too much waits for a node.
pub(super) fn full() -> NodeError {
    NodeError::Busy("too many commands wait for this node".into())
}
