//! What a node offers beyond what somebody approved: it is not sent that, and whoever may decide is
//! asked (SECURITY T17).

use std::sync::Arc;

use tidegate_core::ScopeSet;
use tidegate_core::node::Offer;
use tidegate_core::store::PairRequest;
use tidegate_protocol::{DeviceId, Role};

use super::Nodes;
use super::live_node::LiveNode;
use super::views::is_node;
use crate::EngineError;

impl Nodes {
    /// Asks for a node that just came, if it offers more than was approved.
    pub(super) fn ask_for_more(&self, live: Arc<LiveNode>) {
        let Some(offer) = live.wider_offer() else {
            return;
        };
        let nodes = self.clone();
        self.0.inner().tasks.spawn(async move {
            if let Err(error) = nodes.ask_for(&live.node, offer).await {
                tracing::warn!(node = %live.node, error = %error, "what a node offers could not be asked about");
            }
        });
    }

    /// Asks for every node that is connected and offers more than was approved: a request is
    /// forgotten after a while, and whoever looks shall see it.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn ask_for_all(&self) -> Result<(), EngineError> {
        for live in self.directory().all() {
            if let Some(offer) = live.wider_offer() {
                self.ask_for(&live.node, offer).await?;
            }
        }
        Ok(())
    }

    async fn ask_for(&self, node: &DeviceId, offer: Offer) -> Result<(), EngineError> {
        let inner = self.0.inner();
        let device = inner.devices.device(node).await?;
        let Some(device) = device.filter(is_node) else {
            return Ok(());
        };
        // A device has one request at a time: this one does not take the place of another wish.
        let waiting = self.0.requests().await?;
        let other_wish =
            |request: &PairRequest| request.device_id == *node && request.role != Role::Node;
        if waiting.iter().any(other_wish) {
            return Ok(());
        }
        let request = PairRequest {
            request_id: inner.ids.uuid(),
            device_id: node.clone(),
            public_key: device.public_key,
            label: device.label.clone(),
            role: Role::Node,
            scopes: ScopeSet::EMPTY,
            offer: Some(offer),
            at_ms: inner.clock.now_ms(),
        };
        self.0.ask_to_pair(request, Some(&device)).await?;
        Ok(())
    }
}
