//! What a command tells the gateway while it is at work.

use async_trait::async_trait;
use serde_json::Value;
use tidegate_client::Client;
use tidegate_protocol::api::canvas::{CanvasCapabilityRefresh, NODE_CANVAS_ACTION};
use tidegate_protocol::api::connect::NoParams;
use tidegate_protocol::api::nodes::{NodeEvent, NodeEventParams};

use crate::call::Tell;
use crate::limits::TELLING;

/// The gateway of one connection.
pub(crate) struct Gateway(pub(crate) Client);

#[async_trait]
impl Tell for Gateway {
    async fn event(&self, event: &str, payload: Value) {
        let params = NodeEventParams {
            event: event.to_owned(),
            payload,
            payload_json: Value::Null,
        };
        if let Err(why) = self.0.call_within::<NodeEvent>(&params, TELLING).await {
            tracing::info!(%event, %why, "an event did not reach the gateway");
        }
    }

    async fn act(&self, action: Value) -> Result<(), String> {
        let params = NodeEventParams {
            event: NODE_CANVAS_ACTION.to_owned(),
            payload: action,
            payload_json: Value::Null,
        };
        let told = self.0.call_within::<NodeEvent>(&params, TELLING).await;
        told.map(drop).map_err(|why| why.to_string())
    }

    async fn canvas_address(&self) -> Option<String> {
        let fresh = self.0.call::<CanvasCapabilityRefresh>(&NoParams {});
        Some(fresh.await.ok()?.canvas_host_url)
    }
}
