//! Every number that a client must respect, with its unit. DECISIONS D4 is the source unless noted.

use crate::version::Protocol;

/// Largest message before hello-ok, in bytes.
pub const PRE_AUTH_MESSAGE_BYTES: usize = 64 * 1024;
/// Time from the upgrade to a complete `connect`, in milliseconds.
pub const HANDSHAKE_MS: u64 = 15_000;
/// Interval of `tick`, in milliseconds; a client gives up after twice this (V3 4).
pub const TICK_INTERVAL_MS: u64 = 30_000;
/// Requests of one connection that may be in work at once.
pub const IN_FLIGHT_PER_CONN: usize = 64;
/// Requests of one connection that may wait for a run to end (`agent`, `agent.wait`) or for a chat
/// network (`send`, `poll`, `channels.status`), beside the ones in [`IN_FLIGHT_PER_CONN`]: a waiting
/// request costs no work.
pub const WAITING_PER_CONN: usize = 64;
/// Unsent replies above which the connection is not read any more, in bytes.
pub const REPLY_BACKLOG_BYTES: usize = 1024 * 1024;
/// Largest single reply, in bytes: a page of history and what the wire adds to its messages.
pub const REPLY_MAX_BYTES: usize = HISTORY_BYTES + 1024 * 1024;
/// A connection whose peer takes no byte for this long while something waits is closed.
pub const WRITE_STALL_MS: u64 = 30_000;
/// Unfinished inbound messages above 512 KiB, for the whole process, in bytes.
pub const LARGE_INBOUND_BYTES: usize = 64 * 1024 * 1024;
/// Fragments of one message (SECURITY T57).
pub const FRAGMENTS_PER_MESSAGE: u32 = 64;
/// Time from the first to the last byte of one message, in milliseconds (SECURITY T57), while at
/// least [`SLOW_MESSAGE_BYTES_PER_S`] does not arrive.
pub const MESSAGE_MS: u64 = 10_000;
/// Bytes a second that extend [`MESSAGE_MS`] for a large message on a slow link.
pub const SLOW_MESSAGE_BYTES_PER_S: u64 = 16 * 1024;
/// Control frames in one second (SECURITY T57).
pub const CONTROL_FRAMES_PER_S: u32 = 10;
/// Longest close reason, in bytes (RFC 6455 allows 123; V3 cuts at 120).
pub const CLOSE_REASON_BYTES: usize = 120;
/// Longest message that a client may send, in characters; the schema of each method says it too.
/// Every event that repeats it fits into the smallest budget of a connection.
pub const MESSAGE_CHARS: usize = 131_072;
/// Largest part of a session that `chat.history` returns, in bytes (V3 4).
pub const HISTORY_BYTES: usize = 6 * 1024 * 1024;
/// Most messages that `chat.history` returns (V3 4).
pub const HISTORY_MESSAGES: u32 = 1_000;
/// Messages that `chat.history` returns when not told otherwise (V3 4).
pub const HISTORY_DEFAULT_MESSAGES: u32 = 200;
/// Least time between two `chat` deltas of one run, in milliseconds (V3 4).
pub const CHAT_DELTA_MS: u64 = 150;
/// Entries in the presence list (V3 4).
pub const PRESENCE_ENTRIES: usize = 200;
/// Difference allowed between a device's `signedAt` and our clock, in milliseconds (V3 2.2).
pub const SIGNED_AT_SKEW_MS: u64 = 600_000;

/// Largest inbound message after hello-ok, in bytes.
pub const fn message_bytes(protocol: Protocol) -> usize {
    match protocol {
        Protocol::V3 => 512 * 1024,
        Protocol::V4 => 25 * 1024 * 1024,
    }
}

/// Unsent events of one connection, in bytes; above it the class of the event decides.
pub const fn event_backlog_bytes(protocol: Protocol) -> usize {
    match protocol {
        Protocol::V3 => 1_536 * 1024,
        Protocol::V4 => 8 * 1024 * 1024,
    }
}
