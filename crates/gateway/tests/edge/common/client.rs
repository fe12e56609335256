//! A client that keeps the rules of the protocol.

use std::collections::VecDeque;
use std::net::SocketAddr;

use futures_util::{FutureExt, SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderName;
use tokio_tungstenite::tungstenite::http::header::HeaderValue;
use tokio_tungstenite::{WebSocketStream, client_async};

use super::{Device, TOKEN, in_time, settle};

/// A header of a proxy: whoever sends it is not on this machine.
pub(crate) const FORWARDED: (&str, &str) = ("x-forwarded-for", "203.0.113.9");

/// The `connect` of a test client with the shared secret, for protocols 3 to `newest`.
pub(crate) fn asks(newest: u32, scopes: &[&str]) -> Value {
    json!({
        "minProtocol": 3, "maxProtocol": newest,
        "client": { "id": "test", "version": "1", "platform": "linux", "mode": "test" },
        "role": "operator", "scopes": scopes,
        "auth": { "token": TOKEN },
    })
}

pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
    /// The payload of the first frame.
    pub(crate) challenge: Value,
    /// Events that came while something else was waited for.
    events: VecDeque<Value>,
    next_id: u64,
}

impl Client {
    pub(crate) async fn open(addr: SocketAddr) -> Self {
        Self::open_with(addr, &[]).await
    }

    /// Upgrades with these headers and reads the challenge.
    pub(crate) async fn open_with(addr: SocketAddr, headers: &[(&str, &str)]) -> Self {
        Self::open_host(addr, &addr.to_string(), headers).await
    }

    /// Upgrades under this Host.
    pub(crate) async fn open_host(addr: SocketAddr, host: &str, headers: &[(&str, &str)]) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        Self::upgrade(stream, host, headers).await
    }

    async fn upgrade(stream: TcpStream, host: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = format!("ws://{host}/").into_client_request().unwrap();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request
                .headers_mut()
                .append(name, HeaderValue::from_str(value).unwrap());
        }
        let (socket, _) = in_time("the upgrade", client_async(request, stream))
            .await
            .unwrap();
        let mut client = Self {
            socket,
            challenge: Value::Null,
            events: VecDeque::new(),
            next_id: 0,
        };
        let first = client.frame().await;
        assert_eq!(first["event"], "connect.challenge", "{first}");
        assert!(first.get("seq").is_none(), "{first}");
        client.challenge = first["payload"].clone();
        client
    }

    /// Sends one `connect` and gives the answer.
    pub(crate) async fn connect(&mut self, params: &Value) -> Value {
        self.call("connect", params.clone()).await
    }

    /// Sends one `connect` with the proof of a device and gives the answer.
    pub(crate) async fn connect_as(&mut self, device: &Device, params: &Value) -> Value {
        let params = device.prove(params, &self.challenge);
        self.connect(&params).await
    }

    /// Sends a request and gives its answer; of two answers the first.
    pub(crate) async fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params).await;
        self.answer(&id).await
    }

    /// Sends a request that must go well, and gives the payload.
    pub(crate) async fn get(&mut self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params).await;
        assert_eq!(answer["ok"], true, "{method}: {answer}");
        answer["payload"].clone()
    }

    /// Sends a request and gives its id.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> String {
        self.next_id += 1;
        let id = format!("r{}", self.next_id);
        let frame = json!({ "type": "req", "id": id, "method": method, "params": params });
        self.say(&frame.to_string()).await;
        id
    }

    pub(crate) async fn say(&mut self, text: &str) {
        in_time("sending", self.socket.send(Message::text(text)))
            .await
            .unwrap();
    }

    pub(crate) async fn say_bytes(&mut self, bytes: Vec<u8>) {
        in_time("sending", self.socket.send(Message::binary(bytes)))
            .await
            .unwrap();
    }

    /// The next answer to a request.
    pub(crate) async fn answer(&mut self, id: &str) -> Value {
        loop {
            let frame = self.frame().await;
            if frame["type"] == "res" && frame["id"] == id {
                return frame;
            }
            assert_eq!(frame["type"], "event", "unexpected: {frame}");
            self.events.push_back(frame);
        }
    }

    /// The next answer, whatever it answers.
    pub(crate) async fn any_answer(&mut self) -> Value {
        loop {
            let frame = self.frame().await;
            if frame["type"] == "res" {
                return frame;
            }
            self.events.push_back(frame);
        }
    }

    /// The next event for which the question is answered with yes; earlier others are forgotten.
    pub(crate) async fn event_where(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = match self.events.pop_front() {
                Some(event) => event,
                None => self.frame().await,
            };
            if event["type"] == "event" && wanted(&event) {
                return event;
            }
        }
    }

    pub(crate) async fn event(&mut self, name: &str) -> Value {
        self.event_where(|event| event["event"] == name).await
    }

    /// The next frame, whatever it is: events that were put aside first.
    pub(crate) async fn any(&mut self) -> Value {
        match self.events.pop_front() {
            Some(event) => event,
            None => self.frame().await,
        }
    }

    /// Whether a frame has come that was not read yet.
    pub(crate) async fn pending(&mut self) -> bool {
        settle().await;
        if self.events.is_empty()
            && let Some(Some(Ok(Message::Text(text)))) = self.socket.next().now_or_never()
        {
            self.events.push_back(serde_json::from_str(&text).unwrap());
        }
        !self.events.is_empty()
    }

    /// The next frame from the socket.
    async fn frame(&mut self) -> Value {
        match self.message().await {
            Some(Message::Text(text)) => serde_json::from_str(&text).unwrap(),
            other => panic!("a frame was expected, not {other:?}"),
        }
    }

    async fn message(&mut self) -> Option<Message> {
        loop {
            let message = in_time("a frame", self.socket.next()).await;
            match message {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(message)) => return Some(message),
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Reads to the end: the code and reason of the close frame. `None`: there was none.
    pub(crate) async fn closed(&mut self) -> Option<(u16, String)> {
        let mut close = None;
        while let Some(message) = self.message().await {
            match message {
                Message::Close(frame) => {
                    close = Some(frame.map_or((1005, String::new()), |f| {
                        (f.code.into(), f.reason.to_string())
                    }));
                }
                Message::Text(text) => self.events.push_back(serde_json::from_str(&text).unwrap()),
                _ => {}
            }
        }
        close
    }

    /// A frame that came before the end.
    pub(crate) fn kept(&mut self) -> Option<Value> {
        self.events.pop_front()
    }

    /// Says goodbye and reads to the end.
    pub(crate) async fn leave(mut self) {
        let _ = in_time("goodbye", self.socket.close(None)).await;
        while self.message().await.is_some() {}
    }
}
