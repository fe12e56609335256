//! The same ports in maps, for tests of what stands on them.

mod approvals;
mod devices;
mod find;
mod inbox;
mod moves;
mod node_calls;
mod node_names;
mod nodes;
mod outbox;
mod runs;
mod senders;
mod sessions;
mod state;

pub use state::MemoryStore;
