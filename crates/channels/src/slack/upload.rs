//! Sending a file: a place is reserved, the bytes go there, then it becomes a message. Until then
//! nobody sees anything of it (SECURITY F37).

use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use serde_json::{Value, json};
use tidegate_core::channel::{Attempt, ChannelError, OutboundMedia, Receipt};
use tokio::time::sleep;

use super::api::{CallError, Completed, Finish, Reserved};
use super::channel::Slack;
use super::destination::Destination;
use super::send::Words;
use crate::draft::receipt;
use crate::transfer::{open, upload_time};

/// Slack makes the message in its own time; so long we wait between two looks for it.
const LOOKS_MS: [u64; 3] = [0, 400, 1200];

impl Slack {
    /// Sends a file with words.
    pub(super) async fn send_file(
        &self,
        to: &Destination,
        media: &OutboundMedia,
        words: &Words,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        if let Some(since_ms) = attempt.maybe_sent_since_ms
            && let Some(found) = self.find_file(to, media, since_ms, &attempt.known).await?
        {
            return Ok(receipt(found));
        }
        let file_id = self.upload(media).await?;
        let began_ms = self.clock.now_ms();
        let shown = self.show(to, &file_id, media, words).await?;
        Ok(receipt(self.shown_as(to, shown, &file_id, began_ms).await))
    }

    /// Sends the bytes; nothing can be seen of them.
    async fn upload(&self, media: &OutboundMedia) -> Result<String, ChannelError> {
        let (file, bytes) = open(media).await.map_err(CallError::repeating)?;
        if bytes == 0 {
            return Err(ChannelError::Refused("Slack takes no empty files".into()));
        }
        let params = [("filename", &media.name), ("length", &bytes.to_string())];
        let reserved: Reserved = self
            .api
            .read("files.getUploadURLExternal", &params)
            .await
            .map_err(CallError::repeating)?;
        if !self.api.is_safe(&reserved.upload_url) {
            return Err(ChannelError::Refused(
                "the file would be open to everybody on the way".into(),
            ));
        }
        let request = self
            .api
            .http()
            .inner()
            .post(&reserved.upload_url)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, bytes)
            .body(file)
            .timeout(upload_time(bytes));
        let sent = request.send().await.map_err(CallError::from);
        let status = sent.map_err(CallError::repeating)?.status();
        if status.is_success() {
            return Ok(reserved.file_id);
        }
        Err(ChannelError::Unreachable(format!(
            "Slack answered {status} to the bytes of the file"
        )))
    }

    /// Makes a message of the file.
    async fn show(
        &self,
        to: &Destination,
        file_id: &str,
        media: &OutboundMedia,
        words: &Words,
    ) -> Result<Completed, ChannelError> {
        let text = Some(&words.text).filter(|text| !text.is_empty() && words.blocks.is_none());
        let finish = Finish {
            files: json!([{"id": file_id, "title": media.name}]).to_string(),
            channel_id: &to.channel,
            thread_ts: to.thread.as_deref(),
            // Slack takes one of them.
            initial_comment: text.cloned(),
            blocks: words.blocks.as_ref().map(Value::to_string),
        };
        let shown = self.api.read("files.completeUploadExternal", &finish).await;
        shown.map_err(CallError::sending)
    }

    /// The id of the message. Slack may say it, or it can be seen in the conversation; if neither,
    /// the file is there all the same, and its own id must do.
    async fn shown_as(
        &self,
        to: &Destination,
        shown: Completed,
        file_id: &str,
        began_ms: u64,
    ) -> String {
        let shares = shown.files.iter().flat_map(|file| file.shares.values());
        let mut here = shares.filter_map(|places| places.get(&to.channel)?.first());
        if let Some(share) = here.next() {
            return share.ts.clone();
        }
        for wait_ms in LOOKS_MS {
            sleep(Duration::from_millis(wait_ms)).await;
            match self.find_file_by_id(to, file_id, began_ms).await {
                Ok(Some(ts)) => return ts,
                Ok(None) => {}
                Err(_) => break,
            }
        }
        file_id.to_owned()
    }
}
