//! Texts for networks: cutting an answer into messages.

mod chunk;

pub use chunk::chunk;
