//! The bounds of this crate, in one place.

use std::time::Duration;

/// Programs of one executor at a time. Each holds a warden of about 1 MiB and half a MiB of output.
pub const RUNNING_MAX: usize = 32;
/// Longest time for one program; a longer wish is cut to it.
pub const DEADLINE_MAX: Duration = Duration::from_hours(24);
/// Bytes kept of each of the two outputs: the figure of the family (V3 8.3).
pub const OUTPUT_KEPT_BYTES: usize = 200_000;
/// Largest piece of typed input.
pub const INPUT_CHUNK_MAX_BYTES: usize = 64 * 1024;
/// Pieces of typed input that wait for a program that does not read.
pub(crate) const INPUT_QUEUE: usize = 16;
/// Nothing of a program lives longer after its end than this (SECURITY F13).
pub const KILLED_WITHIN: Duration = Duration::from_secs(5);
/// Background processes of one table, running or finished but not fetched.
pub const PROCESSES_MAX: usize = 16;
/// Finished background processes that are kept to be read.
pub const FINISHED_MAX: usize = 64;
/// How long they are kept.
pub const FINISHED_KEPT_FOR: Duration = Duration::from_mins(30);

/// Most bytes that are hashed for one command, over all files that it names: the largest programs in
/// use here have 150 MiB.
pub const LOOK_MAX_BYTES: u64 = 1 << 30;
/// Longest time for it: as long as a warden has to look again.
pub const LOOK_WITHIN: Duration = START_WITHIN;
/// Largest script that is copied for a shell.
pub(crate) const SCRIPT_MAX_BYTES: u64 = 16 << 20;
/// How long a warden may take to look again: a GiB is hashed in less.
pub(crate) const START_WITHIN: Duration = Duration::from_secs(30);
/// Most paths that a fence leaves open by name: a home folder has some hundred entries, and each costs
/// a warden some microseconds and the kernel some hundred bytes.
#[cfg(target_os = "linux")]
pub(crate) const FENCE_PATHS_MAX: usize = 65_536;
/// Longest message between us and a warden: all arguments and the environment, written as JSON.
pub(crate) const MESSAGE_MAX_BYTES: usize = 16 << 20;
