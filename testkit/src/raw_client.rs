//! A WebSocket without manners: it sends what it is told and shows what comes.

use std::collections::VecDeque;
use std::io;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::in_time;

/// Code of a close frame without a code (RFC 6455 7.1.5).
const NO_CODE: u16 = 1005;
/// Stands for an end without a close frame.
const NO_FRAME: u16 = 1006;

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// The code; 1005 if the frame had none, 1006 if there was no close frame.
    pub code: u16,
    /// The reason.
    pub reason: String,
}

/// What a connection gives next.
#[derive(Debug, Clone, PartialEq)]
pub enum Got {
    /// A frame.
    Frame(Value),
    /// Its end.
    Closed(Closed),
}

/// One connection.
#[derive(Debug)]
pub struct RawClient {
    socket: WebSocketStream<TcpStream>,
    closed: Option<Closed>,
    /// Events that came while an answer was waited for.
    events: VecDeque<Value>,
    requests: u64,
}

impl RawClient {
    /// Opens a connection; the challenge is the first frame to read.
    ///
    /// # Errors
    /// No connection, or the upgrade was refused.
    pub async fn connect(port: u16, headers: &[(&str, &str)]) -> io::Result<Self> {
        let url = format!("ws://127.0.0.1:{port}/");
        let mut request = url.into_client_request().map_err(io::Error::other)?;
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).map_err(io::Error::other)?;
            let value = HeaderValue::try_from(*value).map_err(io::Error::other)?;
            request.headers_mut().append(name, value);
        }
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let upgraded = in_time("the upgrade", client_async(request, stream)).await?;
        let (socket, _) = upgraded.map_err(io::Error::other)?;
        Ok(Self {
            socket,
            closed: None,
            events: VecDeque::new(),
            requests: 0,
        })
    }

    /// Opens a connection as the owner: the secret, no device.
    ///
    /// # Errors
    /// It was refused.
    pub async fn owner(port: u16, token: &str, scopes: &[&str]) -> io::Result<Self> {
        Self::owner_who_can(port, token, scopes, &[]).await
    }

    /// The same, of a client that announces these capabilities.
    ///
    /// # Errors
    /// It was refused.
    pub async fn owner_who_can(
        port: u16,
        token: &str,
        scopes: &[&str],
        caps: &[&str],
    ) -> io::Result<Self> {
        let mut client = Self::connect(port, &[]).await?;
        client.next_frame().await?;
        let params = json!({
            "minProtocol": 3, "maxProtocol": 4,
            "client": { "id": "test", "version": "1", "platform": "linux", "mode": "test" },
            "scopes": scopes, "caps": caps, "auth": { "token": token },
        });
        let hello = client.request("connect", params).await?;
        if hello.get("ok") == Some(&Value::Bool(true)) {
            return Ok(client);
        }
        Err(io::Error::other(format!("refused: {hello}")))
    }

    /// Sends a text as it is.
    ///
    /// # Errors
    /// The connection is broken.
    pub async fn send_text(&mut self, text: String) -> io::Result<()> {
        let sent = in_time("sending", self.socket.send(Message::text(text))).await?;
        sent.map_err(io::Error::other)
    }

    /// The next frame, or the end; the same end again after it.
    ///
    /// # Errors
    /// Nothing came in time, or something that is not JSON.
    pub async fn next(&mut self) -> io::Result<Got> {
        loop {
            if let Some(closed) = &self.closed {
                return Ok(Got::Closed(closed.clone()));
            }
            match in_time("a frame", self.socket.next()).await? {
                Some(Ok(Message::Text(text))) => {
                    return serde_json::from_str(&text)
                        .map(Got::Frame)
                        .map_err(Into::into);
                }
                Some(Ok(Message::Close(frame))) => {
                    let (code, reason) = frame.map_or((NO_CODE, String::new()), |frame| {
                        (frame.code.into(), frame.reason.to_string())
                    });
                    self.closed = Some(Closed { code, reason });
                    // Sends our half of the close.
                    let _ = in_time("the close", self.socket.flush()).await?;
                }
                Some(Ok(_)) => {}
                None | Some(Err(_)) => {
                    let reason = String::new();
                    self.closed = Some(Closed {
                        code: NO_FRAME,
                        reason,
                    });
                }
            }
        }
    }

    /// The next frame.
    ///
    /// # Errors
    /// The connection ended, or nothing came in time.
    pub async fn next_frame(&mut self) -> io::Result<Value> {
        match self.next().await? {
            Got::Frame(frame) => Ok(frame),
            Got::Closed(closed) => Err(io::Error::other(format!("closed: {closed:?}"))),
        }
    }

    /// Sends a request and gives its first answer; events that come before it are kept.
    ///
    /// # Errors
    /// The connection ended, or no answer came in time.
    pub async fn request(&mut self, method: &str, params: Value) -> io::Result<Value> {
        self.requests += 1;
        let id = format!("raw-{}", self.requests);
        let frame = json!({ "type": "req", "id": id, "method": method, "params": params });
        self.send_text(frame.to_string()).await?;
        self.answer(&id).await
    }

    /// The next answer to a request, for instance the second one of `agent`.
    ///
    /// # Errors
    /// As [`Self::request`].
    pub async fn answer(&mut self, id: &str) -> io::Result<Value> {
        in_time(&format!("the answer to {id}"), async {
            loop {
                let frame = self.next_frame().await?;
                if frame.get("id").and_then(Value::as_str) == Some(id) {
                    return Ok(frame);
                }
                self.events.push_back(frame);
            }
        })
        .await?
    }

    /// The payload of the next event of this name that satisfies the test.
    ///
    /// # Errors
    /// The connection ended, or it did not come in time.
    pub async fn wait_event(
        &mut self,
        name: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> io::Result<Value> {
        let read = |frame: &Value| {
            let found = frame.get("event").and_then(Value::as_str) == Some(name);
            let payload = frame.get("payload").filter(|_| found)?;
            wanted(payload).then(|| payload.clone())
        };
        while let Some(frame) = self.events.pop_front() {
            if let Some(payload) = read(&frame) {
                return Ok(payload);
            }
        }
        in_time(&format!("the event {name}"), async {
            loop {
                if let Some(payload) = read(&self.next_frame().await?) {
                    return Ok(payload);
                }
            }
        })
        .await?
    }

    /// Reads to the end and gives it.
    ///
    /// # Errors
    /// It does not end in time.
    pub async fn closed(&mut self) -> io::Result<Closed> {
        in_time("the close", async {
            loop {
                if let Got::Closed(closed) = self.next().await? {
                    return Ok(closed);
                }
            }
        })
        .await?
    }

    /// Closes without a code, as the family's clients do, and reads to the end.
    ///
    /// # Errors
    /// The gateway does not answer the close in time.
    pub async fn close(&mut self) -> io::Result<Closed> {
        match in_time("the close", self.socket.close(None)).await? {
            Ok(()) | Err(tungstenite::Error::ConnectionClosed) => self.closed().await,
            Err(why) => Err(io::Error::other(why)),
        }
    }
}
