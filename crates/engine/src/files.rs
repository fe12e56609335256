//! The gateway's own folder of files: what came with messages and what goes out with them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tidegate_core::channel::StoredFile;
use tidegate_core::files::{HEAD_BYTES, extension, sniff};
use tokio::io::AsyncReadExt;

use crate::Engine;

/// Files are kept so long.
const KEEP: Duration = Duration::from_hours(7 * 24);
/// All files together have at most so many bytes; the oldest give way.
const FOLDER_BYTES: u64 = 2 << 30;
/// Longer than any file is on its way.
const KEEP_HALF: Duration = Duration::from_mins(10);
/// The ending of a file that is on its way.
const HALF: &str = "part";
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
        self.make_room(FOLDER_BYTES).await;
        let name = format!("{}.{HALF}", self.inner().ids.uuid());
        Ok(dir.join(name))
    }

    /// Deletes what was on its way when the last life ended (SECURITY F37). Only while nothing is
    /// on its way in this one.
    pub(crate) async fn forget_halves(&self) {
        for path in self.stored_files().await {
            if is_half(&path) {
                let _ = tokio::fs::remove_file(path).await;
            }
        }
    }

    /// Deletes files of messages that are older than a week, and what never arrived.
    pub(crate) async fn forget_files(&self) {
        for path in self.stored_files().await {
            let keep = if is_half(&path) { KEEP_HALF } else { KEEP };
            let before_ms = self.ago_ms(keep);
            if modified_ms(&path).await.is_some_and(|at| at < before_ms) {
                let _ = tokio::fs::remove_file(path).await;
            }
        }
    }

    /// Deletes the oldest files until all together have at most `most_bytes`.
    async fn make_room(&self, most_bytes: u64) {
        let mut files = Vec::new();
        for path in self.stored_files().await {
            if let Ok(meta) = tokio::fs::symlink_metadata(&path).await {
                files.push((meta.modified().ok(), meta.len(), path));
            }
        }
        let mut bytes: u64 = files.iter().map(|(_, bytes, _)| bytes).sum();
        files.sort();
        for (_, size, path) in files {
            if bytes <= most_bytes {
                return;
            }
            if !is_half(&path) && tokio::fs::remove_file(path).await.is_ok() {
                bytes -= size;
            }
        }
    }

    async fn stored_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let dir = &self.inner().accounts.files;
        if let Ok(mut entries) = tokio::fs::read_dir(dir).await {
            while let Ok(Some(entry)) = entries.next_entry().await {
                files.push(entry.path());
            }
        }
        files
    }
}

/// A file that is there whole and that nobody has yet. Unless it is kept, it is taken away when
/// this is dropped.
#[derive(Debug)]
pub(crate) struct Loose {
    file: StoredFile,
    kept: bool,
}

impl Loose {
    pub(crate) const fn new(file: StoredFile) -> Self {
        Self { file, kept: false }
    }

    pub(crate) const fn file(&self) -> &StoredFile {
        &self.file
    }

    /// Gives it the ending of what it is, and says what that is.
    pub(crate) async fn settle(&mut self) -> Result<&'static str, String> {
        let mime = sniff(&head(&self.file.path).await).unwrap_or(UNKNOWN_TYPE);
        let path = self.file.path.with_extension(extension(mime));
        // Not given to another thread: it would happen even if nobody waited for it any more.
        std::fs::rename(&self.file.path, &path).map_err(|error| error.to_string())?;
        self.file.path = path;
        Ok(mime)
    }

    /// Somebody has it: it is there until it is a week old.
    pub(crate) fn keep(mut self) -> StoredFile {
        self.kept = true;
        self.file.clone()
    }
}

impl Drop for Loose {
    fn drop(&mut self) {
        if !self.kept && std::fs::remove_file(&self.file.path).is_err() {
            tracing::warn!("a file that nobody has could not be taken away");
        }
    }
}

fn is_half(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == HALF)
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
