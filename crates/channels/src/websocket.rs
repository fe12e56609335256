//! WebSockets on the one HTTP client: the same TLS, the same roots, no proxy and no redirect.

use std::time::Duration;

use reqwest::header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, UPGRADE};
use reqwest::{StatusCode, Upgraded, Url};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use crate::http::{HttpClient, cause};

/// How long the handshake may take, the connection included.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);
/// Bytes that are read at once; messages of chat networks are small.
const READ_BYTES: usize = 16 * 1024;

/// An open socket.
pub(crate) type Socket = WebSocketStream<Upgraded>;

/// Why there is no socket. No variant holds the address: addresses hold tickets.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DialError {
    /// That is no address of a WebSocket.
    #[error("the network named an address that is no WebSocket's")]
    Address,
    /// Nobody there, or no answer in time.
    #[error("{0}")]
    Unreachable(String),
    /// Somebody answered, and opened no socket.
    #[error("the network answered {0} instead of opening a socket")]
    Answered(StatusCode),
}

/// Opens a socket. Messages of more than `max_bytes` break it.
pub(crate) async fn dial(
    http: &HttpClient,
    url: &str,
    max_bytes: usize,
) -> Result<Socket, DialError> {
    let stream = timeout(HANDSHAKE_TIMEOUT, shake_hands(http, web_address(url)?))
        .await
        .map_err(|_| DialError::Unreachable("the socket did not open in time".into()))??;
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BYTES)
        .max_message_size(Some(max_bytes))
        .max_frame_size(Some(max_bytes));
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
}

async fn shake_hands(http: &HttpClient, url: Url) -> Result<Upgraded, DialError> {
    let unreachable = |e: reqwest::Error| DialError::Unreachable(cause(&e));
    let key = generate_key();
    let response = http
        .inner()
        .get(url)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", &key)
        .send()
        .await
        .map_err(unreachable)?;
    let proof = response.headers().get(SEC_WEBSOCKET_ACCEPT);
    let proven = proof.is_some_and(|proof| *proof == derive_accept_key(key.as_bytes()));
    if response.status() != StatusCode::SWITCHING_PROTOCOLS || !proven {
        return Err(DialError::Answered(response.status()));
    }
    response.upgrade().await.map_err(unreachable)
}

/// The address under which HTTP knows the socket: `ws` is `http`, `wss` is `https`.
fn web_address(url: &str) -> Result<Url, DialError> {
    let rest = |scheme: &str| url.strip_prefix(scheme);
    let web = match (rest("wss://"), rest("ws://")) {
        (Some(rest), _) => format!("https://{rest}"),
        (None, Some(rest)) => format!("http://{rest}"),
        (None, None) => return Err(DialError::Address),
    };
    Url::parse(&web).map_err(|_| DialError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sockets_have_an_address() {
        let read = |url| web_address(url).map(|url| url.to_string()).ok();
        let secure = read("wss://chat.test/link?ticket=1");
        assert_eq!(secure.as_deref(), Some("https://chat.test/link?ticket=1"));
        assert_eq!(
            read("ws://127.0.0.1:1/").as_deref(),
            Some("http://127.0.0.1:1/")
        );
        for wrong in ["", "http://chat.test", "file:///etc/passwd", "wss://"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
