//! The webhook: Telegram calls us, and we look after its registration.

use async_trait::async_trait;
use serde_json::json;
use serde_json::value::RawValue;
use tidegate_core::Secret;
use tidegate_core::channel::{
    ChannelError, Inbox, InboxError, Webhook, WebhookAnswer, WebhookRequest,
};
use tokio::time::sleep;

use super::api::{CallError, NoParams, SetWebhook, WebhookState};
use super::channel::Telegram;
use super::taking::{Arrived, KINDS};

/// The header that shows the secret, in lower case.
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// Calls that Telegram makes at once. One keeps the order of what people write.
const CALLS_AT_ONCE: u32 = 1;

impl Telegram {
    /// Registers the webhook, then looks after it for ever.
    pub(super) async fn watch_webhook(
        &self,
        public_url: &str,
        secret: &Secret<String>,
        inbox: &dyn Inbox,
    ) -> Result<(), ChannelError> {
        self.meet().await?;
        self.tell_commands().await;
        self.register(public_url, secret).await?;
        let mut before = WebhookState::default();
        loop {
            let state: WebhookState = self
                .api
                .call("getWebhookInfo", &NoParams {})
                .await
                .map_err(CallError::receiving)?;
            if state.url.is_empty() {
                self.register(public_url, secret).await?;
            } else if state.url != public_url {
                return Err(ChannelError::Conflict(
                    "another program has set a webhook for this bot".into(),
                ));
            }
            inbox.proved();
            match trouble(&before, &state) {
                Some(reason) => inbox.degraded(&reason),
                None => inbox.whole(),
            }
            before = state;
            sleep(self.settings.poll).await;
        }
    }

    async fn register(&self, url: &str, secret: &Secret<String>) -> Result<(), ChannelError> {
        let registration = SetWebhook {
            url,
            secret_token: secret.expose(),
            allowed_updates: KINDS,
            max_connections: CALLS_AT_ONCE,
        };
        match self.api.call::<bool>("setWebhook", &registration).await {
            Ok(_) => Ok(()),
            Err(CallError::Refused(refusal)) if refusal.code == 400 => {
                Err(ChannelError::NeedsSetup(refusal.description))
            }
            Err(error) => Err(error.receiving()),
        }
    }
}

/// What is wrong with deliveries, if updates wait and a delivery failed: just now, or they waited
/// the last time as well. An old failure alone is none, since Telegram never forgets the last one.
fn trouble(before: &WebhookState, now: &WebhookState) -> Option<String> {
    let failed = now.last_error_date?;
    let lasts = before.pending_update_count > 0 || before.last_error_date != Some(failed);
    (now.pending_update_count > 0 && lasts).then(|| {
        format!(
            "Telegram cannot reach our webhook ({}); {} updates wait",
            now.last_error_message
                .as_deref()
                .unwrap_or("no reason given"),
            now.pending_update_count
        )
    })
}

#[async_trait]
impl Webhook for Telegram {
    /// The whole proof is in a header.
    fn knock(&self, headers: &WebhookRequest) -> bool {
        let shown = headers.only(SECRET_HEADER).unwrap_or_default();
        self.webhook_secret
            .is_some_and(|secret| secret.matches(shown))
    }

    async fn take(
        &self,
        request: WebhookRequest,
        inbox: &dyn Inbox,
    ) -> Result<WebhookAnswer, InboxError> {
        if !self.knock(&request) {
            return Ok(WebhookAnswer::text(401, "wrong secret"));
        }
        let Some(me) = self.me.known() else {
            return Ok(WebhookAnswer::text(503, "not ready yet"));
        };
        let Ok(raw) = serde_json::from_slice::<&RawValue>(&request.body) else {
            return Ok(WebhookAnswer::text(400, "not JSON"));
        };
        let arrived = [Arrived::read(raw)];
        let presses = self.take_in(&me, inbox, &arrived, None).await?;
        Ok(match presses.first() {
            Some(query) => press_answered(query),
            None => WebhookAnswer::text(200, ""),
        })
    }
}

/// An answer may hold one call, which saves a connection.
fn press_answered(query: &str) -> WebhookAnswer {
    WebhookAnswer {
        status: 200,
        body: json!({ "method": "answerCallbackQuery", "callback_query_id": query }).to_string(),
        content_type: "application/json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(waiting: u64, failed: Option<i64>) -> WebhookState {
        WebhookState {
            url: "https://example.org/hook".into(),
            pending_update_count: waiting,
            last_error_date: failed,
            last_error_message: Some("Connection refused".into()),
        }
    }

    #[test]
    fn an_old_failure_is_no_trouble() {
        assert_eq!(trouble(&state(0, None), &state(0, None)), None);
        assert_eq!(trouble(&state(0, None), &state(3, None)), None);
        assert_eq!(trouble(&state(0, Some(7)), &state(0, Some(7))), None);
        assert_eq!(trouble(&state(0, Some(7)), &state(1, Some(7))), None);
    }

    #[test]
    fn a_failure_while_updates_wait_is() {
        let reason = trouble(&state(0, None), &state(2, Some(7)));
        assert_eq!(
            reason.as_deref(),
            Some("Telegram cannot reach our webhook (Connection refused); 2 updates wait")
        );
        assert!(trouble(&state(1, Some(7)), &state(1, Some(7))).is_some());
    }
}
