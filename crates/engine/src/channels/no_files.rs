//! For engines that send no files.

use std::path::Path;

use async_trait::async_trait;
use tidegate_core::files::{Fetched, FileError, FileSource};

/// A source that has nothing.
pub(super) struct NoFiles;

#[async_trait]
impl FileSource for NoFiles {
    async fn fetch(&self, _: &str, _: &Path, _: u64) -> Result<Fetched, FileError> {
        Err(FileError::Refused("files are not fetched here".into()))
    }
}
