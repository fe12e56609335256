//! The canvas of a node. A node shows one canvas at a time: that of the session which was last shown on
//! it, else of the main session, at an address of its own, in the form that clients of its generation
//! put paths behind.

use tidegate_protocol::Role;
use tidegate_protocol::version::Protocol;

use super::capability::Span;
use super::holder::{Address, Holder, Window};
use crate::hub::Conn;
use crate::state::Shared;

/// The name of the surface.
pub(crate) const CANVAS: &str = "canvas";
/// The first name of paths that clients of each protocol put behind an address, and look for in it.
const OF_V3: &str = "__clawdbot__";
const OF_V4: &str = "__openclaw__";

/// A connection was let in: if it is a node's, canvases can be shown there. Gives its first address;
/// operators ask for the canvas that they want to see.
pub(crate) fn node_comes(shared: &Shared, conn: &Conn) -> Option<Address> {
    let canvas = shared.config.canvas.as_ref()?;
    let node = conn.caller().id.device();
    let node = node.filter(|_| conn.caller().role == Role::Node)?;
    canvas.seat(node.clone(), holder(shared, conn));
    node_address(shared, conn)
}

/// A fresh address for a node that is a device; `None` while there are no canvases.
pub(crate) fn node_address(shared: &Shared, conn: &Conn) -> Option<Address> {
    let canvas = shared.config.canvas.as_ref()?;
    let shown = canvas.shown_on(conn.caller().id.device()?, &conn.id);
    let session = shown.unwrap_or_else(|| shared.engine.agents().names.main());
    let holder = holder(shared, conn);
    Some(canvas.give(&holder, session, Span::Connection, Window::Own))
}

fn holder(shared: &Shared, conn: &Conn) -> Holder {
    let family = match conn.protocol {
        Protocol::V3 => OF_V3,
        Protocol::V4 => OF_V4,
    };
    Holder::of(conn, family, shared.config.tls.is_some())
}
