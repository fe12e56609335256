//! Sending one part.

use tidegate_core::channel::{Attempt, Body, Button, ChannelError, OutboundPart, Receipt, Target};

use super::api::{CallError, Message, Outgoing, Route};
use super::channel::Discord;
use super::compose::{Draft, attachment, channel_of, message_id, rows};
use super::fault::{ARCHIVED, NOT_OURS, UNKNOWN_MESSAGE};
use super::markup;

/// How long a nonce surely makes one message of two tries. Discord says "a few minutes".
const NONCE_WINDOW_MS: u64 = 2 * 60 * 1000;

/// What became of a change.
pub(super) enum Edit {
    /// The message says it now.
    Done,
    /// There is no such message, or it cannot be changed any more; a sentence.
    Gone(String),
}

impl Discord {
    pub(super) async fn send_part(
        &self,
        to: &Target,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        let channel = channel_of(to)?;
        let Some(before) = part.replaces.as_deref().map(message_id).transpose()? else {
            return self.send_new(channel, part, attempt).await;
        };
        if let Body::Text { markdown } = &part.body {
            let buttons = Some(part.buttons.as_slice());
            if let Edit::Done = self.edit(channel, before, markdown, buttons).await? {
                return Ok(receipt(before.to_owned()));
            }
            return self.send_new(channel, part, attempt).await;
        }
        let receipt = self.send_new(channel, part, attempt).await?;
        // The answer is there; a draft that stays is ugly, and no reason to send it again.
        if let Err(error) = self.delete(channel, before).await {
            let account = &self.settings.account;
            tracing::warn!(%account, %error, "a draft could not be taken away");
        }
        Ok(receipt)
    }

    /// Makes a message, or finds the one that an earlier try made.
    async fn send_new(
        &self,
        channel: &str,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        let draft = Draft::new(part, &attempt.key);
        let body = draft.outgoing()?;
        if let Some(since_ms) = attempt.maybe_sent_since_ms
            && self.clock.now_ms().saturating_sub(since_ms) > NONCE_WINDOW_MS
            && let Some(found) = self.find_sent(channel, &draft, since_ms).await?
        {
            return Ok(made(&draft, found));
        }
        let path = ["channels", channel, "messages"];
        let route = Route::post(&path);
        let sent: Result<Message, _> = match draft.file() {
            Some(media) => self.api.upload(&route, &body, &attachment(media)).await,
            None => self.api.give(&route, &body).await,
        };
        sent.map(|message| made(&draft, message.id))
            .map_err(CallError::sending)
    }

    /// Gives a message of ours other words; buttons too, if they are told.
    pub(super) async fn edit(
        &self,
        channel: &str,
        id: &str,
        markdown: &str,
        buttons: Option<&[Vec<Button>]>,
    ) -> Result<Edit, ChannelError> {
        let content = markup::fit(markdown);
        let components = match buttons {
            // An empty list takes the buttons away.
            Some(buttons) => Some(rows(buttons)?.unwrap_or_default()),
            None => None,
        };
        let body = Outgoing {
            content: Some(&content),
            components,
            ..Outgoing::default()
        };
        let path = ["channels", channel, "messages", id];
        match self.api.tell(&Route::patch(&path), &body).await {
            Ok(()) => Ok(Edit::Done),
            Err(error) if error.has_code(&[UNKNOWN_MESSAGE, NOT_OURS, ARCHIVED]) => {
                Ok(Edit::Gone(error.repeating().to_string()))
            }
            Err(error) => Err(error.repeating()),
        }
    }
}

fn made(draft: &Draft<'_>, id: String) -> Receipt {
    Receipt {
        poll_id: draft.poll().map(|_| id.clone()),
        ..receipt(id)
    }
}

const fn receipt(message_id: String) -> Receipt {
    Receipt {
        message_id,
        poll_id: None,
    }
}
