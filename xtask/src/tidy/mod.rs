//! `cargo xtask tidy`: what the compiler does not check.

mod exceptions;
mod files;
mod rules;
mod run;
mod rust;
mod siblings;

pub(crate) use run::run;
