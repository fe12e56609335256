//! The same ports in maps, for tests of what stands on them and for a gateway that keeps nothing.

mod devices;
mod runs;
mod sessions;
mod state;

pub use state::MemoryStore;
