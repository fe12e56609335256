//! Files that come with messages: fetched when the turn begins, after the sender was admitted and
//! the message stored (SECURITY T30), and kept in the transcript by where they lie.

use std::time::Duration;

use futures_util::future::join_all;
use tidegate_core::channel::{ChannelError, InboundMedia};
use tidegate_core::run::Run;
use tidegate_core::text::label_name;
use tidegate_core::transcript::{FilePart, Part};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::Engine;
use crate::channels::Account;
use crate::files::Loose;

/// Time for all files of a turn, which are fetched at once: less than the sign of typing lasts
/// without progress.
const DEADLINE: Duration = Duration::from_secs(110);
/// Files of one message; the rest is named and not fetched.
const MAX_FILES: usize = 10;

impl Engine {
    /// What a run says: its words, with a line for each file that could not be had, and its files.
    /// What is not there when it is stopped, or at `until`, is not waited for.
    pub(crate) async fn words_and_files(
        &self,
        run: &Run,
        stop: &CancellationToken,
        until: Instant,
    ) -> Vec<Part> {
        let until = until.min(Instant::now() + DEADLINE);
        let message = &run.request.message;
        let words = |text: String| vec![Part::Text { text }];
        let media = &run.request.media;
        let Some(origin) = run.request.origin.as_ref().filter(|_| !media.is_empty()) else {
            return words(message.clone());
        };
        let Some(account) = self.inner().accounts.get(&origin.target.account) else {
            return words(message.clone());
        };
        let fetched = media
            .iter()
            .take(MAX_FILES)
            .map(|media| self.file(account, media, stop, until));
        let (mut lines, mut files) = (Vec::new(), Vec::new());
        for fetched in join_all(fetched).await {
            match fetched {
                Ok(file) => files.push(Part::File(file)),
                Err(line) => lines.push(line),
            }
        }
        let more = media.len().saturating_sub(MAX_FILES);
        if more > 0 {
            lines.push(format!("[and {more} more files, not fetched]"));
        }
        let mut parts = words(below(message, &lines.join("\n")));
        parts.retain(|part| !matches!(part, Part::Text { text } if text.is_empty()));
        parts.extend(files);
        parts
    }

    /// The file, or a line that says why it is not there.
    async fn file(
        &self,
        account: &Account,
        media: &InboundMedia,
        stop: &CancellationToken,
        until: Instant,
    ) -> Result<FilePart, String> {
        let fetched = tokio::select! {
            biased;
            () = stop.cancelled() => Err("it was stopped".to_owned()),
            () = tokio::time::sleep_until(until) => Err("it took too long".to_owned()),
            fetched = self.fetch(account, media) => fetched,
        };
        fetched.map_err(|problem| {
            let kind = media.kind.as_str();
            let name = media.name.as_deref();
            let name = name.map_or_else(String::new, |name| format!(" “{}”", label_name(name)));
            format!("[{kind}{name}: not fetched: {problem}]")
        })
    }

    async fn fetch(&self, account: &Account, media: &InboundMedia) -> Result<FilePart, String> {
        let limits = account.channel.capabilities().media;
        let max_bytes = limits.map_or(0, |limits| limits.download_bytes);
        let raw = self.new_file().await?;
        let file = account
            .channel
            .fetch(media, &raw, max_bytes)
            .await
            .map_err(|error| why(&error))?;
        let mut file = Loose::new(file);
        let mime = file.settle().await?;
        let file = file.keep();
        Ok(FilePart {
            kind: media.kind,
            name: media.name.clone(),
            mime: mime.to_owned(),
            bytes: file.bytes,
            path: file.path,
        })
    }
}

/// Words with lines below.
fn below(words: &str, lines: &str) -> String {
    if lines.is_empty() {
        words.to_owned()
    } else if words.trim().is_empty() {
        lines.to_owned()
    } else {
        format!("{words}\n\n{lines}")
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
