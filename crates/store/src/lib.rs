//! State: the ports of `tidegate_core::store` on SQLite ([`SqliteStore`]) and in memory
//! ([`MemoryStore`]). `tests/contract` holds both to the same behaviour, `tests/crash` kills
//! the one on disk at every commit.
#![deny(missing_docs)]

#[cfg(debug_assertions)]
mod crash;
mod memory;
mod parts;
mod rules;
mod sqlite;
mod trace;
mod words;

pub use memory::MemoryStore;
pub use sqlite::{OpenError, SCHEMA_VERSION, SqliteStore};
