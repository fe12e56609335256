//! The port to whoever gives out files by their link.

use std::path::Path;

use async_trait::async_trait;

use crate::channel::StoredFile;

/// A file that was fetched by its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The file.
    pub file: StoredFile,
    /// Its name, as the link has it; nobody checked it.
    pub name: Option<String>,
}

/// Why there is no file. The words are for whoever gave the link, and never hold the whole of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// The link is none that is followed, or what it names is too large.
    #[error("{0}")]
    Refused(String),
    /// It could not be had now.
    #[error("{0}")]
    Unreachable(String),
}

/// Gives out files by their link: `https`, `http` and `data`.
#[async_trait]
pub trait FileSource: Send + Sync + 'static {
    /// Fetches what `link` names into `to`, which does not exist yet; never more than `max_bytes`.
    /// Nothing of this host or of the networks around it is given out. Dropping the future is safe:
    /// what was written is taken away.
    ///
    /// # Errors
    /// See [`FileError`]; nothing is left of the file.
    async fn fetch(&self, link: &str, to: &Path, max_bytes: u64) -> Result<Fetched, FileError>;
}
