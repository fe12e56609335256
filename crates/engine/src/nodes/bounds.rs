//! Every number of this room.

use std::time::Duration;

use tidegate_core::store::WaitingRoom;

/// Time of a command when not told (V3 8.3).
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest time of a command.
pub const LONGEST_TIMEOUT: Duration = Duration::from_mins(10);
/// Largest params of a command, as JSON text, in bytes: they fit one frame of either protocol.
pub const PARAMS_BYTES: usize = 448 * 1024;
/// Largest answer of a node, as JSON text, in bytes: `node.invoke` tells it twice, as a value and
/// as text, and a reply has a limit.
pub const RESULT_BYTES: usize = 3 * 1024 * 1024;
/// Answers up to this size are kept for a repetition, in bytes.
pub(super) const KEPT_BYTES: usize = 64 * 1024;
/// Commands that one connection of a node may be at work on.
pub(super) const OPEN_PER_NODE: usize = 32;
/// Commands that wait for one node, and the bytes of their params.
pub(super) const ROOM: WaitingRoom = WaitingRoom {
    calls: 64,
    bytes: 1024 * 1024,
};
/// How long a command waits for its node, in milliseconds.
pub const WAIT_MS: u64 = 24 * 60 * 60 * 1000;
/// Runs of one connection whose `exec.*` events are still believed; the oldest go.
pub(super) const RUNS_PER_NODE: usize = 256;
/// How long after the time of a run its events are still believed: a node tells its end last.
pub(super) const RUN_GRACE: Duration = Duration::from_mins(1);
/// Characters of what a program wrote that an agent is told about.
pub(super) const TOLD_CHARS: usize = 2_000;
/// Longest message that a node may give an agent, in characters.
pub(super) const WORDS_CHARS: usize = 32 * 1024;
/// A name that asks to be paired is forgotten after this time, in milliseconds (V3 2.4).
pub(super) const ASK_TTL_MS: u64 = 5 * 60 * 1000;
/// Names that may ask at once.
pub(super) const ASKS: u32 = 50;
