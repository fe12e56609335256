//! What reached the fake: calls, connections, gateway commands.

use serde_json::Value;

/// One HTTP call, recorded when it was answered or broken.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Unix milliseconds of the fake's clock at which it arrived.
    pub at_ms: i64,
    /// The verb.
    pub method: String,
    /// The path below the API root, without query; of another place the whole path.
    pub path: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// Its name among [`super::routes`]; none for what is no route.
    pub route: Option<&'static str>,
    /// The body, or `payload_json` of a multipart body; null without.
    pub json: Value,
    /// Names and sizes in bytes of the files in it.
    pub files: Vec<(String, usize)>,
    /// The `Authorization` header, so that a test can see a token where none belongs.
    pub authorization: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The status that the fake meant to answer; none if it kept silent or cut before.
    pub status: Option<u16>,
}

/// One gateway connection that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Counts from 1.
    pub number: u64,
    /// Unix milliseconds of the fake's clock.
    pub at_ms: i64,
    /// True if the client used `resume_gateway_url` and not the URL of `/gateway/bot`.
    pub by_resume_url: bool,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
}

/// One command that a client sent on the gateway.
#[derive(Debug, Clone, PartialEq)]
pub struct Command {
    /// The number of its connection.
    pub connection: u64,
    /// Unix milliseconds of the fake's clock.
    pub at_ms: i64,
    /// The opcode: 1 heartbeat, 2 identify, 6 resume, …
    pub op: u64,
    /// What came with it.
    pub data: Value,
}
