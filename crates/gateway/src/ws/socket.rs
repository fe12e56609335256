//! The socket interface: text in, frames out. The library behind it is named nowhere else.

mod goodbye;
mod input;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};

#[cfg(feature = "conformance")]
use bytes::Bytes;
use futures_util::{Sink, Stream};
use tidegate_outbox::Frame;
use tidegate_protocol::frame::event_tail;
use tidegate_protocol::limits::message_bytes;
use tidegate_protocol::version::Protocol;
use tokio::io::AsyncWrite;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::gauges::Gauges;
use super::meter::Meter;
#[cfg(feature = "conformance")]
use super::outgoing::BINARY;
use super::outgoing::{PING, TEXT};
use crate::tls::Io;

pub(crate) use input::{Input, Payload};

/// The read buffer of a connection, most of what an idle one costs; 128 KiB by the library's
/// default. A request fits; a message of 512 KiB takes 250 reads.
const BUFFER_BYTES: usize = 2 * 1024;
/// Bytes gathered before the socket is asked to take them.
const WRITE_AHEAD_BYTES: usize = 64 * 1024;

type Inner = WebSocketStream<Meter<Io>>;

pub(crate) struct Socket {
    inner: Inner,
    gauges: Arc<Gauges>,
    unflushed: usize,
    flushing: bool,
    /// The library has a pong to send.
    owes_pong: bool,
    /// The library has no whole message; to ask again without new bytes costs and gives nothing.
    awaits_bytes: bool,
}

impl Socket {
    pub(crate) async fn new(stream: Meter<Io>, gauges: Arc<Gauges>) -> Self {
        let largest = message_bytes(Protocol::V4);
        let mut config = WebSocketConfig::default();
        config.read_buffer_size = BUFFER_BYTES;
        // The library writes control frames only; they wait where the others do.
        config.write_buffer_size = 0;
        config.max_message_size = Some(largest);
        config.max_frame_size = Some(largest);
        config.accept_unmasked_frames = false;
        let inner = WebSocketStream::from_raw_socket(stream, Role::Server, Some(config)).await;
        Self {
            inner,
            gauges,
            unflushed: 0,
            flushing: false,
            owes_pong: false,
            awaits_bytes: false,
        }
    }

    /// The limit for messages from now on.
    pub(crate) fn set_message_limit(&mut self, bytes: usize) {
        self.inner.get_mut().set_message_limit(bytes);
    }

    /// Gives frames to the socket while it takes them. `next` is asked for the next frame.
    /// Ready when a close frame was given or the socket failed; else everything is written or
    /// the socket is full.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        mut next: impl FnMut(&mut Context<'_>) -> Poll<Frame>,
    ) -> Poll<Written> {
        loop {
            if self.unflushed >= WRITE_AHEAD_BYTES || self.flushing {
                match self.poll_flush(cx) {
                    Poll::Ready(true) => self.flushed(),
                    Poll::Ready(false) => return Poll::Ready(Written::Failed),
                    Poll::Pending => {
                        self.flushing = true;
                        self.gauges.write_blocked.store(true, Relaxed);
                        return Poll::Pending;
                    }
                }
            }
            let Poll::Ready(frame) = next(cx) else {
                if self.unflushed == 0 {
                    return Poll::Pending;
                }
                self.flushing = true;
                continue;
            };
            let out = self.inner.get_mut();
            self.unflushed += match frame {
                Frame::Reply(text) => out.push_frame(TEXT, &[text.as_bytes()]),
                Frame::Event { head, seq } => {
                    out.push_frame(TEXT, &[head.as_bytes(), event_tail(seq).as_bytes()])
                }
                Frame::Ping => out.push_frame(PING, &[]),
                Frame::Close { code, reason } => {
                    return Poll::Ready(Written::Closing { code, reason });
                }
            };
        }
    }

    /// Ready when everything is out; false if the socket failed. It goes past the library, unless
    /// that has something of its own.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        if self.owes_pong {
            return Pin::new(&mut self.inner)
                .poll_flush(cx)
                .map(|done| done.is_ok());
        }
        Pin::new(self.inner.get_mut())
            .poll_flush(cx)
            .map(|done| done.is_ok())
    }

    /// Writes what waits, for the handshake. Past the library: that would keep this task's waker,
    /// and with it the room of the whole handshake, as long as the connection lives.
    async fn flush(&mut self) -> bool {
        std::future::poll_fn(|cx| self.poll_flush(cx)).await
    }

    fn flushed(&mut self) {
        self.owes_pong = false;
        self.unflushed = 0;
        self.flushing = false;
        self.gauges.write_blocked.store(false, Relaxed);
    }

    /// The next message.
    pub(crate) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Input> {
        self.poll_payload(cx)
            .map(|read| read.map_or_else(|end| end, Payload::into_input))
    }

    /// The next message as it came; `Err` is any other input.
    pub(crate) fn poll_payload(&mut self, cx: &mut Context<'_>) -> Poll<Result<Payload, Input>> {
        loop {
            if self.awaits_bytes {
                std::task::ready!(self.inner.get_ref().poll_readable(cx));
            }
            let read = Pin::new(&mut self.inner).poll_next(cx);
            self.awaits_bytes = read.is_pending();
            let Some(read) = std::task::ready!(read) else {
                return Poll::Ready(Err(Input::Gone { code: 1006 }));
            };
            return Poll::Ready(match read {
                Ok(Message::Text(text)) => Ok(Payload::Text(String::from(text.as_str()))),
                Ok(Message::Binary(bytes)) => Ok(Payload::Binary(bytes)),
                Ok(Message::Close(frame)) => Err(Input::Gone {
                    code: frame.map_or(1005, |frame| frame.code.into()),
                }),
                // The library has queued the pong; it goes out with the next flush.
                Ok(Message::Ping(_)) => {
                    self.owes_pong = true;
                    self.flushing = true;
                    self.unflushed += 1;
                    cx.waker().wake_by_ref();
                    continue;
                }
                Ok(Message::Pong(_) | Message::Frame(_)) => continue,
                Err(error) => Err(match self.inner.get_ref().violation() {
                    Some(violation) => violation.into(),
                    None => Input::of(&error),
                }),
            });
        }
    }

    /// The next message, for the handshake.
    pub(crate) async fn read(&mut self) -> Input {
        std::future::poll_fn(|cx| self.poll_read(cx)).await
    }

    /// Sends one frame, for the handshake. False if the socket failed.
    pub(crate) async fn send(&mut self, text: String) -> bool {
        self.inner.get_mut().push_frame(TEXT, &[text.as_bytes()]);
        self.flush().await
    }

    /// Sends binary bytes back, for the echo of the conformance suite. False if the socket failed.
    #[cfg(feature = "conformance")]
    pub(crate) async fn send_binary(&mut self, bytes: Bytes) -> bool {
        self.inner.get_mut().push_frame(BINARY, &[&bytes]);
        self.flush().await
    }
}

/// Why writing ended.
#[derive(Debug)]
pub(crate) enum Written {
    /// The close frame is due.
    Closing {
        /// The close code.
        code: u16,
        /// The close reason.
        reason: String,
    },
    /// The socket failed.
    Failed,
}
