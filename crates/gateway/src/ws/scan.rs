//! Reads the frame headers among the bytes of a peer, so that a limit is enforced when it is
//! declared and not after the memory is spent: message size, fragments, control frames, and large
//! messages of the whole process (SECURITY T56, T57).

use std::sync::Arc;
use std::time::Duration;

use tidegate_protocol::close::{CloseCode, POLICY, TOO_BIG, TRY_LATER};
use tidegate_protocol::limits::{
    CONTROL_FRAMES_PER_S, FRAGMENTS_PER_MESSAGE, PRE_AUTH_MESSAGE_BYTES,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

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

/// Where in the stream of frames a peer is, and what it has used of its limits.
pub(super) struct Scan {
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

impl Scan {
    /// Before the first byte. Large messages take their room from `large`.
    pub(super) fn new(limits: Limits, large: Arc<Semaphore>) -> Self {
        Self {
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
        }
    }

    /// The limit for messages that begin from now on.
    pub(super) const fn set_message_limit(&mut self, bytes: usize) {
        self.limits.message_bytes = bytes;
    }

    /// From now on frames are followed, and no longer judged.
    pub(super) fn leave(&mut self) {
        self.leaving = true;
        self.reserved = None;
    }

    /// Whether the peer's close frame has passed.
    pub(super) const fn close_seen(&self) -> bool {
        self.close_seen
    }

    /// What of its limits the peer has broken.
    pub(super) const fn violation(&self) -> Option<Violation> {
        self.violation
    }

    /// Reads headers in bytes that just arrived; all of them, so that the place in the stream is
    /// known after a violation too.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), Violation> {
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
        self.violation = verdict.err().or(self.violation);
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

    /// Bytes of the message, or of the header, that has begun and is not complete.
    pub(super) fn unfinished_bytes(&self) -> u64 {
        if self.fragments > 0 {
            self.message_bytes.saturating_sub(self.payload_left).max(1)
        } else {
            u64::from(self.have > 0)
        }
    }
}

#[cfg(test)]
mod tests;
