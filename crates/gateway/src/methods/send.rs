//! `send`: for now to WebChat, that is, into a session.

use tidegate_protocol::api::send::{DEFAULT_CHANNEL, SendMessage, SendParams, SendResult};
use tidegate_protocol::{RunId, Serve};

use crate::error::ApiError;
use crate::rpc::call::{Api, Call};

const WEBCHAT: &str = "webchat";

impl Serve<SendMessage> for Api {
    async fn serve(
        &self,
        call: Call<SendMessage>,
        params: SendParams,
    ) -> Result<SendResult, ApiError> {
        let channel = match params.channel.as_deref() {
            Some(channel) => channel,
            None if self.is_session(&params.to).await? => WEBCHAT,
            None => DEFAULT_CHANNEL,
        };
        if channel != WEBCHAT {
            return Err(ApiError::invalid(format!("unsupported channel: {channel}")));
        }
        let key = self.0.engine.session_key(&params.to)?;
        let once = call.once(&params.idempotency_key);
        let text = with_media(
            params.message,
            params
                .media_url
                .into_iter()
                .chain(params.media_urls.unwrap_or_default()),
        )?;
        let sent = self.0.engine.deliver(once, key, text).await?;
        Ok(SendResult {
            run_id: RunId::new(params.idempotency_key.into_string()),
            message_id: sent.message_id,
            channel: WEBCHAT.into(),
            chat_id: sent.session_key.to_string(),
        })
    }
}

impl Api {
    /// Whether a target names a session: the main one, a full key, or one that exists.
    async fn is_session(&self, to: &str) -> Result<bool, ApiError> {
        let names = &self.0.engine.agents().names;
        if to == "main" || to == names.main_key || to.starts_with("agent:") {
            return Ok(true);
        }
        let Ok(key) = self.0.engine.session_key(to) else {
            return Ok(false);
        };
        Ok(self.0.engine.session(&key).await?.is_some())
    }
}

/// A page shows media by their link; only web links are taken.
fn with_media(mut text: String, urls: impl Iterator<Item = String>) -> Result<String, ApiError> {
    for url in urls {
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        if !is_web
            || url
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>'))
        {
            return Err(ApiError::invalid(
                "mediaUrl must be an http or https address without blanks",
            ));
        }
        text.push_str("\n\n<");
        text.push_str(&url);
        text.push('>');
    }
    Ok(text)
}
