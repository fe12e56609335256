//! What waits for a node that is away, and handing it over, in order and once.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::node::CallEnding;
use tidegate_core::store::{NodeCall, StoreError, WaitingCall};
use tidegate_protocol::DeviceId;
use tidegate_protocol::api::nodes::NodeInvokeRequest;
use tokio_util::sync::CancellationToken;

use super::Nodes;
use super::directory::LiveNode;
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

    /// Sends one command and waits for its end. False if it could not be sent and waits again.
    async fn hand_one(
        &self,
        live: &LiveNode,
        call: NodeCall,
        waited: WaitingCall,
    ) -> Result<bool, StoreError> {
        let directory = self.directory();
        if let Err(reason) = directory.rules.check(&live.facts, &call.command) {
            let ending = CallEnding::Failed {
                code: Some(NOT_ALLOWED.to_owned()),
                message: Some(format!("node command not allowed: {reason}")),
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
