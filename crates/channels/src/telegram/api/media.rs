//! Files.

use serde::Deserialize;

/// One size of a picture.
#[derive(Debug, Deserialize)]
pub(crate) struct PhotoSize {
    pub(crate) file_id: String,
    #[serde(default)]
    pub(crate) width: u64,
    #[serde(default)]
    pub(crate) height: u64,
    pub(crate) file_size: Option<u64>,
}

/// Any other file.
#[derive(Debug, Deserialize)]
pub(crate) struct NamedFile {
    pub(crate) file_id: String,
    pub(crate) file_name: Option<String>,
    pub(crate) mime_type: Option<String>,
    pub(crate) file_size: Option<u64>,
}

/// A sticker.
#[derive(Debug, Deserialize)]
pub(crate) struct Sticker {
    pub(crate) file_id: String,
    /// What it stands for.
    pub(crate) emoji: Option<String>,
    pub(crate) file_size: Option<u64>,
    /// Moves, as vectors.
    #[serde(default)]
    pub(crate) is_animated: bool,
    /// Moves, as pictures.
    #[serde(default)]
    pub(crate) is_video: bool,
}

/// Where a file can be fetched; good for at least an hour.
#[derive(Debug, Deserialize)]
pub(crate) struct FileAt {
    pub(crate) file_path: Option<String>,
    pub(crate) file_size: Option<u64>,
}
