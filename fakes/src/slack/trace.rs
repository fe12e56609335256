//! What the fake saw, for tests to look at.

use serde_json::{Map, Value};

/// One call of a Web API method.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `chat.postMessage` and so on, as it stood in the path.
    pub method: String,
    /// The token that it carried, from header or body.
    pub token: Option<String>,
    /// Its arguments, without the token. Those of a form are strings.
    pub params: Map<String, Value>,
    /// When it came, Unix milliseconds of the fake's clock.
    pub at_ms: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// True if the answer was lost on purpose although the work was done.
    pub answer_lost: bool,
}

impl Call {
    /// An argument as text.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// `ok: true`.
    Done,
    /// `ok: false` with this error.
    Refused(String),
    /// 429 with this `Retry-After` in seconds.
    TooMany(u64),
    /// Another HTTP status.
    Status(u16),
    /// Nothing was done and nothing said.
    Dropped,
}

/// One step of a delivery, or of a socket's life. `item` is the event id, or the trigger id of a
/// slash command or button; it stays the same over all attempts.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A socket was told `hello`.
    Opened {
        /// Sockets are counted from 1.
        socket: u64,
    },
    /// A socket is gone.
    Closed {
        /// Which one.
        socket: u64,
    },
    /// An envelope or webhook left.
    Sent {
        /// What was sent.
        item: String,
        /// 0 is the first.
        attempt: u32,
        /// The socket, or nothing for a webhook.
        socket: Option<u64>,
    },
    /// There was no socket to send to.
    Nobody {
        /// What was to be sent.
        item: String,
        /// 0 is the first.
        attempt: u32,
    },
    /// The client acknowledged.
    Acked {
        /// What it took.
        item: String,
        /// Which attempt it took.
        attempt: u32,
        /// The payload of the answer; null if none.
        payload: Value,
    },
    /// The client did not acknowledge in time, or answered badly.
    Unacked {
        /// What it did not take.
        item: String,
        /// Which attempt failed.
        attempt: u32,
        /// `timeout`, or the reasons of webhooks: `http_timeout`, `http_error`, `connection_failed`.
        reason: &'static str,
    },
    /// No attempt is left: for the vendor this event is lost.
    GivenUp {
        /// What was lost.
        item: String,
    },
    /// An acknowledgement that fits no envelope that waits.
    StrayAck {
        /// Its envelope id.
        envelope: String,
    },
}

/// One request for the bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The id of the file.
    pub file: String,
    /// True if it came to the other host, where the token has no business.
    pub off_host: bool,
    /// The `Authorization` header as it came.
    pub authorization: Option<String>,
    /// The status that it got.
    pub status: u16,
}

/// What the app said to a slash command or button, by its ack or by the response URL.
#[derive(Debug, Clone, PartialEq)]
pub struct HookAnswer {
    /// The trigger id of the command or button.
    pub item: String,
    /// True if it came by the response URL.
    pub by_url: bool,
    /// The body.
    pub body: Value,
}
