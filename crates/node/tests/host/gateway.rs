//! A gateway that lets every node in and says what a test wants.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tidegate_core::{IdGen, SystemIds};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, accept_async};

/// Long enough for a browser on a busy machine.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// An answer to `connect` that fits the wire.
const HELLO: &str = include_str!("../../../protocol/golden/connect.result.json");

pub(crate) struct Gateway {
    listener: TcpListener,
}

/// One node's connection.
pub(crate) struct Connection {
    socket: WebSocketStream<TcpStream>,
    /// What the node said of itself.
    pub(crate) params: Value,
    /// Events of the node, in order.
    pub(crate) events: Vec<Value>,
    /// What is told when the node asks for its canvas.
    pub(crate) canvas: Option<String>,
}

impl Gateway {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener }
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.listener.local_addr().unwrap())
    }

    /// The next node that comes.
    pub(crate) async fn node(&self) -> Connection {
        self.node_with(25 * 1024 * 1024).await
    }

    /// The next node, with this bound for its messages.
    pub(crate) async fn node_with(&self, max_payload: u64) -> Connection {
        let accept = async {
            let (stream, _) = self.listener.accept().await.unwrap();
            let mut socket = accept_async(stream).await.unwrap();
            let challenge = json!({"type": "event", "event": "connect.challenge", "payload": {"nonce": "n", "ts": 1}});
            socket
                .send(Message::text(challenge.to_string()))
                .await
                .unwrap();
            let request = read(&mut socket).await.unwrap();
            assert_eq!(request["method"], "connect");
            let mut hello: Value = serde_json::from_str(HELLO).unwrap();
            hello["policy"]["maxPayload"] = max_payload.into();
            let answer = json!({"type": "res", "id": request["id"], "ok": true, "payload": hello});
            socket
                .send(Message::text(answer.to_string()))
                .await
                .unwrap();
            Connection {
                socket,
                params: request["params"].clone(),
                events: Vec::new(),
                canvas: None,
            }
        };
        timeout(SOON, accept).await.unwrap()
    }
}

async fn read(socket: &mut WebSocketStream<TcpStream>) -> Option<Value> {
    loop {
        match socket.next().await?.ok()? {
            Message::Text(text) => return Some(serde_json::from_str(&text).unwrap()),
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

impl Connection {
    /// Asks the node for something; its id.
    pub(crate) async fn ask(&mut self, command: &str, params: Value, timeout_ms: u64) -> String {
        let id = SystemIds.uuid();
        self.ask_as(&id, command, params, timeout_ms).await;
        id
    }

    /// Asks under an id of the test's choice.
    pub(crate) async fn ask_as(&mut self, id: &str, command: &str, params: Value, timeout_ms: u64) {
        let payload = json!({
            "id": id,
            "nodeId": self.params["device"]["id"],
            "command": command,
            "paramsJSON": params.to_string(),
            "timeoutMs": timeout_ms,
        });
        let event = json!({"type": "event", "event": "node.invoke.request", "payload": payload});
        self.socket
            .send(Message::text(event.to_string()))
            .await
            .unwrap();
    }

    /// The next result; `None` if the node has gone.
    pub(crate) async fn result(&mut self) -> Option<Value> {
        self.until("node.invoke.result").await
    }

    /// The next event of the node that no command is waited for with.
    pub(crate) async fn event(&mut self) -> Value {
        self.until("node.event").await.unwrap()
    }

    /// Answers what the node asks up to the first call of this method; its params.
    async fn until(&mut self, method: &str) -> Option<Value> {
        timeout(SOON, async {
            loop {
                let request = read(&mut self.socket).await?;
                let params = request["params"].clone();
                let answer = match request["method"].as_str().unwrap() {
                    "node.invoke.result" => json!({"ok": true}),
                    "node.event" => {
                        self.events.push(params.clone());
                        json!({"ok": true})
                    }
                    "node.canvas.capability.refresh" => json!({
                        "canvasCapability": "secret",
                        "canvasCapabilityExpiresAtMs": 1,
                        "canvasHostUrl": self.canvas,
                    }),
                    // A refusal shows up in the test that did not expect it.
                    other => json!({"ok": false, "unexpected": other}),
                };
                let frame =
                    json!({"type": "res", "id": request["id"], "ok": true, "payload": answer});
                self.socket
                    .send(Message::text(frame.to_string()))
                    .await
                    .unwrap();
                if request["method"] == method {
                    return Some(params);
                }
            }
        })
        .await
        .unwrap()
    }

    /// Asks and waits for the result.
    pub(crate) async fn invoke(&mut self, command: &str, params: Value) -> Value {
        let id = self.ask(command, params, 40_000).await;
        let result = self.result().await.unwrap();
        assert_eq!(result["id"], id.as_str());
        assert_eq!(result["nodeId"], self.params["device"]["id"]);
        result
    }

    /// Asks and takes only a good answer.
    pub(crate) async fn good(&mut self, command: &str, params: Value) -> Value {
        let result = self.invoke(command, params).await;
        assert_eq!(result["ok"], true, "{command}: {result}");
        result["payload"].clone()
    }

    /// Asks and takes only a refusal with this code; its words.
    pub(crate) async fn refused(&mut self, command: &str, params: Value, code: &str) -> String {
        let result = self.invoke(command, params).await;
        assert_eq!(result["ok"], false, "{command}: {result}");
        assert_eq!(result["error"]["code"], code, "{result}");
        result["error"]["message"].as_str().unwrap().to_owned()
    }
}
