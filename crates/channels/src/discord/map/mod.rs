//! From Discord's events to ours, without I/O. What cannot be told for certain is not told.

mod event;
mod marks;
mod media;
mod place;
#[cfg(test)]
mod tests;
mod words;

pub(super) use event::{Happening, inbound};
pub(super) use place::peer;
