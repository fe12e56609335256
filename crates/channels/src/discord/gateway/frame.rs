//! The gateway's frames.

use serde::{Deserialize, Serialize};
use serde_json::json;
use serde_json::value::RawValue;

use super::session::Session;
use crate::discord::account::Me;

/// The vendor's numbers for what we may be told of.
const GUILDS: u64 = 1 << 0;
const GUILD_MESSAGES: u64 = 1 << 9;
const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
const DIRECT_MESSAGES: u64 = 1 << 12;
const DIRECT_MESSAGE_REACTIONS: u64 = 1 << 13;
const MESSAGE_CONTENT: u64 = 1 << 15;
/// What is always asked for.
const INTENTS: u64 =
    GUILDS | GUILD_MESSAGES | GUILD_MESSAGE_REACTIONS | DIRECT_MESSAGES | DIRECT_MESSAGE_REACTIONS;

/// A frame as it came.
#[derive(Debug, Deserialize)]
pub(super) struct Frame {
    pub(super) op: u8,
    /// What came with it.
    pub(super) d: Option<Box<RawValue>>,
    /// The event's number in its session.
    pub(super) s: Option<u64>,
    /// The event's name.
    pub(super) t: Option<String>,
}

/// The vendor's numbers for frames.
pub(super) mod op {
    pub(in super::super) const DISPATCH: u8 = 0;
    pub(in super::super) const HEARTBEAT: u8 = 1;
    pub(in super::super) const RECONNECT: u8 = 7;
    pub(in super::super) const INVALID_SESSION: u8 = 9;
    pub(in super::super) const HELLO: u8 = 10;
    pub(in super::super) const HEARTBEAT_ACK: u8 = 11;
}

/// HELLO.
#[derive(Debug, Deserialize)]
pub(super) struct Hello {
    pub(super) heartbeat_interval: u64,
}

/// READY.
#[derive(Debug, Deserialize)]
pub(super) struct Ready {
    pub(super) session_id: String,
    /// Resuming elsewhere may not find the session.
    pub(super) resume_gateway_url: Option<String>,
}

/// An event.
#[derive(Debug)]
pub(super) struct Dispatch {
    pub(super) name: String,
    pub(super) seq: u64,
    pub(super) raw: Box<RawValue>,
}

#[derive(Serialize)]
struct Resume<'a> {
    token: &'a str,
    session_id: &'a str,
    seq: u64,
}

pub(super) fn heartbeat(seq: Option<u64>) -> String {
    json!({ "op": op::HEARTBEAT, "d": seq }).to_string()
}

/// Begins a session.
pub(super) fn identify(token: &str, me: &Me) -> String {
    let content = if me.reads_content { MESSAGE_CONTENT } else { 0 };
    let properties = json!({
        "os": std::env::consts::OS, "browser": "tidegate", "device": "tidegate",
    });
    json!({
        "op": 2,
        "d": { "token": token, "intents": INTENTS | content, "properties": properties },
    })
    .to_string()
}

/// Goes on with a session.
pub(super) fn resume(token: &str, session: &Session) -> String {
    let resume = Resume {
        token,
        session_id: &session.id,
        seq: session.seq,
    };
    json!({ "op": 6, "d": resume }).to_string()
}
