//! The other side: it says exactly what a test tells it to.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tidegate_protocol::Scope;
use tidegate_protocol::api::connect::ClientInfo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_async};

use crate::{Address, Auth, ConnectOptions, Deadlines};

/// A test that hangs is a failure.
const TOO_LONG: Duration = Duration::from_secs(10);

pub(super) async fn in_time<T>(work: impl Future<Output = T>) -> T {
    timeout(TOO_LONG, work).await.expect("the test hangs")
}

/// Both sides of a test, on the heap: handshakes are large.
pub(super) fn both<A, B>(
    a: impl Future<Output = A>,
    b: impl Future<Output = B>,
) -> impl Future<Output = (A, B)> {
    let (a, b) = (Box::pin(a), Box::pin(b));
    in_time(async move { tokio::join!(a, b) })
}

pub(super) const NONCE: &str = "the-nonce";
pub(super) const TS: u64 = 1_795_183_689_154;

pub(super) struct Server {
    pub(super) listener: TcpListener,
}

impl Server {
    pub(super) async fn start() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        }
    }

    pub(super) fn address(&self) -> Address {
        Address::loopback(self.listener.local_addr().unwrap().port())
    }

    pub(super) fn options(&self) -> ConnectOptions {
        let client = ClientInfo {
            id: "cli".to_owned(),
            version: "1".to_owned(),
            platform: " Linux".to_owned(),
            mode: "cli".to_owned(),
            display_name: None,
            device_family: Some("PC ".to_owned()),
            model_identifier: None,
            instance_id: None,
        };
        let scopes = vec![Scope::Write, Scope::Read];
        ConnectOptions {
            deadlines: Deadlines {
                call: Duration::from_secs(5),
                ..Deadlines::default()
            },
            ..ConnectOptions::operator(self.address(), scopes, client, Auth::token("the-secret"))
        }
    }

    /// The next client, up to its WebSocket.
    pub(super) async fn accept(&self) -> Peer {
        let (stream, _) = in_time(self.listener.accept()).await.unwrap();
        Peer {
            socket: in_time(accept_async(stream)).await.unwrap(),
        }
    }

    /// The next client, let in. Its `connect` comes along.
    pub(super) async fn welcome(&self) -> (Peer, Value) {
        let mut peer = self.accept().await;
        peer.challenge().await;
        let connect = peer.request().await;
        peer.answer(&connect, hello(None)).await;
        (peer, connect)
    }
}

pub(super) struct Peer<S = TcpStream> {
    pub(super) socket: WebSocketStream<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Peer<S> {
    pub(super) async fn say(&mut self, frame: Value) {
        in_time(self.socket.send(Message::text(frame.to_string())))
            .await
            .unwrap();
    }

    pub(super) async fn challenge(&mut self) {
        self.event(
            "connect.challenge",
            json!({ "nonce": NONCE, "ts": TS }),
            None,
        )
        .await;
    }

    pub(super) async fn event(&mut self, name: &str, payload: Value, seq: Option<u64>) {
        let mut frame = json!({ "type": "event", "event": name, "payload": payload });
        if let Some(seq) = seq {
            frame["seq"] = json!(seq);
        }
        self.say(frame).await;
    }

    pub(super) async fn answer(&mut self, to: &Value, payload: Value) {
        self.say(json!({ "type": "res", "id": to["id"], "ok": true, "payload": payload }))
            .await;
    }

    pub(super) async fn refuse(&mut self, to: &Value, error: Value) {
        self.say(json!({ "type": "res", "id": to["id"], "ok": false, "error": error }))
            .await;
    }

    /// The next request.
    pub(super) async fn request(&mut self) -> Value {
        match in_time(self.socket.next()).await.unwrap().unwrap() {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("no request: {other:?}"),
        }
    }

    /// The close frame that comes next.
    pub(super) async fn closed(&mut self) -> Option<(u16, String)> {
        let mut found = None;
        // Reading on after the frame lets the answer to it out.
        while let Some(Ok(message)) = in_time(self.socket.next()).await {
            if let Message::Close(Some(frame)) = message {
                found = Some((frame.code.into(), frame.reason.to_string()));
            }
        }
        found
    }

    pub(super) async fn close(&mut self, code: u16, reason: &str) {
        let frame = CloseFrame {
            code: code.into(),
            reason: reason.to_owned().into(),
        };
        in_time(self.socket.close(Some(frame))).await.unwrap();
    }
}

pub(super) fn hello(auth: Option<Value>) -> Value {
    let mut hello = json!({
        "type": "hello-ok",
        "protocol": 4,
        "server": { "version": "9", "connId": "c1", "bootId": "b1" },
        "features": { "methods": [], "events": [] },
        "snapshot": {
            "presence": [],
            "health": {},
            "stateVersion": { "presence": 1, "health": 1 },
            "uptimeMs": 1,
            "sessionDefaults": {
                "defaultAgentId": "main",
                "mainKey": "main",
                "mainSessionKey": "agent:main:main",
                "scope": "per-sender",
                "modelConfigured": false
            },
            "authMode": "token"
        },
        "policy": { "maxPayload": 1, "maxBufferedBytes": 1, "tickIntervalMs": 30000 }
    });
    if let Some(auth) = auth {
        hello["auth"] = auth;
    }
    hello
}
