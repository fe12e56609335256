//! Somebody in front of a browser that has no window: presses what is there, as a mouse does.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::in_time;

/// Starts Chromium with a port beside the pipes of whoever drives it.
const WITH_PORT: &str = "#!/bin/sh\nexec chromium --remote-debugging-port=0 \"$@\"\n";
/// How often a file is looked for.
const LOOK: Duration = Duration::from_millis(20);

/// It reaches the browser over a port, which [`Finger::browser`] opens and nobody else does.
#[derive(Debug)]
pub struct Finger {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    asked: u64,
}

impl Finger {
    /// Writes a program into this folder that starts the browser so that a finger reaches it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn browser(folder: &Path) -> io::Result<PathBuf> {
        let program = folder.join("browser");
        std::fs::write(&program, WITH_PORT)?;
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755))?;
        Ok(program)
    }

    /// In front of the one page of the browser whose profile is in a folder of this one.
    ///
    /// # Errors
    /// There is no such browser, or it does not answer.
    pub async fn at(scratch: &Path) -> io::Result<Self> {
        let socket = in_time("the browser", reached(scratch)).await?;
        let mut finger = Self {
            socket,
            session: None,
            asked: 0,
        };
        let targets = finger.ask("Target.getTargets", json!({})).await?;
        let all = targets.pointer("/targetInfos").and_then(Value::as_array);
        let page = all
            .into_iter()
            .flatten()
            .find(|one| one.get("type") == Some(&json!("page")) && has(one, "attached"));
        let id = page.and_then(|page| page.get("targetId"));
        let id = id.ok_or_else(|| odd(&targets.to_string()))?;
        let attach = json!({"targetId": id, "flatten": true});
        let attached = finger.ask("Target.attachToTarget", attach).await?;
        let session = attached.get("sessionId").and_then(Value::as_str);
        finger.session = session.map(str::to_owned);
        Ok(finger)
    }

    /// Presses in the middle of what this selector finds.
    ///
    /// # Errors
    /// There is no such thing on the page.
    pub async fn press(&mut self, selector: &str) -> io::Result<()> {
        let expression = format!(
            "(() => {{ const box = document.querySelector({selector:?}).getBoundingClientRect(); \
             return {{x: box.x + box.width / 2, y: box.y + box.height / 2}}; }})()"
        );
        let ask = json!({"expression": expression, "returnByValue": true});
        let said = self.ask("Runtime.evaluate", ask).await?;
        let side = |name: &str| said.pointer(&format!("/result/value/{name}")).cloned();
        let (Some(x), Some(y)) = (side("x"), side("y")) else {
            return Err(odd(&said.to_string()));
        };
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.ask("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    async fn ask(&mut self, method: &str, params: Value) -> io::Result<Value> {
        in_time(method, self.talk(method, params)).await?
    }

    async fn talk(&mut self, method: &str, params: Value) -> io::Result<Value> {
        self.asked += 1;
        let mut message = json!({"id": self.asked, "method": method, "params": params});
        if let (Some(session), Some(fields)) = (&self.session, message.as_object_mut()) {
            fields.insert("sessionId".into(), session.as_str().into());
        }
        let text = Message::text(message.to_string());
        self.socket.send(text).await.map_err(io::Error::other)?;
        loop {
            let said = self.socket.next().await;
            let said = said.ok_or_else(|| odd("it is gone"))?;
            let said = said.map_err(io::Error::other)?;
            let mut said: Value = serde_json::from_slice(&said.into_data())?;
            if said.get("id") == Some(&json!(self.asked)) {
                let result = said.get_mut("result").map(Value::take);
                return result.ok_or_else(|| odd(&said.to_string()));
            }
        }
    }
}

fn has(value: &Value, name: &str) -> bool {
    value.get(name) == Some(&Value::Bool(true))
}

fn odd(said: &str) -> io::Error {
    io::Error::other(format!("the browser said: {said}"))
}

/// The way to the browser that lives. A folder may be left over from one that does not.
async fn reached(scratch: &Path) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    let mut tick = tokio::time::interval(LOOK);
    loop {
        tick.tick().await;
        let folders = std::fs::read_dir(scratch).into_iter().flatten().flatten();
        for folder in folders {
            let Some(address) = address(&folder.path()) else {
                continue;
            };
            if let Ok((socket, _)) = connect_async(address).await {
                return socket;
            }
        }
    }
}

/// Where the browser of a folder says that it listens: a port, and a path.
fn address(folder: &Path) -> Option<String> {
    let said = std::fs::read_to_string(folder.join("profile/DevToolsActivePort")).ok()?;
    let (port, path) = said.trim().split_once('\n')?;
    Some(format!("ws://127.0.0.1:{port}{path}"))
}
