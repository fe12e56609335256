//! The ports on SQLite: one writer thread with group commit, readers on connections of their own.

mod append;
mod approvals;
mod devices;
mod fault;
mod file;
mod inbox;
mod node_calls;
mod nodes;
mod once;
mod outbox;
mod places;
mod readers;
mod rows;
mod runs;
mod schema;
mod search;
mod senders;
mod sessions;
mod store;
mod writer;

pub use schema::{OpenError, SCHEMA_VERSION};
pub use store::SqliteStore;
