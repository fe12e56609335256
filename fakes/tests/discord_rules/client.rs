//! HTTP and gateway by hand.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tidegate_fakes::common::{DialError, Reply, Request, dial};
use tidegate_fakes::discord::{DiscordFake, Settings, Snowflake};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// For one answer.
pub(crate) const SOON: Duration = Duration::from_secs(10);
/// Guilds, guild messages, reactions, typing, direct messages and content.
pub(crate) const INTENTS: u64 = 1 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 15;

/// A vendor with a guild, a channel and a person, and its bot's REST calls.
pub(crate) struct Place {
    pub(crate) fake: DiscordFake,
    pub(crate) guild: Snowflake,
    pub(crate) channel: Snowflake,
    pub(crate) ada: Snowflake,
}

impl Place {
    pub(crate) async fn with(settings: Settings) -> Self {
        let fake = DiscordFake::start_with(settings, 1).await;
        let ada = fake.add_user("ada");
        let guild = fake.add_guild("Harbour");
        let channel = fake.add_text_channel(guild, "general");
        Self {
            fake,
            guild,
            channel,
            ada,
        }
    }

    pub(crate) async fn new() -> Self {
        Self::with(Settings::loose()).await
    }

    /// A call with any token and body.
    pub(crate) async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Reply, DialError> {
        let url = format!("{}{path}", self.fake.api_root());
        dial(&Request {
            method,
            url: &url,
            headers,
            body,
            deadline: SOON,
        })
        .await
    }

    /// A call of the bot that may be broken.
    pub(crate) async fn try_call(
        &self,
        method: &str,
        path: &str,
        body: &Value,
    ) -> Result<Reply, DialError> {
        let token = format!("Bot {}", self.fake.token());
        let headers = [
            ("authorization", &*token),
            ("content-type", "application/json"),
        ];
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        self.raw(method, path, &headers, body.as_bytes()).await
    }

    /// A call of the bot: status and body.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let reply = self.try_call(method, path, &body).await.unwrap();
        (
            reply.status,
            serde_json::from_slice(&reply.body).unwrap_or_default(),
        )
    }

    /// Status and the vendor's code of an error.
    pub(crate) async fn refusal(&self, method: &str, path: &str, body: Value) -> (u16, i64) {
        let (status, body) = self.call(method, path, body).await;
        (status, body["code"].as_i64().unwrap_or(-1))
    }

    pub(crate) fn messages(&self) -> String {
        format!("/channels/{}/messages", self.channel)
    }

    /// Posts text as the bot.
    pub(crate) async fn post(&self, text: &str) -> Value {
        let (status, message) = self
            .call("POST", &self.messages(), json!({ "content": text }))
            .await;
        assert_eq!(status, 200, "{message}");
        message
    }

    pub(crate) async fn gateway(&self) -> Gateway {
        let url = self
            .fake
            .api_root()
            .replace("http", "ws")
            .replace("/api/v10", "");
        Gateway::open(&format!("{url}/?v=10&encoding=json")).await
    }

    /// A gateway connection that has identified and heard READY and GUILD_CREATE.
    pub(crate) async fn listener(&self) -> (Gateway, Value) {
        let mut gateway = self.gateway().await;
        gateway.hello().await;
        gateway.identify(&self.fake.token(), INTENTS).await;
        let ready = gateway.event("READY").await;
        gateway.event("GUILD_CREATE").await;
        (gateway, ready)
    }
}

/// One gateway connection.
pub(crate) struct Gateway {
    ws: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Gateway {
    pub(crate) async fn open(url: &str) -> Self {
        let (ws, _) = timeout(SOON, connect_async(url)).await.unwrap().unwrap();
        Self { ws }
    }

    pub(crate) async fn send(&mut self, op: u64, data: Value) {
        let frame = json!({ "op": op, "d": data }).to_string();
        self.ws.send(Message::text(frame)).await.unwrap();
    }

    pub(crate) async fn send_text(&mut self, text: String) {
        self.ws.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn identify(&mut self, token: &str, intents: u64) {
        let data = json!({ "token": token, "intents": intents, "properties": {} });
        self.send(2, data).await;
    }

    pub(crate) async fn resume(&mut self, token: &str, session: &Value, seq: u64) {
        let data = json!({ "token": token, "session_id": session, "seq": seq });
        self.send(6, data).await;
    }

    /// The next frame, or the close code (1006 without one).
    pub(crate) async fn next(&mut self) -> Result<Value, u16> {
        let frame = timeout(SOON, self.ws.next())
            .await
            .unwrap_or_else(|_| panic!("silence"));
        match frame {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(Some(close)))) => Err(close.code.into()),
            _ => Err(1006),
        }
    }

    /// The next frame; it must have this opcode.
    pub(crate) async fn op(&mut self, op: u64) -> Value {
        let frame = self.next().await.unwrap();
        assert_eq!(frame["op"], op, "{frame}");
        frame
    }

    pub(crate) async fn hello(&mut self) -> u64 {
        self.op(10).await["d"]["heartbeat_interval"]
            .as_u64()
            .unwrap()
    }

    /// The data of the next frame, which must be this event.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        self.numbered(name).await.1
    }

    /// The same with its number.
    pub(crate) async fn numbered(&mut self, name: &str) -> (u64, Value) {
        let mut frame = self.op(0).await;
        assert_eq!(frame["t"], name, "{frame}");
        (frame["s"].as_u64().unwrap(), frame["d"].take())
    }

    /// Whether nothing comes for a moment; a heartbeat in between proves that the line is alive.
    pub(crate) async fn is_quiet(&mut self) -> bool {
        self.send(1, Value::Null).await;
        self.next().await.is_ok_and(|frame| frame["op"] == 11)
    }

    pub(crate) async fn close(mut self, code: u16) {
        let frame = tokio_tungstenite::tungstenite::protocol::CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.ws.close(Some(frame)).await.unwrap();
        while self.ws.next().await.is_some_and(|frame| frame.is_ok()) {}
    }
}
