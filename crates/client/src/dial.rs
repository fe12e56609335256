//! TCP, and the upgrade to a WebSocket.

use std::io;

use tokio::net::{TcpStream, lookup_host};
use tokio_tungstenite::client_async_with_config;
use tokio_tungstenite::tungstenite::{self, protocol::WebSocketConfig};

use crate::address::Address;
use crate::error::{Error, ErrorKind, Phase};
use crate::link::Socket;
use crate::wire::Wire;

/// Largest message that is taken from a gateway (V3 1.1).
const MAX_MESSAGE_BYTES: usize = 25 * 1024 * 1024;
/// Most characters of an HTTP answer that are shown.
const SAID_CHARS: usize = 200;
/// Begins small: most answers are.
const BUFFER_BYTES: usize = 16 * 1024;

pub(crate) async fn dial(address: &Address) -> Result<TcpStream, Error> {
    let failed = |why: &io::Error| {
        Error::new(
            Phase::Dial,
            ErrorKind::Dial {
                kind: why.kind(),
                text: why.to_string(),
            },
        )
    };
    let found = lookup_host((address.host(), address.port()))
        .await
        .map_err(|why| failed(&why))?;
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    for candidate in found {
        // A credential for this host must not follow a name that was pointed elsewhere.
        if address.is_localhost() && !candidate.ip().is_loopback() {
            continue;
        }
        match TcpStream::connect(candidate).await {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(|why| failed(&why))?;
                return Ok(stream);
            }
            Err(why) => last = why,
        }
    }
    Err(failed(&last))
}

pub(crate) async fn upgrade(address: &Address, stream: Box<dyn Wire>) -> Result<Socket, Error> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE_BYTES))
        .max_frame_size(Some(MAX_MESSAGE_BYTES))
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES);
    match client_async_with_config(address.url(), stream, Some(config)).await {
        Ok((socket, _)) => Ok(socket),
        Err(why) => {
            let (status, text) = match &why {
                tungstenite::Error::Http(response) => {
                    let status = response.status();
                    let said = response.body().as_deref().map(said).unwrap_or_default();
                    (
                        Some(status.as_u16()),
                        format!("it answered with HTTP status {status}{said}"),
                    )
                }
                other => (None, other.to_string()),
            };
            Err(Error::new(
                Phase::Upgrade,
                ErrorKind::Upgrade { status, text },
            ))
        }
    }
}

/// The first line of an HTTP answer's text, as much of it as can be shown.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let line: String = text
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(SAID_CHARS)
        .collect();
    if line.is_empty() {
        line
    } else {
        format!(": {line}")
    }
}
