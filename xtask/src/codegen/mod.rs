//! `cargo xtask codegen`: what other languages and readers get from the Rust catalog.

mod api_md;
mod bundle;
mod ir;
mod read;
mod ts;
mod write;

#[cfg(test)]
mod tests;

pub(crate) use write::{Options, run};
