//! Files that come with messages: fetched when the turn begins, after the sender was admitted and
//! the message stored (SECURITY T30), and named to the agent by where they lie.

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::join_all;
use tidegate_core::channel::{ChannelError, InboundMedia, StoredFile};
use tidegate_core::files::{extension, sniff};
use tidegate_core::run::Run;
use tidegate_core::text::label_name;
use tokio::io::AsyncReadExt;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::channels::Account;

/// Time for all files of a turn, which are fetched at once.
const DEADLINE: Duration = Duration::from_mins(2);
/// Files of one message; the rest is named and not fetched.
const MAX_FILES: usize = 10;
/// Bytes that tell what a file is.
const HEAD_BYTES: usize = 512;
/// Files of messages are kept so long.
const KEEP: Duration = Duration::from_hours(7 * 24);

impl Engine {
    /// The words of a run with its files below, a line each. What is not there when it is stopped
    /// is not waited for.
    pub(crate) async fn words_with_files(&self, run: &Run, stop: &CancellationToken) -> String {
        let message = &run.request.message;
        let Some(origin) = run
            .request
            .origin
            .as_ref()
            .filter(|_| !run.request.media.is_empty())
        else {
            return message.clone();
        };
        let Some(account) = self.inner().accounts.get(&origin.target.account) else {
            return message.clone();
        };
        let media = &run.request.media;
        let fetched = media
            .iter()
            .take(MAX_FILES)
            .map(|media| self.line(account, media, stop));
        let mut lines = join_all(fetched).await;
        let more = media.len().saturating_sub(MAX_FILES);
        if more > 0 {
            lines.push(format!("[and {more} more files, not fetched]"));
        }
        let lines = lines.join("\n");
        if message.trim().is_empty() {
            lines
        } else {
            format!("{message}\n\n{lines}")
        }
    }

    async fn line(
        &self,
        account: &Account,
        media: &InboundMedia,
        stop: &CancellationToken,
    ) -> String {
        let kind = media.kind.as_str();
        let name = media
            .name
            .as_deref()
            .map_or_else(String::new, |name| format!(" “{}”", label_name(name)));
        let fetched = tokio::select! {
            biased;
            () = stop.cancelled() => Err("it was stopped".to_owned()),
            () = tokio::time::sleep(DEADLINE) => Err("it took too long".to_owned()),
            fetched = self.fetch(account, media) => fetched,
        };
        match fetched {
            Ok((file, mime)) => format!(
                "[{kind}{name}: {mime}, {} bytes, in the file {}]",
                file.bytes,
                file.path.display()
            ),
            Err(problem) => format!("[{kind}{name}: not fetched: {problem}]"),
        }
    }

    async fn fetch(
        &self,
        account: &Account,
        media: &InboundMedia,
    ) -> Result<(StoredFile, &'static str), String> {
        let limits = account.channel.capabilities().media;
        let max_bytes = limits.map_or(0, |limits| limits.download_bytes);
        let dir = &self.inner().accounts.files;
        private_dir(dir).await?;
        let raw = dir.join(self.inner().ids.uuid());
        let file = account
            .channel
            .fetch(media, &raw, max_bytes)
            .await
            .map_err(|error| why(&error))?;
        let mime = sniff(&head(&file.path).await).unwrap_or("application/octet-stream");
        let path = file.path.with_extension(extension(mime));
        let renamed = tokio::fs::rename(&file.path, &path).await;
        renamed.map_err(|error| error.to_string())?;
        Ok((StoredFile { path, ..file }, mime))
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

/// What the agent is told; the network's own words stay in the log.
fn why(error: &ChannelError) -> String {
    match error {
        ChannelError::Refused(reason) => reason.clone(),
        other => {
            tracing::warn!(error = %other, "a file could not be fetched");
            "the network did not give it".into()
        }
    }
}

async fn head(path: &Path) -> Vec<u8> {
    let mut head = Vec::with_capacity(HEAD_BYTES);
    if let Ok(file) = tokio::fs::File::open(path).await {
        let _ = file.take(HEAD_BYTES as u64).read_to_end(&mut head).await;
    }
    head
}

async fn private_dir(dir: &PathBuf) -> Result<(), String> {
    let made = tokio::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .await;
    made.map_err(|error| format!("{} cannot be made: {error}", dir.display()))
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
