//! The replay: recordings of the January server, played against our binary and compared.
//!
//! `play` sends what the recorded clients sent, with devices and nonces of its own; `compare`
//! holds our frames against the recorded ones; `judge` holds what differs against the list in
//! `testkit/recordings/differences.jsonl`. Compared are key sets, types, words and numbers, the
//! order of frames within a run, and close codes, after masking ids, times, versions and places
//! (`shape`). What is of a method or an event that we do not have is counted instead, and we must
//! refuse the method with the protocol's words.

mod adjust;
mod align;
mod awaited;
mod capture;
mod compare;
mod differences;
mod events;
mod frames;
mod names;
mod play;
mod proof;
mod recording;
mod report;
mod requests;
mod shape;
#[cfg(test)]
mod tests;
mod tokens;

pub use capture::capture;
pub use compare::{Finding, Kind};
pub use differences::{Difference, MOST, Verdict, judge, load};
pub use play::{Played, Session, play};
pub use recording::{NAMES, Recording};
pub use report::{Report, compare};
