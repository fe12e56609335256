//! Files that arrive whole or not at all (SECURITY F37).

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tidegate_core::channel::{ChannelError, StoredFile};
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use crate::http::cause;

/// How long the next bytes of a file may take.
const CHUNK_TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes that are copied at once from a local file.
const COPY_BYTES: usize = 64 * 1024;

/// A file on its way in. Unless it is kept, it is taken away when this is dropped.
#[derive(Debug)]
struct Landing {
    path: PathBuf,
    file: File,
    bytes: u64,
    max_bytes: u64,
    kept: bool,
}

impl Landing {
    /// Begins a file that does not exist yet.
    fn begin(path: &Path, max_bytes: u64) -> Result<Self, ChannelError> {
        // Not given to another thread: it would be made even if nobody waited for it any more.
        let file = std::fs::File::create_new(path).map_err(|e| disk(&e))?;
        Ok(Self {
            path: path.to_owned(),
            file: File::from_std(file),
            bytes: 0,
            max_bytes,
            kept: false,
        })
    }

    async fn add(&mut self, chunk: &[u8]) -> Result<(), ChannelError> {
        self.bytes = self.bytes.saturating_add(chunk.len() as u64);
        within(self.bytes, self.max_bytes)?;
        self.file.write_all(chunk).await.map_err(|e| disk(&e))
    }

    async fn keep(mut self) -> Result<StoredFile, ChannelError> {
        self.file.flush().await.map_err(|e| disk(&e))?;
        self.file.sync_all().await.map_err(|e| disk(&e))?;
        self.kept = true;
        Ok(StoredFile {
            path: self.path.clone(),
            bytes: self.bytes,
        })
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        if !self.kept && std::fs::remove_file(&self.path).is_err() {
            tracing::warn!("a file that did not arrive whole could not be taken away");
        }
    }
}

/// Stores the body of an answer as the new file `to`.
///
/// # Errors
/// It is longer than `max_bytes` (`Refused`), or broke off (`Unreachable`). Nothing is left of it.
pub(crate) async fn save(
    mut response: reqwest::Response,
    to: &Path,
    max_bytes: u64,
) -> Result<StoredFile, ChannelError> {
    within(response.content_length().unwrap_or(0), max_bytes)?;
    let mut landing = Landing::begin(to, max_bytes)?;
    loop {
        let chunk = timeout(CHUNK_TIMEOUT, response.chunk())
            .await
            .map_err(|_| ChannelError::Unreachable("the file stopped on its way".into()))?
            .map_err(|e| ChannelError::Unreachable(format!("the file broke off: {}", cause(&e))))?;
        match chunk {
            Some(chunk) => landing.add(&chunk).await?,
            None => return landing.keep().await,
        }
    }
}

/// Copies what `from` holds to the new file `to`.
///
/// # Errors
/// It is longer than `max_bytes` (`Refused`), or cannot be read. Nothing is left of it.
pub(crate) async fn copy(
    mut from: impl AsyncRead + Unpin,
    to: &Path,
    max_bytes: u64,
) -> Result<StoredFile, ChannelError> {
    let mut landing = Landing::begin(to, max_bytes)?;
    let mut chunk = vec![0; COPY_BYTES];
    loop {
        let count = from.read(&mut chunk).await.map_err(|e| disk(&e))?;
        match chunk.get(..count) {
            Some(piece) if !piece.is_empty() => landing.add(piece).await?,
            _ => return landing.keep().await,
        }
    }
}

/// Refuses what is too large.
///
/// # Errors
/// `Refused`.
pub(crate) fn within(bytes: u64, max_bytes: u64) -> Result<(), ChannelError> {
    if bytes > max_bytes {
        return Err(ChannelError::Refused(format!(
            "the file is larger than {max_bytes} bytes"
        )));
    }
    Ok(())
}

fn disk(error: &io::Error) -> ChannelError {
    ChannelError::Unreachable(format!("the file cannot be stored here: {error}"))
}
