//! The log: JSON lines in a file for programs and `logs.tail`, short lines on the terminal for people.
//!
//! Whoever logs never waits (F35): lines go through bounded queues to two threads, one for the
//! file and one for the terminal, so that a stuck terminal does not hold up the file. What finds
//! no room is counted, and the count is written when there is room again. Known secrets are cut
//! out before anything is written (T22); they should never have come this far.

mod human;
mod log;
mod rotate;
mod sink;

pub(crate) use log::{LogFile, LogOptions, start, target};
