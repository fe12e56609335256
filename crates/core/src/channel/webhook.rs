//! A network that calls us: plain bytes in, plain bytes out. The edge owns the socket.

use async_trait::async_trait;

use super::port::{Inbox, InboxError};

/// What a network sent.
#[derive(Debug, Clone, Default)]
pub struct WebhookRequest {
    /// Header names in lower case with their values, in order; a name may occur twice.
    pub headers: Vec<(String, String)>,
    /// The body, exactly as it arrived.
    pub body: Vec<u8>,
}

impl WebhookRequest {
    /// The value of a header that occurs exactly once.
    pub fn only(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(key, _)| key == name);
        let (_, value) = values.next()?;
        values.next().is_none().then_some(value.as_str())
    }
}

/// What it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookAnswer {
    /// The HTTP status. 401 counts as a wrong secret of the caller's address.
    pub status: u16,
    /// The body.
    pub body: String,
    /// Its type.
    pub content_type: &'static str,
}

impl WebhookAnswer {
    /// A status and a word.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            body: body.into(),
            content_type: "text/plain; charset=utf-8",
        }
    }
}

/// How a network calls us.
#[async_trait]
pub trait Webhook: Send + Sync {
    /// Whether headers alone, with no body yet, can be the network's. Asked before a byte of the body
    /// is read, so that strangers cannot make us wait for theirs; it proves nothing.
    fn knock(&self, headers: &WebhookRequest) -> bool;

    /// Proves the request by its secret or signature over the raw bytes, then gives its events to
    /// the inbox. Without the proof nothing is parsed (SECURITY T31).
    ///
    /// # Errors
    /// Nothing was stored; the edge answers 503, and the network sends it again.
    async fn take(
        &self,
        request: WebhookRequest,
        inbox: &dyn Inbox,
    ) -> Result<WebhookAnswer, InboxError>;
}
