//! Why a connection ends, and whether the client should come back.

/// One close code with its meaning for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseCode {
    /// The number of RFC 6455.
    pub code: u16,
    /// A short name.
    pub name: &'static str,
    /// Whether a client should connect again by itself.
    pub reconnect: bool,
    /// What it means.
    pub doc: &'static str,
}

/// Normal end, a handshake that never came, or a first frame that is not JSON.
pub const NORMAL: CloseCode = CloseCode {
    code: 1000,
    name: "normal",
    reconnect: true,
    doc: "Normal end, or no valid handshake in time.",
};
/// WebSocket rules broken, or no common protocol version.
pub const PROTOCOL: CloseCode = CloseCode {
    code: 1002,
    name: "protocol",
    reconnect: false,
    doc: "WebSocket rules broken, or no common protocol version.",
};
/// Text that is not UTF-8.
pub const BAD_TEXT: CloseCode = CloseCode {
    code: 1007,
    name: "bad-text",
    reconnect: false,
    doc: "A text message was not UTF-8.",
};
/// Refused in the handshake, or a consumer too slow for its budget.
pub const POLICY: CloseCode = CloseCode {
    code: 1008,
    name: "policy",
    reconnect: false,
    doc: "Refused in the handshake; with reason `slow consumer` the client may come back.",
};
/// A message over the limit.
pub const TOO_BIG: CloseCode = CloseCode {
    code: 1009,
    name: "too-big",
    reconnect: false,
    doc: "A message was larger than `policy.maxPayload`.",
};
/// The gateway stops or restarts.
pub const RESTART: CloseCode = CloseCode {
    code: 1012,
    name: "service-restart",
    reconnect: true,
    doc: "The gateway stops or restarts; come back with jitter.",
};
/// The gateway cannot take the connection now.
pub const TRY_LATER: CloseCode = CloseCode {
    code: 1013,
    name: "try-later",
    reconnect: true,
    doc: "The gateway is starting or has no room; come back later.",
};

/// All of them, for the published schema.
pub const ALL: [CloseCode; 7] = [
    NORMAL, PROTOCOL, BAD_TEXT, POLICY, TOO_BIG, RESTART, TRY_LATER,
];

/// The reason text of a slow consumer.
pub const SLOW_CONSUMER: &str = "slow consumer";
/// The reason text where the owner revoked what the device was let in by.
pub const TOKEN_REVOKED: &str = "device token revoked";
/// The reason text where the owner removed the device.
pub const DEVICE_REMOVED: &str = "device removed";
/// The reason text of a stop or restart.
pub const SERVICE_RESTART: &str = "service restart";
