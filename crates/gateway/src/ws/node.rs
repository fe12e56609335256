//! The connection of a node: what it said of itself, and the way commands take to it.

use std::sync::Arc;

use tidegate_core::node::{LinkBusy, NodeFacts, NodeLink, Offer};
use tidegate_core::{Principal, PrincipalId};
use tidegate_engine::NodeGuard;
use tidegate_protocol::Role;
use tidegate_protocol::api::connect::ConnectParams;

use super::handshake::Arrival;
use crate::hub::Conn;
use crate::state::Shared;

/// What a client that joins as a node says of itself.
pub(super) fn facts(arrival: &Arrival, params: &ConnectParams) -> NodeFacts {
    let client = &params.client;
    NodeFacts {
        display_name: client.display_name.clone(),
        platform: Some(client.platform.clone()),
        version: Some(client.version.clone()),
        device_family: client.device_family.clone(),
        model_identifier: client.model_identifier.clone(),
        remote_ip: Some(arrival.locality.addr.to_string()),
        path_env: params.path_env.clone(),
        caps: NodeFacts::words(params.caps.iter().cloned()),
        declared: NodeFacts::words(params.commands.iter().cloned()),
        permissions: params.permissions.clone(),
    }
}

/// Adds the connection to the nodes, if it is one. From then on commands go to it: hello-ok is in
/// its outbox already.
pub(super) fn join(
    shared: &Shared,
    conn: &Arc<Conn>,
    came: Option<(NodeFacts, Offer)>,
) -> Option<NodeGuard> {
    let Principal {
        id: PrincipalId::Device(device),
        role: Role::Node,
        ..
    } = conn.caller()
    else {
        return None;
    };
    let link = Arc::new(Link(Arc::clone(conn)));
    let nodes = shared.engine.nodes();
    let (facts, approved) = came?;
    Some(nodes.join(device.clone(), conn.id.clone(), facts, approved, link))
}

/// The way to one connection.
struct Link(Arc<Conn>);

impl NodeLink for Link {
    /// Nothing is sent on a right that was taken away.
    fn send(&self, head: Arc<str>) -> Result<(), LinkBusy> {
        if !self.0.stands() {
            return Err(LinkBusy);
        }
        self.0.outbox.push_direct(head).map_err(|_| LinkBusy)
    }
}
