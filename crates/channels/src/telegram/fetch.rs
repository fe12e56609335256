//! Fetching a file that came with a message.

use std::path::Path;

use tidegate_core::channel::{ChannelError, StoredFile};

use super::api::{CallError, FileAt, FileId};
use super::channel::Telegram;
use crate::file::{copy, save, within};
use crate::transfer::fetched_in_time;

impl Telegram {
    pub(super) async fn fetch_file(
        &self,
        id: &str,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        let file: FileAt = self
            .api
            .call("getFile", &FileId { file_id: id })
            .await
            .map_err(CallError::repeating)?;
        within(file.file_size.unwrap_or(0), max_bytes)?;
        let path = file
            .file_path
            .ok_or_else(|| refused("Telegram does not give this file out"))?;
        let bytes = file.file_size.unwrap_or(max_bytes).min(max_bytes);
        let fetch = async {
            if Path::new(&path).is_absolute() {
                return self.copy_local(&path, to, max_bytes).await;
            }
            if !is_plain(&path) {
                return Err(refused("the file has a path that we do not follow"));
            }
            let response = self.api.download(&path).await;
            save(response.map_err(CallError::repeating)?, to, max_bytes).await
        };
        fetched_in_time(bytes, fetch).await
    }

    /// A server of one's own on this machine names files by their path. Only what lies in its
    /// directory is taken, wherever links lead.
    async fn copy_local(
        &self,
        path: &str,
        to: &Path,
        max_bytes: u64,
    ) -> Result<StoredFile, ChannelError> {
        let Some(directory) = &self.settings.local_files else {
            return Err(refused(
                "the server names a local file, and none are allowed",
            ));
        };
        let unreadable = |e: std::io::Error| refused(&format!("the file cannot be read: {e}"));
        let directory = tokio::fs::canonicalize(directory)
            .await
            .map_err(unreadable)?;
        let path = tokio::fs::canonicalize(path).await.map_err(unreadable)?;
        if !path.starts_with(&directory) {
            return Err(refused("the server names a file outside its directory"));
        }
        let file = tokio::fs::File::open(&path).await.map_err(unreadable)?;
        let about = file.metadata().await.map_err(unreadable)?;
        if !about.is_file() {
            return Err(refused("the server names what is no file"));
        }
        within(about.len(), max_bytes)?;
        copy(file, to, max_bytes).await
    }
}

/// Whether a path can become a part of an address without changing the address.
fn is_plain(path: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    !path.is_empty()
        && path.chars().all(fits)
        && path.split('/').all(|step| !matches!(step, "" | "." | ".."))
}

fn refused(why: &str) -> ChannelError {
    ChannelError::Refused(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_are_followed() {
        assert!(is_plain("photos/file_1.jpg"));
        assert!(is_plain("documents/file-2.tar.gz"));
        for wrong in [
            "",
            "/etc/passwd",
            "a//b",
            "../file",
            "a/../b",
            "a/./b",
            "a/",
            "a?b",
            "a#b",
            "a%2e%2e/b",
            "a b",
            "a\\b",
            "http://example.org/x",
        ] {
            assert!(!is_plain(wrong), "{wrong}");
        }
    }
}
