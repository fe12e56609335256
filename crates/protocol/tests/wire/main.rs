//! The wire as other languages see it: an example of everything, and a schema that never lets
//! through what the decoder refuses.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod choices;
mod golden;
mod random;
