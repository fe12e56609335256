//! Watches the bytes of a connection pass by: holds those that go out until the socket takes them,
//! and reads the frame headers among those that come, so that a
//! limit is enforced when it is declared and not after the memory is spent: message size,
//! fragments, control frames, and large messages of the whole process (SECURITY T56, T57).

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tidegate_protocol::close::{CloseCode, POLICY, TOO_BIG, TRY_LATER};
use tidegate_protocol::limits::{
    CONTROL_FRAMES_PER_S, FRAGMENTS_PER_MESSAGE, PRE_AUTH_MESSAGE_BYTES,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::gauges::Gauges;
use super::outgoing::Outgoing;
use crate::tls::Io;

/// Messages above this size count against the budget of the process.
const LARGE_BYTES: u64 = 512 * 1024;
/// The kind of a close frame.
const CLOSE_OPCODE: u8 = 0x8;
/// Bytes of a client's frame header at most: 2, length 8, mask 4.
const HEADER_MAX: usize = 14;

/// Why a connection must end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) code: CloseCode,
    pub(crate) reason: &'static str,
}

const OVERSIZE: Violation = Violation {
    code: TOO_BIG,
    reason: "",
};
const FRAGMENTS: Violation = Violation {
    code: POLICY,
    reason: "too many fragments",
};
const CONTROL: Violation = Violation {
    code: POLICY,
    reason: "too many control frames",
};
const NO_ROOM: Violation = Violation {
    code: TRY_LATER,
    reason: "no room for large messages",
};

/// What a peer may send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Bytes of one message.
    pub(crate) message_bytes: usize,
    /// Fragments of one message.
    pub(crate) fragments: u32,
    /// Control frames in one second.
    pub(crate) control_frames_per_s: u32,
}

impl Limits {
    /// Those of every connection before hello-ok; after it only the message limit changes.
    pub(crate) const PRE_AUTH: Self = Self {
        message_bytes: PRE_AUTH_MESSAGE_BYTES,
        fragments: FRAGMENTS_PER_MESSAGE,
        control_frames_per_s: CONTROL_FRAMES_PER_S,
    };
}

/// A stream whose inbound WebSocket frames are counted.
pub(crate) struct Meter<S> {
    stream: S,
    /// Bytes that came with the upgrade request.
    early: Bytes,
    scan: Scan,
    out: Outgoing,
    gauges: Arc<Gauges>,
}

struct Scan {
    header: [u8; HEADER_MAX],
    have: usize,
    payload_left: u64,
    last_fragment: bool,
    opcode: u8,
    message_bytes: u64,
    /// Of the message that is not complete; 0 between messages.
    fragments: u32,
    limits: Limits,
    control_since: Instant,
    control_frames: u32,
    large: Arc<Semaphore>,
    reserved: Option<OwnedSemaphorePermit>,
    violation: Option<Violation>,
    /// The peer has said goodbye.
    close_seen: bool,
    /// We have said goodbye: frames are followed, and no longer judged.
    leaving: bool,
}

impl<S> Meter<S> {
    pub(crate) fn new(
        stream: S,
        early: Bytes,
        limits: Limits,
        large: Arc<Semaphore>,
        gauges: Arc<Gauges>,
    ) -> Self {
        let scan = Scan {
            header: [0; HEADER_MAX],
            have: 0,
            payload_left: 0,
            last_fragment: true,
            opcode: 0,
            message_bytes: 0,
            fragments: 0,
            limits,
            control_since: Instant::now(),
            control_frames: 0,
            large,
            reserved: None,
            violation: None,
            close_seen: false,
            leaving: false,
        };
        Self {
            stream,
            early,
            scan,
            out: Outgoing::default(),
            gauges,
        }
    }

    /// The limit for messages that begin from now on.
    pub(crate) fn set_message_limit(&mut self, bytes: usize) {
        self.scan.limits.message_bytes = bytes;
    }

    /// From now on no limit ends the connection: what still comes is thrown away.
    pub(crate) fn leave(&mut self) {
        self.scan.leaving = true;
        self.scan.reserved = None;
    }

    /// Queues one frame; a flush writes it. Gives its size in bytes.
    pub(crate) fn push_frame(&mut self, kind: u8, parts: &[&[u8]]) -> usize {
        self.out.push_frame(kind, parts)
    }

    /// Whether the peer's close frame has passed.
    pub(crate) const fn close_seen(&self) -> bool {
        self.scan.close_seen
    }

    pub(crate) const fn violation(&self) -> Option<Violation> {
        self.scan.violation
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

impl Scan {
    /// Reads headers in bytes that just arrived; all of them, so that the place in the stream is
    /// known after a violation too.
    fn feed(&mut self, mut bytes: &[u8]) -> Result<(), Violation> {
        let mut verdict = Ok(());
        while !bytes.is_empty() {
            if self.payload_left > 0 {
                let skip = usize::try_from(self.payload_left)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                self.payload_left -= skip as u64;
                bytes = bytes.get(skip..).unwrap_or_default();
                if self.payload_left == 0 {
                    self.frame_done();
                }
                continue;
            }
            let Some((first, rest)) = bytes.split_first() else {
                break;
            };
            bytes = rest;
            if let Some(place) = self.header.get_mut(self.have) {
                *place = *first;
                self.have += 1;
            }
            if let Some(length) = self.header_complete() {
                verdict = verdict.and(self.frame_begins(length));
            }
        }
        verdict
    }

    /// The declared length, once the whole header is there.
    fn header_complete(&self) -> Option<u64> {
        let [_, second, extended @ ..] = &self.header;
        if self.have < 2 {
            return None;
        }
        let masked = if second & 0x80 == 0 { 0 } else { 4 };
        let (length, bytes) = match second & 0x7f {
            126 => (
                extended
                    .first_chunk::<2>()
                    .map(|b| u64::from(u16::from_be_bytes(*b)))?,
                4,
            ),
            127 => (
                extended
                    .first_chunk::<8>()
                    .map(|b| u64::from_be_bytes(*b))?,
                10,
            ),
            short => (u64::from(short), 2),
        };
        (self.have >= bytes + masked).then_some(length)
    }

    const fn is_control(&self) -> bool {
        self.opcode & 0x08 != 0
    }

    fn frame_begins(&mut self, length: u64) -> Result<(), Violation> {
        let [first, ..] = self.header;
        self.have = 0;
        self.last_fragment = first & 0x80 != 0;
        self.opcode = first & 0x0f;
        self.payload_left = length;
        let verdict = if self.leaving {
            Ok(())
        } else {
            self.judge(length)
        };
        if length == 0 {
            self.frame_done();
        }
        verdict
    }

    fn judge(&mut self, length: u64) -> Result<(), Violation> {
        if self.is_control() {
            self.count_control()
        } else {
            self.fragments += 1;
            self.message_bytes = self.message_bytes.saturating_add(length);
            if self.message_bytes > self.limits.message_bytes as u64 {
                return Err(OVERSIZE);
            }
            if self.fragments > self.limits.fragments {
                return Err(FRAGMENTS);
            }
            self.reserve()
        }
    }

    fn count_control(&mut self) -> Result<(), Violation> {
        let now = Instant::now();
        if now.duration_since(self.control_since) >= Duration::from_secs(1) {
            self.control_since = now;
            self.control_frames = 0;
        }
        self.control_frames += 1;
        if self.control_frames > self.limits.control_frames_per_s {
            Err(CONTROL)
        } else {
            Ok(())
        }
    }

    /// Large messages share a budget; a message gets all of its part or the connection ends.
    fn reserve(&mut self) -> Result<(), Violation> {
        if self.message_bytes <= LARGE_BYTES {
            return Ok(());
        }
        let held = self
            .reserved
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits) as u64;
        let more = u32::try_from(self.message_bytes.saturating_sub(held)).map_err(|_| NO_ROOM)?;
        let permit = Arc::clone(&self.large)
            .try_acquire_many_owned(more)
            .map_err(|_| NO_ROOM)?;
        match &mut self.reserved {
            Some(held) => held.merge(permit),
            slot @ None => *slot = Some(permit),
        }
        Ok(())
    }

    fn frame_done(&mut self) {
        self.close_seen |= self.opcode == CLOSE_OPCODE;
        if self.last_fragment && !self.is_control() {
            self.message_bytes = 0;
            self.fragments = 0;
            self.reserved = None;
        }
    }

    fn unfinished_bytes(&self) -> u64 {
        if self.fragments > 0 {
            self.message_bytes.saturating_sub(self.payload_left).max(1)
        } else {
            u64::from(self.have > 0)
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
        if let Err(violation) = fed {
            this.scan.violation = Some(violation);
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scan(limit: u64, large: usize) -> Scan {
        let limits = Limits {
            message_bytes: usize::try_from(limit).unwrap(),
            ..Limits::PRE_AUTH
        };
        let meter = Meter::new(
            (),
            Bytes::new(),
            limits,
            Arc::new(Semaphore::new(large)),
            Arc::default(),
        );
        meter.scan
    }

    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut bytes = vec![first];
        match length {
            0..=125 => bytes.push(0x80 | u8::try_from(length).unwrap()),
            126..=65535 => {
                bytes.push(0x80 | 0x7e);
                bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            _ => {
                bytes.push(0x80 | 0x7f);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(std::iter::repeat_n(b'x', length));
        bytes
    }

    #[tokio::test(start_paused = true)]
    async fn limits_are_enforced_at_the_header() {
        assert_eq!(
            scan(1000, 0).feed(&frame(0x81, 1001)[..8]),
            Err(OVERSIZE),
            "before any payload"
        );
        let mut s = scan(1000, 0);
        let fragment = frame(0x01, 600);
        s.feed(&fragment).unwrap();
        assert_eq!(
            s.feed(&frame(0x80, 401)),
            Err(OVERSIZE),
            "the sum of fragments counts"
        );
        let mut s = scan(1000, 0);
        s.feed(&frame(0x01, 0)).unwrap();
        for _ in 1..FRAGMENTS_PER_MESSAGE {
            s.feed(&frame(0x00, 0)).unwrap();
        }
        assert_eq!(s.feed(&frame(0x00, 0)), Err(FRAGMENTS));
    }

    #[tokio::test(start_paused = true)]
    async fn ten_control_frames_a_second() {
        let mut s = scan(1000, 0);
        for _ in 0..CONTROL_FRAMES_PER_S {
            s.feed(&frame(0x89, 5)).unwrap();
        }
        assert_eq!(s.feed(&frame(0x89, 5)), Err(CONTROL));
        tokio::time::advance(Duration::from_secs(1)).await;
        s.feed(&frame(0x89, 5)).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_peers_goodbye_is_found_behind_a_violation() {
        let mut s = scan(10, 0);
        let mut bytes = frame(0x81, 300);
        bytes.extend(frame(0x88, 2));
        assert_eq!(s.feed(&bytes[..100]), Err(OVERSIZE));
        s.leaving = true;
        s.feed(&bytes[100..bytes.len() - 1]).unwrap();
        assert!(!s.close_seen, "one byte of it is missing");
        s.feed(&bytes[bytes.len() - 1..]).unwrap();
        assert!(s.close_seen);
    }

    #[tokio::test(start_paused = true)]
    async fn large_messages_share_a_budget_and_give_it_back() {
        let size = 600 * 1024;
        let mut s = scan(1 << 30, size);
        s.feed(&frame(0x81, size)).unwrap();
        assert_eq!(s.large.available_permits(), size);
        s.feed(&frame(0x81, size)[..20]).unwrap();
        assert_eq!(s.large.available_permits(), 0);
        assert_eq!(
            scan(1 << 30, size - 1).feed(&frame(0x81, size)),
            Err(NO_ROOM)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// However the bytes are cut, the same frames are seen.
        #[test]
        fn cutting_does_not_matter(lengths in proptest::collection::vec(0usize..70_000, 1..4), cut in 1usize..9000) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            let _guard = runtime.enter();
            let mut bytes = Vec::new();
            for length in &lengths {
                bytes.extend(frame(0x81, *length));
            }
            let mut s = scan(70_000, 0);
            for piece in bytes.chunks(cut) {
                prop_assert_eq!(s.feed(piece), Ok(()));
            }
            prop_assert!(s.fragments == 0);
            prop_assert_eq!(s.unfinished_bytes(), 0);
        }
    }
}
