//! The end of a connection, as RFC 6455 wants it. No peer makes us wait long for it.

use std::time::Duration;

use futures_util::StreamExt;
use tidegate_protocol::limits::CLOSE_REASON_BYTES;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Utf8Bytes;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode as WireCode;

use super::{BUFFER_BYTES, Socket};

/// How long a goodbye to somebody who must give way may take.
const ABANDON_WAIT: Duration = Duration::from_millis(50);
/// How long the peer may take to answer a close.
const CLOSE_WAIT: Duration = Duration::from_secs(1);

impl Socket {
    /// Says goodbye without waiting for an answer.
    pub(crate) async fn abandon(mut self, code: u16, reason: &str) {
        let _ =
            tokio::time::timeout(ABANDON_WAIT, self.inner.close(Some(frame(code, reason)))).await;
    }

    /// Says goodbye and waits a moment for the peer's answer, so that the close frame arrives
    /// even if the peer is still sending.
    pub(crate) async fn close(&mut self, code: u16, reason: &str) {
        let goodbye = async {
            let _ = self.inner.close(Some(frame(code, reason))).await;
            // Whatever still comes is read and thrown away below the library, which may refuse to
            // read on after an error. The server ends TCP as soon as both have said goodbye.
            let raw = self.inner.get_mut();
            raw.leave();
            let mut rest = vec![0; BUFFER_BYTES];
            let flushed = raw.flush().await.is_ok();
            while flushed && !raw.close_seen() && matches!(raw.read(&mut rest).await, Ok(1..)) {}
        };
        // On the heap: a connection would else keep room for its end all its life.
        let _ = Box::pin(tokio::time::timeout(CLOSE_WAIT, goodbye)).await;
    }

    /// The peer said goodbye: answers it.
    pub(crate) async fn answer_close(&mut self) {
        let goodbye = async {
            while let Some(Ok(_)) = self.inner.next().await {}
            // The library ends with its answer written, but not out.
            let _ = self.inner.get_mut().flush().await;
        };
        let _ = Box::pin(tokio::time::timeout(CLOSE_WAIT, goodbye)).await;
    }
}

fn frame(code: u16, reason: &str) -> CloseFrame {
    CloseFrame {
        code: WireCode::from(code),
        reason: Utf8Bytes::from(cut(reason)),
    }
}

/// A close reason fits into a control frame.
fn cut(reason: &str) -> &str {
    let mut end = reason.len().min(CLOSE_REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    reason.get(..end).unwrap_or_default()
}
