//! How a node or a device is named by whoever asks for it.

/// The shortest beginning of an id that may stand for a node or a device, in bytes.
pub const ID_BEGINNING: usize = 6;
