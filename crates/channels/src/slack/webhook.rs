//! The Events API: Slack calls us, with a signature.

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use reqwest::Url;
use serde::Deserialize;
use serde_json::json;
use tidegate_core::channel::{
    ChannelError, Inbox, InboxError, Webhook, WebhookAnswer, WebhookRequest,
};
use tokio::time::sleep;

use super::arrived::Arrived;
use super::channel::Slack;
use super::settings::Mode;
use super::signature::{is_signed, shown};

const FORM: &str = "application/x-www-form-urlencoded";

/// What Slack asks for.
#[derive(Deserialize)]
struct Call {
    #[serde(rename = "type", default)]
    kind: String,
    /// Slack wants it back, to see that the address is ours.
    challenge: Option<String>,
}

impl Slack {
    /// Looks after the token for ever. Whether Slack reaches us, only its calls show.
    pub(super) async fn watch(&self, inbox: &dyn Inbox) -> Result<(), ChannelError> {
        loop {
            self.meet().await?;
            inbox.proved();
            if !self.called.load(Ordering::Relaxed) {
                inbox.degraded("Slack has not called our webhook since the start");
            }
            sleep(self.settings.patience / 2).await;
        }
    }

    fn unreadable(&self) -> WebhookAnswer {
        let account = &self.settings.account;
        tracing::warn!(%account, "an event cannot be read, and is skipped");
        // It would be no better the next time.
        WebhookAnswer::text(200, "")
    }
}

#[async_trait]
impl Webhook for Slack {
    fn knock(&self, headers: &WebhookRequest) -> bool {
        shown(headers, self.clock.now_ms()).is_some()
    }

    async fn take(
        &self,
        request: WebhookRequest,
        inbox: &dyn Inbox,
    ) -> Result<WebhookAnswer, InboxError> {
        let Mode::Webhook { signing_secret, .. } = &self.settings.mode else {
            return Ok(WebhookAnswer::text(404, "no webhook here"));
        };
        if !is_signed(&request, signing_secret, self.clock.now_ms()) {
            return Ok(WebhookAnswer::text(401, "wrong signature"));
        }
        let Ok(body) = std::str::from_utf8(&request.body) else {
            return Ok(WebhookAnswer::text(400, "not UTF-8"));
        };
        let arrived = if is_form(&request) {
            of_form(body)
        } else {
            match serde_json::from_str::<Call>(body) {
                Ok(call) if call.kind == "url_verification" => {
                    return Ok(challenged(call.challenge.as_deref().unwrap_or_default()));
                }
                Ok(call) if call.kind != "event_callback" => {
                    return Ok(WebhookAnswer::text(200, ""));
                }
                Ok(_) => Arrived::event(body).ok(),
                Err(_) => return Ok(WebhookAnswer::text(400, "not JSON")),
            }
        };
        let Some(arrived) = arrived else {
            return Ok(self.unreadable());
        };
        let Some(me) = self.me.known() else {
            return Ok(WebhookAnswer::text(503, "not ready yet"));
        };
        self.take_in(&me, inbox, &[arrived]).await?;
        self.called.store(true, Ordering::Relaxed);
        inbox.proved();
        inbox.whole();
        Ok(WebhookAnswer::text(200, ""))
    }
}

fn is_form(request: &WebhookRequest) -> bool {
    let kind = request.only("content-type").unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim() == FORM
}

/// A button is JSON in a form, a command is the fields of one.
fn of_form(body: &str) -> Option<Arrived> {
    let fields = fields(body)?;
    let payload = fields.iter().find(|(name, _)| name == "payload");
    match payload {
        Some((_, payload)) => Arrived::interaction(payload).ok(),
        None => Arrived::command_form(fields.into_iter()).ok(),
    }
}

/// The fields of a form, decoded as those of an address are.
fn fields(body: &str) -> Option<Vec<(String, String)>> {
    let mut address = Url::parse("form:/").ok()?;
    address.set_query(Some(body));
    let pairs = address.query_pairs();
    Some(
        pairs
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
    )
}

fn challenged(challenge: &str) -> WebhookAnswer {
    WebhookAnswer {
        status: 200,
        body: json!({ "challenge": challenge }).to_string(),
        content_type: "application/json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_decoded() {
        let fields = fields("command=%2Fstatus&text=a+%26+b+%C3%BC%3D1&empty=").unwrap();
        let wanted = [("command", "/status"), ("text", "a & b ü=1"), ("empty", "")];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(fields, wanted);
    }
}
