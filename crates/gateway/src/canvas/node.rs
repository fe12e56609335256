//! The canvas of a node. A node shows one canvas, that of the main session, at an address of its own,
//! in the form that clients of its generation put paths behind.

use tidegate_core::PrincipalId;
use tidegate_protocol::version::Protocol;

use super::host::{Address, Holder};
use crate::hub::Conn;
use crate::state::Shared;

/// The name of the surface.
pub(crate) const CANVAS: &str = "canvas";
/// The first name of paths that clients of each protocol put behind an address, and look for in it.
const OF_V3: &str = "__clawdbot__";
const OF_V4: &str = "__openclaw__";

/// A fresh address for a node that is a device; `None` while there are no canvases.
pub(crate) fn node_address(shared: &Shared, conn: &Conn) -> Option<Address> {
    let PrincipalId::Device(_) = conn.caller().id else {
        return None;
    };
    let canvas = shared.config.canvas.as_ref()?;
    let holder = Holder {
        conn,
        family: match conn.protocol {
            Protocol::V3 => OF_V3,
            Protocol::V4 => OF_V4,
        },
        tls: shared.config.tls.is_some(),
    };
    let session = shared.engine.agents().names.main();
    Some(canvas.give(&holder, session, shared.engine.now_ms()))
}
