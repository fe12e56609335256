//! `send` and `poll`: into a session for WebChat, through the outbox to every other channel.

use tidegate_core::channel::{Poll, Target};
use tidegate_core::session::MAIN;
use tidegate_engine::{Said, SendTo, Sending, SentTo};
use tidegate_protocol::api::send::{
    DEFAULT_CHANNEL, PollMessage, PollParams, SendMessage, SendParams, SendResult,
};
use tidegate_protocol::{ErrorCode, ErrorShape, IdempotencyKey, Serve};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

pub(super) const WEBCHAT: &str = "webchat";
/// Files of one message.
const MOST_LINKS: usize = 16;
/// The longest link that is shown as it is, in bytes.
const SHOWN_LINK_BYTES: usize = 4096;

impl Serve<SendMessage> for Api {
    async fn serve(
        &self,
        call: Call<SendMessage>,
        params: SendParams,
    ) -> Result<SendResult, ApiError> {
        let channel = match params.channel.as_deref() {
            Some(channel) => channel.trim().to_ascii_lowercase(),
            None if self.is_session(&params.to).await? => WEBCHAT.to_owned(),
            None => self.only_channel().await?,
        };
        if channel == WEBCHAT {
            return self.deliver_here(call, params).await;
        }
        let engine = &self.0.engine;
        let session_key = match params.session_key.as_deref() {
            Some(raw) => Some(engine.answered_key(raw)?),
            None => None,
        };
        let target = self
            .target(&channel, params.account_id, &params.to, params.thread_id)
            .await?;
        let to = SendTo {
            target: target.clone(),
            said: Said::Message {
                markdown: params.message,
                links: links(params.media_url, params.media_urls)?,
            },
            session_key,
        };
        let once = call.once(&params.idempotency_key);
        let sent = engine.send_to(once, to).await?;
        receipt(params.idempotency_key, target, sent)
    }
}

impl Serve<PollMessage> for Api {
    async fn serve(
        &self,
        call: Call<PollMessage>,
        params: PollParams,
    ) -> Result<SendResult, ApiError> {
        let channel = match params.channel.as_deref() {
            Some(channel) => channel.trim().to_ascii_lowercase(),
            None => self.only_channel().await?,
        };
        if self.0.engine.account_of(&channel, None).is_err() {
            return Err(ApiError::invalid(format!(
                "unsupported poll channel: {channel}"
            )));
        }
        let target = self
            .target(&channel, params.account_id, &params.to, params.thread_id)
            .await?;
        let most = u32::try_from(params.options.len()).unwrap_or(u32::MAX);
        let poll = Poll {
            question: params.question,
            options: params.options,
            max_selections: params.max_selections.unwrap_or(1).min(most),
            duration_hours: params.duration_hours,
        };
        let to = SendTo {
            target: target.clone(),
            said: Said::Poll(poll),
            session_key: None,
        };
        let once = call.once(&params.idempotency_key);
        let sent = self.0.engine.send_to(once, to).await?;
        receipt(params.idempotency_key, target, sent)
    }
}

/// What the network gave, or the name in the outbox under which it waits.
fn receipt(key: IdempotencyKey, target: Target, sent: SentTo) -> Result<SendResult, ApiError> {
    let SentTo { group, how } = sent;
    let (message_id, poll_id, queued) = match how {
        Sending::Sent(receipts) => {
            let last = receipts.into_iter().next_back();
            let poll_id = last.as_ref().and_then(|receipt| receipt.poll_id.clone());
            (last.map(|receipt| receipt.message_id), poll_id, None)
        }
        Sending::Waiting { .. } => (None, None, Some(true)),
        Sending::GivenUp { reason, .. } => return Err(undelivered(&reason)),
    };
    let result = SendResult {
        account_id: Some(target.account.account.into_string()),
        poll_id,
        queued,
        ..SendResult::new(
            key,
            message_id.unwrap_or(group),
            target.account.channel.into_string(),
        )
    };
    Ok(result.in_conversation(target.peer.id))
}

/// The network did not take it, and nobody tries again.
fn undelivered(reason: &str) -> ApiError {
    let text = format!("not delivered: {reason}");
    ErrorShape {
        retryable: Some(false),
        ..ErrorShape::new(ErrorCode::Unavailable, text)
    }
    .into()
}

impl Api {
    /// The conversation on a network that a caller names.
    pub(super) async fn target(
        &self,
        channel: &str,
        account: Option<String>,
        to: &str,
        thread: Option<String>,
    ) -> Result<Target, ApiError> {
        let engine = &self.0.engine;
        let key = engine.account_of(channel, account.as_deref())?;
        Ok(engine.address(&key, to, thread.as_deref()).await?)
    }

    async fn deliver_here(
        &self,
        call: Call<SendMessage>,
        params: SendParams,
    ) -> Result<SendResult, ApiError> {
        let key = self.0.engine.answered_key(&params.to)?;
        let once = call.once(&params.idempotency_key);
        let links = links(params.media_url, params.media_urls)?;
        let text = with_links(params.message, &links)?;
        let sent = self.0.engine.deliver(once, key, text).await?;
        let result = SendResult::new(params.idempotency_key, sent.message_id, WEBCHAT);
        Ok(result.in_conversation(sent.session_key.to_string()))
    }

    /// The channel that is meant where none is named: the only one that there is, else the family's.
    pub(super) async fn only_channel(&self) -> Result<String, ApiError> {
        let statuses = self.0.engine.account_statuses().await?;
        let mut channels = statuses.iter().map(|status| status.key.channel.as_str());
        let first = channels.next();
        let only = first.filter(|first| channels.all(|other| other == *first));
        Ok(only.unwrap_or(DEFAULT_CHANNEL).to_owned())
    }

    /// Whether a target names a session: the main one, a full key, or one that exists.
    async fn is_session(&self, to: &str) -> Result<bool, ApiError> {
        let names = &self.0.engine.agents().names;
        if to == MAIN || to == names.main_key || to.starts_with("agent:") {
            return Ok(true);
        }
        let Ok(key) = self.0.engine.session_key(to) else {
            return Ok(false);
        };
        Ok(self.0.engine.session(&key).await?.is_some())
    }
}

/// The links of a message, at most [`MOST_LINKS`].
fn links(one: Option<String>, more: Option<Vec<String>>) -> Result<Vec<String>, ApiError> {
    let links: Vec<String> = one.into_iter().chain(more.into_iter().flatten()).collect();
    if links.len() > MOST_LINKS {
        return Err(ApiError::invalid(format!(
            "a message takes at most {MOST_LINKS} files"
        )));
    }
    Ok(links)
}

/// Here media are shown by their links; only those of the web are taken.
fn with_links(mut text: String, links: &[String]) -> Result<String, ApiError> {
    for link in links {
        let is_web = link.starts_with("https://") || link.starts_with("http://");
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>');
        if !is_web || link.len() > SHOWN_LINK_BYTES || link.chars().any(odd) {
            return Err(ApiError::invalid(
                "mediaUrl must be an http or https address without blanks",
            ));
        }
        text.push_str("\n\n<");
        text.push_str(link);
        text.push('>');
    }
    Ok(text)
}
