//! What comes through a socket.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A frame. Kinds that we do not know have an id to acknowledge, or none.
#[derive(Debug, Deserialize)]
pub(crate) struct Frame {
    /// `hello`, `disconnect`, or what the payload is.
    #[serde(rename = "type", default)]
    pub(crate) kind: String,
    /// Why the socket is to go.
    pub(crate) reason: Option<String>,
    /// What to acknowledge it by.
    pub(crate) envelope_id: Option<String>,
    pub(crate) payload: Option<Box<RawValue>>,
}

/// That we have it.
#[derive(Debug, Serialize)]
pub(crate) struct Ack<'a> {
    pub(crate) envelope_id: &'a str,
}
