//! What waits for a node that is away, and handing it over, in order and once.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::PrincipalId;
use tidegate_core::clock::millis;
use tidegate_core::node::CallEnding;
use tidegate_core::store::{CallBegun, CallState, NodeCall, StoreError, WaitingCall};
use tidegate_protocol::api::nodes::NodeInvokeRequest;
use tidegate_protocol::{DeviceId, Scope};
use tokio_util::sync::CancellationToken;

use super::Nodes;
use super::bounds::WAIT_MS;
use super::error::NodeError;
use super::invoke::{Invoke, Invoked, told_of};
use super::live_node::LiveNode;
use super::params::{text_of, time_of};
use super::sending::full;
use super::views::is_node;
use crate::EngineError;

/// The code of a command that waited and is not allowed any more.
const NOT_ALLOWED: &str = "NOT_ALLOWED";

impl Nodes {
    /// The commands that wait, oldest first; of one node, or of all.
    ///
    /// # Errors
    /// The store failed.
    pub async fn waiting(&self, node: Option<&DeviceId>) -> Result<Vec<NodeCall>, EngineError> {
        let inner = self.0.inner();
        let mut calls = inner.node_store.waiting_calls(inner.clock.now_ms()).await?;
        calls.retain(|call| node.is_none_or(|node| call.node == *node));
        Ok(calls)
    }

    /// Gives up a command that waits. False if none of this id does.
    ///
    /// # Errors
    /// The store failed.
    pub async fn cancel_waiting(&self, id: &str) -> Result<bool, EngineError> {
        let inner = self.0.inner();
        let now = inner.clock.now_ms();
        Ok(inner.node_store.cancel_call(id, now).await?)
    }

    /// Stores a command for a node that is away.
    pub(super) async fn wait_for_node(&self, ask: Invoke) -> Result<Invoked, NodeError> {
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
            CallBegun::Known(known) => return told_of(known),
            CallBegun::NoRoom => return Err(full()),
        }
        // It may have come back in this moment, and seen nothing that waits.
        if let Some(live) = self.directory().live(&ask.node) {
            self.hand_over(live);
        }
        let waits = NodeCall {
            id,
            node: ask.node,
            command: ask.command,
            by: ask.once.principal,
            key: ask.once.key,
            at_ms: now,
            state: CallState::Waiting(waits),
        };
        Ok(Invoked::Waiting(Box::new(waits)))
    }

    async fn is_paired(&self, node: &DeviceId) -> Result<bool, NodeError> {
        let device = self.0.inner().devices.device(node).await?;
        Ok(device.as_ref().is_some_and(is_node))
    }

    /// Gives up whatever a device sent and that waits.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn give_up_of(&self, device: &DeviceId) -> Result<(), EngineError> {
        let by = PrincipalId::Device(device.clone()).storage_key();
        for call in self.waiting(None).await? {
            if call.by == by {
                self.cancel_waiting(&call.id).await?;
            }
        }
        Ok(())
    }

    /// After a start: what the last life had sent has no other end than that.
    pub(crate) async fn recover(&self) -> Result<(), EngineError> {
        let inner = self.0.inner();
        let now = inner.clock.now_ms();
        let interrupted = inner.node_store.recover_calls(now).await?;
        if interrupted > 0 {
            tracing::warn!(
                interrupted,
                "commands of nodes were interrupted by the end of the gateway"
            );
        }
        Ok(())
    }

    /// Hands over what waits for a node that is there now.
    pub(super) fn hand_over(&self, live: Arc<LiveNode>) {
        let nodes = self.clone();
        self.0.inner().tasks.spawn(async move {
            let _one_at_a_time = live.handing.lock().await;
            if let Err(error) = nodes.hand_all(&live).await {
                tracing::warn!(node = %live.node, error = %error, "what waits for a node could not be read");
            }
        });
    }

    async fn hand_all(&self, live: &LiveNode) -> Result<(), StoreError> {
        let inner = self.0.inner();
        while self.directory().is_newest(live) && !inner.stop.is_cancelled() {
            let now = inner.clock.now_ms();
            let Some((call, waited)) = inner.node_store.next_call(&live.node, now).await? else {
                return Ok(());
            };
            if !self.hand_one(live, call, waited).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a command that waited may still be sent: the node may be sent it, and whoever sent
    /// it still has the right to.
    async fn may_still_go(&self, live: &LiveNode, call: &NodeCall) -> Result<(), String> {
        let rules = &self.directory().rules;
        live.may_be_sent(rules, &call.command)
            .map_err(|reason| format!("node command not allowed: {reason}"))?;
        let needs = rules
            .spec(&call.command)
            .map_or(Scope::Write, |spec| spec.scope);
        if self.0.may_still_send(&call.by, needs).await {
            return Ok(());
        }
        Err("the right of whoever sent it was taken back".to_owned())
    }

    /// Sends one command and waits for its end. False if it could not be sent and waits again.
    async fn hand_one(
        &self,
        live: &LiveNode,
        call: NodeCall,
        waited: WaitingCall,
    ) -> Result<bool, StoreError> {
        let directory = self.directory();
        if let Err(message) = self.may_still_go(live, &call).await {
            let ending = CallEnding::Failed {
                code: Some(NOT_ALLOWED.to_owned()),
                message: Some(message),
            };
            self.finish(&call.id, ending).await;
            return Ok(true);
        }
        let Ok(end) = directory.open(live, &call.id, &call.command) else {
            self.0.inner().node_store.put_back(&call.id).await?;
            return Ok(false);
        };
        let request = NodeInvokeRequest {
            id: call.id.clone(),
            node_id: call.node.to_string(),
            command: call.command,
            params_json: waited.params.into(),
            timeout_ms: Some(waited.timeout_ms),
            idempotency_key: Some(call.key),
        };
        let timeout = Duration::from_millis(waited.timeout_ms);
        let never = CancellationToken::new();
        let ending = self.exchange(live, request, end, timeout, &never).await;
        self.finish(&call.id, ending).await;
        Ok(true)
    }
}
