//! The network calls us.

use async_trait::async_trait;
use tidegate_core::channel::{
    Inbound, InboundEvent, InboundMessage, Inbox, InboxError, Peer, PeerKind, Sender, Webhook,
    WebhookAnswer, WebhookRequest,
};

use super::FakeNetwork;

/// The header with the secret.
const SECRET: &str = "x-fake-secret";

#[async_trait]
impl Webhook for FakeNetwork {
    fn knock(&self, headers: &WebhookRequest) -> bool {
        self.profile
            .webhook_secret
            .is_some_and(|secret| headers.only(SECRET) == Some(secret))
    }

    /// The body is the id of a message that the person 77 writes; `full` cannot be stored.
    async fn take(
        &self,
        request: WebhookRequest,
        inbox: &dyn Inbox,
    ) -> Result<WebhookAnswer, InboxError> {
        if !self.knock(&request) {
            return Ok(WebhookAnswer::text(401, "no"));
        }
        let id = String::from_utf8(request.body).unwrap_or_default();
        if id == "full" {
            return Err(InboxError::Closed);
        }
        let event = wrote(&id, "77", "hello", self.profile.now_ms);
        inbox.accept("bot", vec![event], None).await?;
        Ok(WebhookAnswer::text(200, "taken"))
    }
}

/// Somebody writes to us directly; the event is `e` and the id of the message.
pub fn wrote(id: &str, sender: &str, text: &str, at_ms: u64) -> Inbound {
    Inbound {
        provider_id: format!("e{id}"),
        peer: Peer {
            kind: PeerKind::Direct,
            id: sender.into(),
        },
        thread: None,
        space: None,
        sender: Sender {
            id: sender.into(),
            name: Some("Ben".into()),
            ..Sender::default()
        },
        title: None,
        at_ms,
        event: InboundEvent::Message(InboundMessage {
            message_id: id.into(),
            text: text.into(),
            ..InboundMessage::default()
        }),
    }
}
