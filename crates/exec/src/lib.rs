//! Runs programs on this machine: exactly what was approved, within limits, and nothing is left.
//!
//! 1. [`Executor::look`] turns a request into a [`Subject`]: which file the name stands for and what
//!    is in it, which directory, which files arguments name.
//! 2. The rules of `tidegate_core::exec` decide about the subject, and a person may: that makes a
//!    [`Cleared`](tidegate_core::exec::Cleared), and nothing else is started.
//! 3. [`Executor::start`] looks again, and runs the bytes that were hashed or nothing.
//!
//! Each program runs under a *warden*: a small process of ours (see [`warden`]) from which no
//! descendant escapes, and which ends them all when the program ends, when its time is over, and
//! when the daemon is gone, however that happened. Before it starts the program it closes a
//! [`Fence`], so that what runs as our user cannot read our secrets.
//!
//! What this crate does not do: decide, ask, remember. No shell is ever put in front of anything.
#![deny(missing_docs)]

mod budget;
mod drive;
mod ending;
mod error;
mod executor;
mod fence;
mod job;
mod limits;
mod look;
mod mark;
mod opened;
mod output;
mod processes;
mod running;
mod screen;
mod shebang;
#[cfg(target_os = "linux")]
mod spawn;
#[cfg(not(target_os = "linux"))]
#[path = "spawn_nowhere.rs"]
mod spawn;
mod started;
#[cfg(target_os = "linux")]
mod tree;
#[cfg(target_os = "linux")]
pub mod warden;
mod which;

pub use ending::{Finished, Outcome};
pub use error::ExecError;
pub use executor::{Executor, Stdin, WardenCommand};
pub use fence::{Demand, Fence};
pub use job::{Changed, Scripts};
pub use limits::{
    DEADLINE_MAX, FINISHED_KEPT_FOR, FINISHED_MAX, INPUT_CHUNK_MAX_BYTES, KILLED_WITHIN,
    LOOK_MAX_BYTES, LOOK_WITHIN, OUTPUT_KEPT_BYTES, PROCESSES_MAX, RUNNING_MAX,
};
pub use look::{LookError, Request};
pub use output::{Output, Piece};
pub use processes::{Listed, ProcessError, Processes};
pub use running::Running;
pub use screen::{Cursor, News};
pub use tidegate_core::exec::Subject;
pub use which::which;
