//! Stands between a socket and the WebSocket library: shows the [`Scan`] what comes, holds what goes
//! out until the socket takes it, and keeps the connection's [`Gauges`].

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::Semaphore;

use super::gauges::Gauges;
use super::outgoing::Outgoing;
use super::scan::{Limits, Scan, Violation};
use crate::tls::Io;

/// A stream whose inbound WebSocket frames are counted.
pub(crate) struct Meter<S> {
    stream: S,
    /// Bytes that came with the upgrade request.
    early: Bytes,
    scan: Scan,
    out: Outgoing,
    gauges: Arc<Gauges>,
}

impl<S> Meter<S> {
    pub(crate) fn new(
        stream: S,
        early: Bytes,
        limits: Limits,
        large: Arc<Semaphore>,
        gauges: Arc<Gauges>,
    ) -> Self {
        Self {
            stream,
            early,
            scan: Scan::new(limits, large),
            out: Outgoing::default(),
            gauges,
        }
    }

    /// The limit for messages that begin from now on.
    pub(crate) fn set_message_limit(&mut self, bytes: usize) {
        self.scan.set_message_limit(bytes);
    }

    /// From now on no limit ends the connection: what still comes is thrown away.
    pub(crate) fn leave(&mut self) {
        self.scan.leave();
    }

    /// Queues one frame; a flush writes it. Gives its size in bytes.
    pub(crate) fn push_frame(&mut self, kind: u8, parts: &[&[u8]]) -> usize {
        self.out.push_frame(kind, parts)
    }

    /// Whether the peer's close frame has passed.
    pub(crate) const fn close_seen(&self) -> bool {
        self.scan.close_seen()
    }

    pub(crate) const fn violation(&self) -> Option<Violation> {
        self.scan.violation()
    }
}

impl Meter<Io> {
    /// Ready when a read may give something: bytes, the end, or an error.
    pub(crate) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.early.is_empty() {
            self.stream.poll_readable(cx)
        } else {
            Poll::Ready(())
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Meter<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buf.filled().len();
        if this.early.is_empty() {
            std::task::ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        } else {
            let take = this.early.len().min(buf.remaining());
            buf.put_slice(this.early.get(..take).unwrap_or_default());
            this.early.advance(take);
        }
        let new = buf.filled().get(before..).unwrap_or_default();
        this.gauges.received(new.len());
        let fed = this.scan.feed(new);
        this.gauges.unfinished_bytes.store(
            this.scan.unfinished_bytes(),
            std::sync::atomic::Ordering::Relaxed,
        );
        if fed.is_err() {
            return Poll::Ready(Err(io::Error::other("limit exceeded")));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Meter<S> {
    /// What the library sends by itself: queued behind the frames that wait. It is little, since
    /// control frames are short and counted.
    fn poll_write(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.out.push_bytes(buf);
        Poll::Ready(Ok(buf.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        std::task::ready!(this.out.poll_drain(&mut this.stream, &this.gauges, cx))?;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(self.as_mut().poll_flush(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
