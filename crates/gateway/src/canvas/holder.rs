//! Who gets an address of a canvas, and what such an address is.

use tidegate_core::Standing;
use tidegate_protocol::ConnId;

use crate::hub::Conn;

/// Who gets an address of a canvas.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    /// The connection that asked, or for which it is.
    pub(super) conn: ConnId,
    /// Whether what its device was admitted with still holds; none without a device.
    pub(super) standing: Option<Standing>,
    /// How it calls the gateway: what leads here from where it is.
    pub(super) called: Box<str>,
    /// The first name of the paths that it knows.
    pub(super) family: &'static str,
    /// Whether the gateway speaks TLS.
    pub(super) tls: bool,
}

impl Holder {
    /// This connection, which knows paths of this family.
    pub(crate) fn of(conn: &Conn, family: &'static str, tls: bool) -> Self {
        Self {
            conn: conn.id.clone(),
            standing: conn.standing.clone(),
            called: conn.called.clone(),
            family,
            tls,
        }
    }
}

/// An address of a canvas; what is shown there comes behind it.
pub(crate) struct Address {
    /// As whole.
    pub(crate) url: String,
    /// Its path alone, which leads to the same on every port of the gateway.
    pub(crate) path: String,
    /// Its secret alone.
    pub(crate) token: String,
    pub(crate) expires_at_ms: u64,
}

/// Where an address will be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Window {
    /// In a frame of our page.
    Framed,
    /// In a window of its own.
    Own,
}
