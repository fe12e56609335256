//! What a command works with besides its params.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Tells the gateway what happened here.
#[async_trait]
pub(crate) trait Tell: Send + Sync + 'static {
    /// One `node.event`. Lost if the connection is.
    async fn event(&self, event: &str, payload: Value);

    /// What somebody did on the canvas that is shown here. An error says why it did not arrive, for
    /// whoever did it.
    async fn act(&self, action: Value) -> Result<(), String>;

    /// A fresh address of the canvas that the gateway has for this node; it is a secret. `None` if
    /// it has none.
    async fn canvas_address(&self) -> Option<String>;
}

/// One request of the gateway.
#[derive(Clone)]
pub(crate) struct Call {
    /// Ends with the connection that asked.
    pub(crate) stop: CancellationToken,
    /// When the answer is late.
    pub(crate) deadline: Instant,
    /// Who asked.
    pub(crate) gateway: Arc<dyn Tell>,
}

impl Call {
    /// What is left of its time.
    pub(crate) fn left(&self) -> std::time::Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}
