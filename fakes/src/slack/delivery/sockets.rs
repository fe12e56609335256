//! The sockets that are open, and the envelopes that wait for an acknowledgement on them.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::dispatch::Waiting;
use crate::common::Line;
use crate::slack::rules::MOST_SOCKETS;
use crate::slack::world::names;

/// Frames that one socket's task has not written yet. A test that is ahead by more has lost
/// its client; the next frame then counts as sent to nobody.
const MOST_FRAMES: usize = 4096;
/// Pings without a pong after which a socket gets no more envelopes.
const MOST_UNANSWERED: u32 = 3;
/// Where a frame is cut in the middle: behind its header, inside its first words.
const CUT_AFTER_BYTES: usize = 20;

/// Why the server says `disconnect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The server will close this socket in about 10 s.
    Warning,
    /// The server wants a new socket instead of this one.
    RefreshRequested,
    /// Somebody turned Socket Mode off: no new socket until it is on again.
    LinkDisabled,
}

/// What a socket's task shall write.
#[derive(Debug)]
pub(super) enum Frame {
    Text(String),
    Close,
}

#[derive(Default)]
pub(in crate::slack) struct Sockets {
    last: u64,
    cursor: u64,
    open: BTreeMap<u64, Socket>,
    waiting: HashMap<String, oneshot::Sender<Value>>,
    tickets: HashMap<String, Instant>,
    /// The next sockets that will hear no `hello`.
    mute: usize,
    cut_next_frame: bool,
    pings_stopped: bool,
    disabled: bool,
}

struct Socket {
    frames: mpsc::Sender<Frame>,
    line: Line,
    ready: bool,
    retiring: bool,
    unanswered: u32,
}

/// A socket that was just let in.
pub(super) struct Entered {
    pub(super) id: u64,
    pub(super) frames: mpsc::Receiver<Frame>,
    /// True if it heard `hello`.
    pub(super) greeted: bool,
}

impl Sockets {
    /// Notes a URL that may be used once until it is too old. None while Socket Mode is off.
    pub(in crate::slack) fn issue(&mut self, ticket: String, lives: Duration) -> Option<String> {
        if self.disabled {
            return None;
        }
        let now = Instant::now();
        self.tickets.retain(|_, until| *until > now);
        self.tickets.insert(ticket.clone(), now + lives);
        Some(ticket)
    }

    /// Uses up a ticket. False if it is unknown, was used, or is too old.
    pub(super) fn redeem(&mut self, ticket: &str) -> bool {
        let until = self.tickets.remove(ticket);
        until.is_some_and(|until| until > Instant::now())
    }

    /// Lets a socket in and greets it. One too many is told so instead.
    pub(super) fn enter(&mut self, line: Line) -> Entered {
        self.last += 1;
        let id = self.last;
        let (sender, frames) = mpsc::channel(MOST_FRAMES);
        let greeted = self.greet(&sender);
        let socket = Socket {
            frames: sender,
            line,
            ready: greeted,
            retiring: false,
            unanswered: 0,
        };
        self.open.insert(id, socket);
        Entered {
            id,
            frames,
            greeted,
        }
    }

    fn greet(&mut self, frames: &mpsc::Sender<Frame>) -> bool {
        let say = |text: Value| frames.try_send(Frame::Text(text.to_string())).is_ok();
        if self.open.len() >= MOST_SOCKETS {
            say(disconnect("too_many_websockets"));
            let _closed = frames.try_send(Frame::Close);
            return false;
        }
        if self.mute > 0 {
            self.mute -= 1;
            return false;
        }
        say(json!({
            "type": "hello", "num_connections": self.open.len() + 1,
            "debug_info": {
                "host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": names::APP},
        }))
    }

    /// The socket is gone; its envelopes wait on for their time.
    pub(super) fn leave(&mut self, id: u64) {
        self.open.remove(&id);
    }

    /// Puts an envelope on the next socket in turn. Any socket of an app may get any envelope;
    /// those that were told to go only if there is no other.
    pub(super) fn send(&mut self, envelope_id: String, text: String) -> Option<Waiting> {
        let id = self.choose(false).or_else(|| self.choose(true))?;
        self.cursor = id;
        let socket = self.open.get(&id)?;
        if std::mem::take(&mut self.cut_next_frame) {
            socket.line.cut_after(CUT_AFTER_BYTES);
        }
        socket.frames.try_send(Frame::Text(text)).ok()?;
        let (sender, ack) = oneshot::channel();
        self.waiting.insert(envelope_id.clone(), sender);
        Some(Waiting {
            envelope_id,
            socket: id,
            ack,
        })
    }

    fn choose(&self, retiring: bool) -> Option<u64> {
        let fit = |socket: &Socket| {
            socket.ready && socket.retiring == retiring && socket.unanswered <= MOST_UNANSWERED
        };
        let mut fitting = self.open.iter().filter(|(_, socket)| fit(socket));
        let after = fitting.clone().find(|(id, _)| **id > self.cursor);
        after.or_else(|| fitting.next()).map(|(id, _)| *id)
    }

    /// The client acknowledged. False if nobody waits for that.
    pub(super) fn acked(&mut self, envelope_id: &str, payload: Value) -> bool {
        let waiting = self.waiting.remove(envelope_id);
        waiting.is_some_and(|waiting| waiting.send(payload).is_ok())
    }

    /// Nobody waits for this acknowledgement any more.
    pub(super) fn forget(&mut self, envelope_id: &str) {
        self.waiting.remove(envelope_id);
    }

    /// Asks whether to ping now, and counts the ping as unanswered.
    pub(super) fn count_ping(&mut self, id: u64) -> bool {
        if self.pings_stopped {
            return false;
        }
        if let Some(socket) = self.open.get_mut(&id) {
            socket.unanswered = socket.unanswered.saturating_add(1);
        }
        true
    }

    /// The client is alive.
    pub(super) fn count_pong(&mut self, id: u64) {
        if let Some(socket) = self.open.get_mut(&id) {
            socket.unanswered = 0;
        }
    }

    /// Tells every socket to go, and gives those that must be closed after the grace.
    pub(in crate::slack) fn disconnect(&mut self, reason: Reason) -> Vec<u64> {
        self.disabled |= reason == Reason::LinkDisabled;
        let word = match reason {
            Reason::Warning => "warning",
            Reason::RefreshRequested => "refresh_requested",
            Reason::LinkDisabled => "link_disabled",
        };
        for socket in self.open.values_mut() {
            socket.retiring = true;
            let _full = socket
                .frames
                .try_send(Frame::Text(disconnect(word).to_string()));
        }
        self.open.keys().copied().collect()
    }

    /// Closes sockets in good manners, those that are still there.
    pub(in crate::slack) fn close(&mut self, ids: &[u64]) {
        for socket in ids.iter().filter_map(|id| self.open.get(id)) {
            let _full = socket.frames.try_send(Frame::Close);
        }
    }

    /// Lets apps connect again after `link_disabled`.
    pub(in crate::slack) fn enable(&mut self) {
        self.disabled = false;
    }

    /// How many are open.
    pub(in crate::slack) fn count(&self) -> usize {
        self.open.len()
    }

    /// The next sockets hear no `hello` and get no envelopes.
    pub(in crate::slack) fn mute_next(&mut self, count: usize) {
        self.mute = count;
    }

    /// The next envelope breaks off in the middle of its frame, and the connection with it.
    pub(in crate::slack) fn cut_next_frame(&mut self) {
        self.cut_next_frame = true;
    }

    /// Whether the server pings. It answers pings of the client either way.
    pub(in crate::slack) fn stop_pings(&mut self, stopped: bool) {
        self.pings_stopped = stopped;
    }

    /// The lines under the open sockets.
    pub(in crate::slack) fn lines(&self) -> impl Iterator<Item = &Line> {
        self.open.values().map(|socket| &socket.line)
    }
}

fn disconnect(reason: &str) -> Value {
    json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-fake"}})
}
