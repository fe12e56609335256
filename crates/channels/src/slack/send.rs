//! Sending one part.

use serde_json::{Value, json};
use tidegate_core::channel::{Attempt, Body, ChannelError, OutboundPart, Receipt, Target};

use super::api::{CallError, Metadata, Posted, Posting};
use super::blocks::blocks;
use super::channel::Slack;
use super::destination::{Destination, message_ts};
use super::history::mark;
use super::markup::mrkdwn;

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

/// What became of a change.
pub(super) enum Edit {
    /// The message says it now.
    Done,
    /// There is no such message, or it cannot say that; what Slack said.
    Gone(ChannelError),
}

/// Words as Slack takes them.
struct Words {
    text: String,
    blocks: Option<Value>,
}

impl Words {
    fn of(markdown: &str, part: &OutboundPart) -> Result<Self, ChannelError> {
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
        match &part.body {
            Body::Text { markdown } => {
                let words = Words::of(markdown, part)?;
                self.send_words(&to, part, words, attempt).await
            }
            Body::Media { media, markdown } => {
                let words = Words::of(markdown, part)?;
                let thread = to.thread.clone().or_else(|| part.reply_to.clone());
                let to = Destination { thread, ..to };
                let sent = self
                    .send_file(&to, media, (words.text, words.blocks), attempt)
                    .await?;
                self.drop_draft(&to, part).await;
                Ok(sent)
            }
            Body::Poll(_) => Err(ChannelError::Unsupported("ask with polls")),
        }
    }

    /// Words take the place of their draft, or are sent anew where they cannot.
    async fn send_words(
        &self,
        to: &Destination,
        part: &OutboundPart,
        words: Words,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        let draft = part.replaces.as_deref().map(message_ts).transpose()?;
        if let Some(draft) = draft {
            let blocks = Some(words.blocks.clone().unwrap_or_else(|| json!([])));
            let posting = Posting {
                ts: Some(draft),
                blocks,
                ..posting(to, &words, &attempt.key)
            };
            if let Edit::Done = self.update(&posting).await? {
                return Ok(receipt(draft.to_owned()));
            }
        }
        if let Some(since_ms) = attempt.maybe_sent_since_ms
            && let Some(found) = self.find_marked(to, &attempt.key, since_ms).await?
        {
            return Ok(receipt(found));
        }
        let sent = self.post(to, part, &words, &attempt.key).await?;
        self.drop_draft(to, part).await;
        Ok(sent)
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

    /// The answer is there; a draft that stays is ugly, and no reason to send it again.
    async fn drop_draft(&self, to: &Destination, part: &OutboundPart) {
        let Some(draft) = &part.replaces else {
            return;
        };
        if let Err(error) = self.delete(to, draft).await {
            let account = &self.settings.account;
            tracing::warn!(%account, %error, "a draft could not be taken away");
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

pub(super) fn receipt(message_id: String) -> Receipt {
    Receipt {
        message_id,
        poll_id: None,
    }
}
