//! Sending one part.

use tidegate_core::channel::{Attempt, Body, Button, ChannelError, OutboundPart, Receipt, Target};

use super::api::{CallError, Message, Outgoing, Route};
use super::channel::Discord;
use super::compose::{Draft, channel_of, message_id, rows};
use super::fault::{ARCHIVED, NOT_OURS, UNKNOWN_MESSAGE};
use super::markup;
use crate::draft::{self, Edit};

/// How long a nonce surely makes one message of two tries. Discord says "a few minutes".
const NONCE_WINDOW_MS: u64 = 2 * 60 * 1000;

impl Discord {
    pub(super) async fn send_part(
        &self,
        to: &Target,
        part: &OutboundPart,
        attempt: &Attempt,
    ) -> Result<Receipt, ChannelError> {
        let channel = channel_of(to)?;
        let send = self.send_new(channel, part, attempt);
        let Some(before) = part.replaces.as_deref().map(message_id).transpose()? else {
            return send.await;
        };
        let edit = match &part.body {
            Body::Text { markdown } => {
                Some(self.edit(channel, before, markdown, Some(&part.buttons)))
            }
            _ => None,
        };
        let delete = self.delete(channel, before);
        draft::replace(&self.settings.account, before, edit, send, delete).await
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
            && let Some(found) = self
                .find_sent(channel, &draft, since_ms, &attempt.known)
                .await?
        {
            return Ok(made(&draft, found));
        }
        let path = ["channels", channel, "messages"];
        let route = Route::post(&path);
        let sent: Result<Message, _> = match draft.file() {
            Some(media) => self.api.upload(&route, &body, media).await,
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
                Ok(Edit::Gone(error.repeating()))
            }
            Err(error) => Err(error.repeating()),
        }
    }
}

fn made(draft: &Draft<'_>, id: String) -> Receipt {
    Receipt {
        poll_id: draft.poll().map(|_| id.clone()),
        ..draft::receipt(id)
    }
}
