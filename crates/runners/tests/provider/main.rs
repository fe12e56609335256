//! Both dialects against a scripted provider: what is asked, what is passed on, and every way in
//! which a provider fails.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod answers;
mod bench;
#[path = "../common/mod.rs"]
mod common;
#[path = "../fake/mod.rs"]
mod fake;
mod limits;
mod models;
mod photos;
mod retries;
