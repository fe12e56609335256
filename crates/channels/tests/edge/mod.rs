//! What the gateway's edge does for a webhook: plain bytes in, plain bytes out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tidegate_core::channel::{Channel, WebhookRequest};
use tidegate_fakes::common::Server;

use crate::contract::{Live, MemoryInbox};

/// A door, and the account behind it.
#[derive(Clone, Default)]
pub(crate) struct Edge {
    pub(crate) inbox: Arc<MemoryInbox>,
    channel: Arc<Mutex<Option<Arc<dyn Channel>>>>,
    is_down: Arc<AtomicBool>,
}

impl Edge {
    /// Opens the door; its address is `/hook` of the server.
    pub(crate) async fn open(&self) -> Server {
        let router = Router::new().route("/hook", post(take));
        Server::start(router.with_state(self.clone()))
            .await
            .unwrap()
    }

    /// The account behind the door from now on.
    pub(crate) fn put(&self, channel: Arc<dyn Channel>) {
        *self.channel.lock().unwrap() = Some(channel);
    }

    pub(crate) fn channel(&self) -> Arc<dyn Channel> {
        self.channel.lock().unwrap().clone().unwrap()
    }

    /// The account, at work.
    pub(crate) async fn live(&self) -> Live {
        Live::started(self.channel(), &self.inbox).await
    }

    /// While it is down, every call gets 502.
    pub(crate) fn set_down(&self, down: bool) {
        self.is_down.store(down, Ordering::SeqCst);
    }
}

async fn take(State(edge): State<Edge>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    if edge.is_down.load(Ordering::SeqCst) {
        return (StatusCode::BAD_GATEWAY, String::new());
    }
    let request = WebhookRequest {
        headers: headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect(),
        body: body.to_vec(),
    };
    let channel = edge.channel();
    match channel.webhook().unwrap().take(request, &*edge.inbox).await {
        Ok(answer) => (StatusCode::from_u16(answer.status).unwrap(), answer.body),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, String::new()),
    }
}
