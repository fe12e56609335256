//! The gateway's own folder of files: what came with messages and what goes out with them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tidegate_core::channel::StoredFile;
use tidegate_core::files::{HEAD_BYTES, extension, sniff};
use tokio::io::AsyncReadExt;

use crate::Engine;

/// Files are kept so long.
const KEEP: Duration = Duration::from_hours(7 * 24);
/// The type of a file that tells nothing.
const UNKNOWN_TYPE: &str = "application/octet-stream";

impl Engine {
    /// A place in the folder, which is made where it is missing. Nothing is there yet.
    pub(crate) async fn new_file(&self) -> Result<PathBuf, String> {
        let dir = &self.inner().accounts.files;
        let made = tokio::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .await;
        made.map_err(|error| format!("{} cannot be made: {error}", dir.display()))?;
        Ok(dir.join(self.inner().ids.uuid()))
    }

    /// Deletes files of messages that are older than a week.
    pub(crate) async fn forget_files(&self) {
        let dir = &self.inner().accounts.files;
        let Ok(mut entries) = tokio::fs::read_dir(dir).await else {
            return;
        };
        let keep_ms = u64::try_from(KEEP.as_millis()).unwrap_or(u64::MAX);
        let before_ms = self.now_ms().saturating_sub(keep_ms);
        while let Ok(Some(entry)) = entries.next_entry().await {
            if modified_ms(&entry.path())
                .await
                .is_some_and(|at| at < before_ms)
            {
                let _ = tokio::fs::remove_file(entry.path()).await;
            }
        }
    }
}

/// Gives a file the ending of what it is, and says what that is.
pub(crate) async fn settle(file: StoredFile) -> Result<(StoredFile, &'static str), String> {
    let mime = sniff(&head(&file.path).await).unwrap_or(UNKNOWN_TYPE);
    let path = file.path.with_extension(extension(mime));
    let renamed = tokio::fs::rename(&file.path, &path).await;
    renamed.map_err(|error| error.to_string())?;
    Ok((StoredFile { path, ..file }, mime))
}

async fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    if let Ok(file) = tokio::fs::File::open(path).await {
        let _ = file.take(HEAD_BYTES as u64).read_to_end(&mut head).await;
    }
    head
}

async fn modified_ms(path: &Path) -> Option<u64> {
    let meta = tokio::fs::symlink_metadata(path).await.ok()?;
    let since = meta
        .modified()
        .ok()?
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .ok()?;
    u64::try_from(since.as_millis()).ok()
}
