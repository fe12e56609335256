//! `file.read`.

use std::os::unix::fs::FileExt;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tidegate_protocol::api::commands::files::{FileRead, FileReadParams, FileReadResult};

use super::Files;
use super::jail::failed;
use crate::call::Call;
use crate::failure::Failure;
use crate::table::Serve;

/// Bytes of an answer that names no number; the catalog says so too.
const READ_DEFAULT_BYTES: u32 = 262_144;
/// Most bytes of one answer; the catalog says so too.
const READ_MAX_BYTES: u32 = 1_048_576;

#[async_trait]
impl Serve<FileRead> for Files {
    async fn serve(&self, params: FileReadParams, _: &Call) -> Result<FileReadResult, Failure> {
        let file = self.way(&params.path)?.file()?;
        let wanted = params.max_bytes.unwrap_or(READ_DEFAULT_BYTES);
        let wanted = u64::from(wanted.clamp(1, READ_MAX_BYTES));
        let read = move || {
            let size = file.metadata()?.len();
            let from = params.offset.unwrap_or(0).min(size);
            let length = usize::try_from(wanted.min(size - from)).unwrap_or(0);
            let mut bytes = vec![0; length];
            file.read_exact_at(&mut bytes, from)?;
            Ok(FileReadResult {
                path: params.path,
                base64: STANDARD.encode(&bytes),
                size,
                eof: from + bytes.len() as u64 == size,
            })
        };
        let done = tokio::task::spawn_blocking(read).await;
        done.map_err(|_| Failure::stopped())?
            .map_err(|why: std::io::Error| failed(&why))
    }
}
