//! The real binary, a scripted model and its tools: question, approval, program, output, answer; and
//! what is left when that is cut off anywhere.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod answers;
mod background;
mod canvas;
mod ends;
mod fence;
mod house;
mod invoke;
mod rights;
