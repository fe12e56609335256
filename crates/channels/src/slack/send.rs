//! Sending one part.

use serde_json::{Value, json};
use tidegate_core::channel::{Attempt, Body, ChannelError, OutboundPart, Receipt, Target};

use super::api::{CallError, Metadata, Posted, Posting};
use super::blocks::blocks;
use super::channel::Slack;
use super::destination::{Destination, message_ts};
use super::history::mark;
use super::markup::mrkdwn;
use crate::draft::{self, Edit, receipt};

/// Slack's words when a message of ours cannot be changed any more.
const GONE: &[&str] = &[
    "message_not_found",
    "cant_update_message",
    "edit_window_closed",
    "msg_too_long",
    "msg_blocks_too_long",
];
/// Slack's words when there is nothing to hang a thread on.
const NO_THREAD: &[&str] = &["thread_not_found", "cannot_reply_to_message"];

/// Words as Slack takes them.
pub(super) struct Words {
    pub(super) text: String,
    pub(super) blocks: Option<Value>,
}

impl Words {
    fn of(part: &OutboundPart) -> Result<Self, ChannelError> {
        let (Body::Text { markdown } | Body::Media { markdown, .. }) = &part.body else {
            return Err(ChannelError::Unsupported("ask with polls"));
        };
        let text = mrkdwn(markdown);
        let has_buttons = part.buttons.iter().any(|row| !row.is_empty());
        let blocks = has_buttons.then(|| blocks(&text, markdown, &part.buttons));
        Ok(Self {
            blocks: blocks.transpose()?,
            text,
        })
    }
}

impl Slack {
    pub(super) async fn send_part(
        &self,
        to: &Target,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        let to = Destination::of(to)?;
        let words = Words::of(part)?;
        let send = self.send_new(&to, part, &words, attempt);
        let Some(draft) = part.replaces.as_deref().map(message_ts).transpose()? else {
            return send.await;
        };
        let change = Posting {
            ts: Some(draft),
            // An empty list takes the buttons away.
            blocks: Some(words.blocks.clone().unwrap_or_else(|| json!([]))),
            ..posting(&to, &words, &attempt.key)
        };
        let is_text = matches!(part.body, Body::Text { .. });
        let edit = is_text.then(|| self.update(&change));
        let delete = self.delete(&to, draft);
        draft::replace(&self.settings.account, draft, edit, send, delete).await
    }

    /// Makes a message, or finds the one that an earlier try made.
    async fn send_new(
        &self,
        to: &Destination,
        part: &OutboundPart,
        words: &Words,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        if let Body::Media { media, .. } = &part.body {
            let thread = to.thread.clone().or_else(|| part.reply_to.clone());
            let channel = to.channel.clone();
            let to = Destination { channel, thread };
            return self.send_file(&to, media, words, attempt).await;
        }
        if let Some(since_ms) = attempt.maybe_sent_since_ms
            && let Some(found) = self.find_marked(to, &attempt.key, since_ms).await?
        {
            return Ok(receipt(found));
        }
        self.post(to, part, words, &attempt.key).await
    }

    /// Posts words. One that answers a message hangs below it, if anything can.
    async fn post(
        &self,
        to: &Destination,
        part: &OutboundPart,
        words: &Words,
        key: &str,
    ) -> Result<Receipt, ChannelError> {
        let answered = part.reply_to.as_deref().filter(|_| to.thread.is_none());
        let posting = Posting {
            thread_ts: to.thread.as_deref().or(answered),
            ..posting(to, words, key)
        };
        let sent: Result<Posted, _> = self.api.write("chat.postMessage", &posting).await;
        let sent = match sent {
            Err(error) if answered.is_some() && error.is(NO_THREAD) => {
                let bare = Posting {
                    thread_ts: None,
                    ..posting
                };
                self.api.write("chat.postMessage", &bare).await
            }
            sent => sent,
        };
        sent.map(|posted| receipt(posted.ts))
            .map_err(CallError::sending)
    }

    /// Gives a message of ours other words.
    pub(super) async fn update(&self, posting: &Posting<'_>) -> Result<Edit, ChannelError> {
        match self.api.write::<Posted>("chat.update", posting).await {
            Ok(_) => Ok(Edit::Done),
            Err(error) if error.is(GONE) => Ok(Edit::Gone(error.repeating())),
            Err(error) => Err(error.repeating()),
        }
    }
}

fn posting<'a>(to: &'a Destination, words: &Words, key: &str) -> Posting<'a> {
    Posting {
        channel: &to.channel,
        ts: None,
        thread_ts: None,
        text: words.text.clone(),
        blocks: words.blocks.clone(),
        metadata: Some(mark(key)),
    }
}

impl<'a> Posting<'a> {
    /// A message of ours with other words.
    pub(super) fn change(to: &'a Destination, ts: &'a str, markdown: &str) -> Self {
        let metadata: Option<Metadata> = None;
        Self {
            channel: &to.channel,
            ts: Some(ts),
            thread_ts: None,
            text: mrkdwn(markdown),
            blocks: None,
            metadata,
        }
    }
}
