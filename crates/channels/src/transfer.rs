//! Files on their way, up and down.

use std::time::Duration;

use tidegate_core::channel::{ChannelError, OutboundMedia, StoredFile};
use tokio::fs::File;
use tokio::time::timeout;

use crate::call::{CALL_TIMEOUT, CallError};

/// What a fetch may take besides the time of its bytes.
const FETCH_TIMEOUT: Duration = Duration::from_mins(1);
/// Slowest way that is waited for.
const BYTES_PER_SECOND: u64 = 64 * 1024;

/// How long a call with so many bytes may take.
pub(crate) const fn upload_time(bytes: u64) -> Duration {
    CALL_TIMEOUT.saturating_add(time_of(bytes))
}

/// Waits for a file of so many bytes, as long as that may take.
///
/// # Errors
/// It took longer (`Unreachable`), or what the fetch says.
pub(crate) async fn fetched_in_time(
    bytes: u64,
    fetch: impl Future<Output = Result<StoredFile, ChannelError>>,
) -> Result<StoredFile, ChannelError> {
    timeout(FETCH_TIMEOUT.saturating_add(time_of(bytes)), fetch)
        .await
        .map_err(|_| ChannelError::Unreachable("the file took too long".into()))?
}

/// Opens a file that is to be sent; with its size, as it is now.
pub(crate) async fn open<No>(media: &OutboundMedia) -> Result<(File, u64), CallError<No>> {
    let gone = |e: std::io::Error| CallError::NoFile(format!("the file cannot be read: {e}"));
    let file = File::open(&media.path).await.map_err(gone)?;
    let bytes = file.metadata().await.map_err(gone)?.len();
    Ok((file, bytes))
}

const fn time_of(bytes: u64) -> Duration {
    Duration::from_secs(bytes / BYTES_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_file_has_the_time_of_its_bytes() {
        assert_eq!(upload_time(0), CALL_TIMEOUT);
        let minute = 60 * BYTES_PER_SECOND;
        assert_eq!(upload_time(minute), CALL_TIMEOUT + FETCH_TIMEOUT);
        let begun = tokio::time::Instant::now();
        let never = fetched_in_time(minute, std::future::pending()).await;
        assert!(matches!(never, Err(ChannelError::Unreachable(_))));
        assert_eq!(begun.elapsed().as_secs(), 120);
    }
}
