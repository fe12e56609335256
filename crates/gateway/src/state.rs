//! What every connection shares.

use std::sync::Arc;

use jsonschema::Validator;
use tidegate_core::Clock;
use tidegate_engine::Engine;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::auth::Authenticator;
use crate::config::GatewayConfig;
use crate::http::{TOOLS_AT_ONCE, WEBHOOKS_AT_ONCE};
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::pre_auth::PreAuth;
use crate::rpc::router::Router;
use crate::tls::Handshakes;
use tidegate_protocol::limits::LARGE_INBOUND_BYTES;
use tidegate_protocol::schema;

pub(crate) struct Shared {
    pub(crate) engine: Engine,
    pub(crate) hub: Arc<Hub>,
    pub(crate) router: Router,
    pub(crate) auth: Authenticator,
    pub(crate) config: GatewayConfig,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) pre_auth: PreAuth,
    pub(crate) handshakes: Handshakes,
    /// Bytes of unfinished large inbound messages.
    pub(crate) large_inbound: Arc<Semaphore>,
    /// Room for requests of chat networks that call us.
    pub(crate) webhooks: Semaphore,
    /// Room for calls of tools by people.
    pub(crate) tool_calls: Semaphore,
    pub(crate) tasks: TaskTracker,
    pub(crate) started: Instant,
    pub(crate) boot_id: String,
    pub(crate) connect: ConnectValidators,
}

/// The two schemas of `connect` (DECISIONS D2); compiled at start, since every client needs one.
pub(crate) struct ConnectValidators {
    pub(crate) closed: Option<Validator>,
    pub(crate) open: Option<Validator>,
}

impl Shared {
    pub(crate) fn new(engine: Engine, hub: Arc<Hub>, config: GatewayConfig) -> Arc<Self> {
        let metrics = Arc::clone(hub.metrics());
        let boot_id = engine.ids().uuid();
        Arc::new(Self {
            router: Router::new(),
            auth: Authenticator::new(&config),
            pre_auth: PreAuth::new(Arc::clone(&metrics)),
            handshakes: Handshakes::default(),
            large_inbound: Arc::new(Semaphore::new(LARGE_INBOUND_BYTES)),
            webhooks: Semaphore::new(WEBHOOKS_AT_ONCE),
            tool_calls: Semaphore::new(TOOLS_AT_ONCE),
            tasks: TaskTracker::new(),
            started: Instant::now(),
            boot_id,
            connect: ConnectValidators {
                closed: jsonschema::validator_for(&schema::connect_closed()).ok(),
                open: jsonschema::validator_for(&schema::connect_open()).ok(),
            },
            engine,
            hub,
            config,
            metrics,
        })
    }

    pub(crate) fn uptime_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// The hub needs a clock before there is an engine.
pub(crate) type SharedClock = Arc<dyn Clock>;
