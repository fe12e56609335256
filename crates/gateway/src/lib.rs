//! The edge of Tidegate: the listener, the WebSocket control plane, the handshake, the hub that
//! carries events, dispatch, and the HTTP routes with the embedded page.
//!
//! The way of a frame: `listen` accepts, `http` checks Host and Origin, `ws::upgrade` answers 101,
//! `ws::handshake` decides who it is, `ws::session` reads, `rpc::dispatch` checks and calls a
//! handler in `methods`, the answer waits in the connection's outbox, `ws::session` writes.

mod auth;
mod canvas;
mod config;
mod error;
mod follows;
mod http;
mod hub;
mod listen;
mod methods;
mod metrics;
mod pre_auth;
mod rpc;
mod state;
mod tls;
mod ws;

use std::sync::Arc;

use tidegate_engine::Engine;
use tokio_util::sync::CancellationToken;

pub use canvas::{CanvasConfig, CanvasHost};
pub use config::{ConfigReader, GatewayConfig, LogTail, SetupAddress};
pub use hub::Hub;
pub use metrics::Metrics;
use state::Shared;
pub use tls::{SelfMade, Tls, TlsError, certificate_fingerprint, self_made};

/// A gateway that is ready to serve.
pub struct Gateway {
    shared: Arc<Shared>,
    canvas: Vec<std::net::TcpListener>,
}

impl Gateway {
    /// Joins the engine, the hub through which it speaks, and the configuration.
    pub fn new(engine: Engine, hub: Arc<Hub>, config: GatewayConfig) -> Self {
        Self {
            shared: Shared::new(engine, hub, config),
            canvas: Vec::new(),
        }
    }

    /// Shows canvases on these too, and nothing else there: an origin of their own.
    #[must_use]
    pub fn with_canvas_listeners(self, canvas: Vec<std::net::TcpListener>) -> Self {
        Self { canvas, ..self }
    }

    /// Serves until `stop` is cancelled; then drains: no new connections, `shutdown` to all, the
    /// runs at work get the drain time, every connection is closed with 1012.
    ///
    /// # Errors
    /// A listener cannot be used.
    pub async fn serve(
        self,
        listeners: Vec<std::net::TcpListener>,
        stop: CancellationToken,
        drain: std::time::Duration,
    ) -> std::io::Result<()> {
        listen::serve(self.shared, listeners, self.canvas, stop, drain).await
    }
}

/// Every method that this gateway serves, for tests and tools.
pub fn served_methods() -> Vec<&'static str> {
    rpc::router::Router::new().names()
}
