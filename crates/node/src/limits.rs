//! The bounds of this crate, in one place.

use std::time::Duration;

/// Commands at work at once. Each may hold a program and half a MiB of its output.
pub const INVOKES_MAX: usize = 32;
/// Ids of requests that are remembered, so that none is done twice: some hours of a busy gateway.
pub const IDS_KEPT: usize = 4096;
/// Time for a command whose request names none (V3 8.3).
pub const INVOKE_DEFAULT: Duration = Duration::from_secs(30);
/// Longest time for a command: what the gateway allows at most.
pub(crate) const INVOKE_MAX: Duration = Duration::from_mins(10);
/// Largest answer that a gateway of ours takes (docs/nodes.md); one that takes less says so when it
/// lets us in.
pub(crate) const ANSWER_MAX_BYTES: usize = 3 * 1024 * 1024;
/// Largest picture or film: in base64 it fits into an answer.
pub const MEDIA_MAX_BYTES: u64 = 2_300_000;
/// What a message has besides the answer in it.
pub(crate) const FRAME_BYTES: usize = 4 * 1024;
/// Time for telling the gateway what came of a command.
pub(crate) const TELLING: Duration = Duration::from_secs(30);
/// Time for a command to end by itself after it was stopped: its program has a second.
pub(crate) const STOPPING: Duration = Duration::from_secs(3);
/// Time for commands to end after their connection has.
pub(crate) const DRAIN: Duration = Duration::from_secs(10);
/// A connection that lived so long was a good one: the next try is made at once.
pub(crate) const GOOD_CONNECTION: Duration = Duration::from_secs(10);
/// Pause after the gateway refused everything that there is to show: the same again is hardly
/// better soon, and a gateway takes ten wrong secrets a minute from one machine.
pub(crate) const REFUSED_PAUSE: Duration = Duration::from_secs(30);
/// Output in an `exec.finished` event (V3 8.4).
pub(crate) const EVENT_OUTPUT_BYTES: usize = 20_000;
/// Time for looking whether a program works at all.
pub(crate) const PROBE: Duration = Duration::from_secs(15);
