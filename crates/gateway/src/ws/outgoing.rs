//! Bytes on their way out: whole frames, in order. A server's frames carry no mask, so data frames
//! are made here and not by the library, whose buffer keeps the size of its largest message for
//! ever. What the library sends by itself, pongs and closes, passes through the same queue.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite;

use super::gauges::Gauges;

/// Kinds of frames.
pub(super) const TEXT: u8 = 0x1;
#[cfg(feature = "conformance")]
pub(super) const BINARY: u8 = 0x2;
pub(super) const PING: u8 = 0x9;
/// A frame that is the whole message.
const FINAL: u8 = 0x80;

/// Frames that the socket has not taken.
#[derive(Default)]
pub(super) struct Outgoing(BytesMut);

impl Outgoing {
    /// Adds bytes that are whole frames already, or the next piece of one.
    pub(super) fn push_bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// Adds one frame; its payload may come in parts. Gives its size in bytes.
    pub(super) fn push_frame(&mut self, kind: u8, parts: &[&[u8]]) -> usize {
        let before = self.0.len();
        let length = parts.iter().map(|part| part.len()).sum::<usize>();
        self.0.reserve(length + 10);
        self.0.extend_from_slice(&[FINAL | kind]);
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short @ ..0x7e), _) => self.0.extend_from_slice(&[short]),
            (_, Ok(medium)) => {
                self.0.extend_from_slice(&[0x7e]);
                self.0.extend_from_slice(&medium.to_be_bytes());
            }
            _ => {
                self.0.extend_from_slice(&[0x7f]);
                self.0.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        for part in parts {
            self.0.extend_from_slice(part);
        }
        self.0.len() - before
    }

    /// Ready when the socket has taken everything; then the room is given back.
    pub(super) fn poll_drain<S: AsyncWrite + Unpin>(
        &mut self,
        stream: &mut S,
        gauges: &Gauges,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        while !self.0.is_empty() {
            let written = std::task::ready!(Pin::new(&mut *stream).poll_write(cx, &self.0))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            gauges.sent(written);
            self.0.advance(written);
        }
        self.0 = BytesMut::new();
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

    /// The library's own writer is the oracle.
    #[test]
    fn a_frame_is_the_same_as_the_librarys() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            let text = "x".repeat(length);
            let mut expected = Vec::new();
            Frame::message(text.clone(), OpCode::Data(Data::Text), true)
                .format(&mut expected)
                .unwrap();
            let (head, tail) = text.as_bytes().split_at(length / 2);
            let mut out = Outgoing::default();
            assert_eq!(out.push_frame(TEXT, &[head, tail]), expected.len());
            assert!(out.0 == expected, "{length}");
        }
    }

    #[tokio::test]
    async fn a_full_socket_is_waited_for_and_the_room_is_given_back() {
        let (mut near, mut far) = tokio::io::duplex(1000);
        let (mut out, gauges) = (Outgoing::default(), Gauges::default());
        out.push_frame(TEXT, &[&[b'x'; 1500]]);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(out.poll_drain(&mut near, &gauges, &mut cx).is_pending());
        let mut got = vec![0; 1000];
        tokio::io::AsyncReadExt::read_exact(&mut far, &mut got)
            .await
            .unwrap();
        assert!(out.poll_drain(&mut near, &gauges, &mut cx).is_ready());
        assert_eq!((out.0.len(), out.0.capacity()), (0, 0));
    }
}
