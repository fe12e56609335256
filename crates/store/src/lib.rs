//! State: the ports of `tidegate_core::store` on SQLite ([`SqliteStore`]) and in memory
//! ([`MemoryStore`]). `tests/contract` holds both to the same behaviour, `tests/crash.rs` kills
//! the one on disk at every commit.
#![deny(missing_docs)]

#[cfg(debug_assertions)]
mod crash;
mod memory;
mod rules;
mod sqlite;
mod words;

pub use memory::MemoryStore;
pub use sqlite::{OpenError, SCHEMA_VERSION, SqliteStore};
