//! What a connection is made of, by whoever admitted it.

use std::sync::Arc;

use tidegate_core::{Principal, Standing};
use tidegate_outbox::Outbox;
use tidegate_protocol::ConnId;
use tidegate_protocol::version::Protocol;
use tokio_util::sync::CancellationToken;

use crate::ws::gauges::Gauges;

/// What a connection brings when it joins.
pub(crate) struct Joining {
    pub(crate) id: ConnId,
    pub(crate) principal: Principal,
    pub(crate) protocol: Protocol,
    pub(crate) called: String,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) kill: CancellationToken,
    pub(crate) gauges: Arc<Gauges>,
    pub(crate) standing: Option<Standing>,
    pub(crate) caps: Vec<String>,
}
