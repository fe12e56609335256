//! What the node host says of itself, in a file and to whoever watches it.

use serde::{Deserialize, Serialize};

/// Where it is on its way to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It looks what works here.
    Starting,
    /// It is on its way.
    Connecting,
    /// The owner of the gateway has not let it in yet.
    WaitingForApproval,
    /// It is a node of the gateway.
    Connected,
    /// It was connected, or never was, and tries again soon.
    Waiting,
    /// It is going.
    Stopping,
    /// It ended: the owner of the gateway put it out.
    PutOut,
    /// It ended: nothing that it could show to the gateway fits.
    NotLetIn,
}

/// What the node host says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// Its process.
    pub pid: u32,
    /// Its id at the gateway.
    pub device_id: String,
    /// Where it is.
    pub phase: Phase,
    /// Since when, in Unix milliseconds.
    pub since_ms: u64,
    /// The gateway's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<String>,
    /// Fingerprint of the certificate that the gateway showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Why it is not connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The commands that it offers.
    pub commands: Vec<String>,
}

impl Status {
    /// The status of a host that has just started.
    pub(crate) fn new(device_id: &str, commands: Vec<String>) -> Self {
        Self {
            pid: std::process::id(),
            device_id: device_id.to_owned(),
            phase: Phase::Starting,
            since_ms: 0,
            gateway: None,
            certificate: None,
            why: None,
            commands,
        }
    }
}
