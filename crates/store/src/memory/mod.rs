//! The same ports in maps, for tests of what stands on them.

mod devices;
mod runs;
mod sessions;
mod state;

pub use state::MemoryStore;
