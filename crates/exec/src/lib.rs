//! Runs programs on this machine: exactly what was approved, within limits, and nothing is left.
//!
//! 1. [`Executor::look`] turns a request into a [`Subject`]: which file the name stands for and what
//!    is in it, which directory, which files arguments name.
//! 2. The rules of `tidegate_core::exec` decide about the subject, and a person may.
//! 3. [`Executor::start`] looks again, and runs the bytes that were hashed or nothing.
//!
//! Each program runs under a *warden*: a small process of ours (see [`warden`]) from which no
//! descendant escapes, and which ends them all when the program ends, when its time is over, and
//! when the daemon is gone, however that happened.
//!
//! What this crate does not do: decide, ask, remember. No shell is ever put in front of anything.
#![deny(missing_docs)]

mod drive;
mod executor;
mod job;
mod limits;
mod look;
mod opened;
mod output;
mod processes;
mod running;
mod shebang;
#[cfg(target_os = "linux")]
mod spawn;
#[cfg(not(target_os = "linux"))]
#[path = "spawn_nowhere.rs"]
mod spawn;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(target_os = "linux")]
pub mod warden;
mod which;

pub use executor::{Executor, Stdin, WardenCommand};
pub use job::{Changed, Scripts};
pub use limits::{
    DEADLINE_MAX, FINISHED_KEPT_FOR, FINISHED_MAX, INPUT_CHUNK_MAX_BYTES, KILLED_WITHIN,
    OUTPUT_KEPT_BYTES, PROCESSES_MAX, RUNNING_MAX,
};
pub use look::{LookError, Request};
pub use output::{Output, Piece};
pub use processes::{Listed, ProcessError, Processes};
pub use running::{Cursor, ExecError, Finished, News, Outcome, Running};
pub use tidegate_core::exec::Subject;
pub use which::which;
