//! The frames that wait for one connection: bounded, ordered, numbered.
//!
//! Many producers push, one writer pops. Events count against a budget and their class decides
//! what happens when it is used up; replies have a budget of their own, which stops the reader of
//! the connection instead of closing it (DECISIONS D4). `seq` is given at push time and is dense
//! for what this connection may hear: a hole always means loss.
#![deny(missing_docs)]

mod sync;

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use sync::Mutex;

/// What happens to an event when the budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// [`Overflow`]: the connection must be closed.
    Must,
    /// It is dropped and leaves a hole in `seq`.
    Drop,
    /// It replaces the unsent older one of the same name, keeping that one's place and `seq`.
    Latest(&'static str),
}

/// A frame for the writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A complete reply.
    Reply(String),
    /// The shared part of an event, and this connection's number for it.
    Event {
        /// Everything but `seq` and the closing brace.
        head: Arc<str>,
        /// The number; none for frames meant for this connection alone.
        seq: Option<u64>,
    },
    /// Ask the peer for a sign of life.
    Ping,
    /// The last thing: close with this code and reason.
    Close {
        /// The close code.
        code: u16,
        /// The close reason.
        reason: String,
    },
}

impl Frame {
    fn bytes(&self) -> usize {
        match self {
            Self::Reply(text) => text.len(),
            Self::Event { head, .. } => head.len() + EVENT_OVERHEAD_BYTES,
            Self::Ping => 0,
            Self::Close { reason, .. } => reason.len(),
        }
    }
}

/// `,"seq":N}` and the place in the queue.
const EVENT_OVERHEAD_BYTES: usize = 48;

/// Budgets of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Unsent events, in bytes.
    pub event_bytes: usize,
    /// Unsent events, in frames.
    pub event_frames: usize,
}

/// The budget is used up and the event may not be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overflow;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It waits.
    Queued,
    /// It took the place of an older one.
    Replaced,
    /// It was dropped; its number stays used.
    Dropped,
    /// The connection is closing; nothing more is taken.
    Closed,
}

/// The queue.
#[derive(Debug)]
pub struct Outbox {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    queue: VecDeque<Frame>,
    /// Frames that were popped; a place in the queue is `index + popped`.
    popped: u64,
    /// Places of unsent `Latest` events.
    latest: Vec<(&'static str, u64)>,
    next_seq: u64,
    event_bytes: usize,
    event_frames: usize,
    reply_bytes: usize,
    budget: Budget,
    closing: bool,
    waker: Option<Waker>,
}

impl Outbox {
    /// An empty queue.
    pub fn new(budget: Budget) -> Self {
        Self {
            state: Mutex::new(State {
                queue: VecDeque::new(),
                popped: 0,
                latest: Vec::new(),
                next_seq: 1,
                event_bytes: 0,
                event_frames: 0,
                reply_bytes: 0,
                budget,
                closing: false,
                waker: None,
            }),
        }
    }

    /// Sets the budget, once the protocol of the connection is known.
    pub fn set_budget(&self, budget: Budget) {
        self.state.lock().budget = budget;
    }

    /// Queues a reply. Replies are never refused: the reader stops instead, see
    /// [`Outbox::reply_bytes`].
    pub fn push_reply(&self, text: String) -> Pushed {
        self.enqueue(|state| {
            state.reply_bytes += text.len();
            state.queue.push_back(Frame::Reply(text));
            Pushed::Queued
        })
    }

    /// Queues a ping behind what waits: no other frame has to be answered.
    pub fn push_ping(&self) {
        self.enqueue(|state| {
            state.queue.push_back(Frame::Ping);
            Pushed::Queued
        });
    }

    /// Numbers an event and queues it.
    ///
    /// # Errors
    /// The budget is used up and the event is of class [`Class::Must`].
    pub fn push_event(&self, head: Arc<str>, class: Class) -> Result<Pushed, Overflow> {
        let mut overflow = false;
        let pushed = self.enqueue(|state| {
            if let Class::Latest(name) = class
                && state.replace(name, &head)
            {
                return Pushed::Replaced;
            }
            let seq = state.next_seq;
            state.next_seq += 1;
            let frame = Frame::Event {
                head,
                seq: Some(seq),
            };
            if !state.has_room(frame.bytes()) {
                overflow = class == Class::Must;
                return Pushed::Dropped;
            }
            if let Class::Latest(name) = class {
                let place = state.popped + state.queue.len() as u64;
                state.latest.push((name, place));
            }
            state.append(frame);
            Pushed::Queued
        });
        if overflow { Err(Overflow) } else { Ok(pushed) }
    }

    /// Queues an event for this connection alone: it gets no number.
    ///
    /// # Errors
    /// The budget is used up, or the connection is closing: it was not taken.
    pub fn push_direct(&self, head: Arc<str>) -> Result<(), Overflow> {
        let mut taken = false;
        self.enqueue(|state| {
            let frame = Frame::Event { head, seq: None };
            if !state.has_room(frame.bytes()) {
                return Pushed::Dropped;
            }
            taken = true;
            state.append(frame);
            Pushed::Queued
        });
        if taken { Ok(()) } else { Err(Overflow) }
    }

    /// Ends the queue: what waits is still sent, then the close frame. Later pushes are ignored.
    pub fn close(&self, code: u16, reason: &str) {
        self.enqueue(|state| {
            state.closing = true;
            state.queue.push_back(Frame::Close {
                code,
                reason: reason.to_owned(),
            });
            Pushed::Closed
        });
    }

    /// Ends the queue at once: what waits is thrown away, only the close frame is sent.
    pub fn close_now(&self, code: u16, reason: &str) {
        self.enqueue(|state| {
            state.closing = true;
            state.popped += state.queue.len() as u64;
            state.queue.clear();
            state.latest.clear();
            state.event_bytes = 0;
            state.event_frames = 0;
            state.reply_bytes = 0;
            state.queue.push_back(Frame::Close {
                code,
                reason: reason.to_owned(),
            });
            Pushed::Closed
        });
    }

    /// Unsent replies, in bytes.
    pub fn reply_bytes(&self) -> usize {
        self.state.lock().reply_bytes
    }

    /// Everything that waits, in bytes.
    pub fn queued_bytes(&self) -> usize {
        let state = self.state.lock();
        state.reply_bytes + state.event_bytes
    }

    /// The next frame; wakes the task when there is one. For one consumer.
    pub fn poll_pop(&self, cx: &mut Context<'_>) -> Poll<Frame> {
        let mut state = self.state.lock();
        if let Some(frame) = state.pop() {
            return Poll::Ready(frame);
        }
        match &mut state.waker {
            Some(waker) if waker.will_wake(cx.waker()) => {}
            slot => *slot = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// Changes the state unless the queue is closing, then wakes the writer outside the lock.
    fn enqueue(&self, change: impl FnOnce(&mut State) -> Pushed) -> Pushed {
        let (pushed, waker) = {
            let mut state = self.state.lock();
            if state.closing {
                return Pushed::Closed;
            }
            (change(&mut state), state.waker.take())
        };
        if let Some(waker) = waker {
            waker.wake();
        }
        pushed
    }
}

impl State {
    const fn has_room(&self, bytes: usize) -> bool {
        self.event_bytes + bytes <= self.budget.event_bytes
            && self.event_frames < self.budget.event_frames
    }

    fn append(&mut self, frame: Frame) {
        self.event_bytes += frame.bytes();
        self.event_frames += 1;
        self.queue.push_back(frame);
    }

    /// Puts newer content into the place of an unsent event, if it fits the budget.
    fn replace(&mut self, name: &str, newer: &Arc<str>) -> bool {
        let Some(place) = self
            .latest
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, place)| *place)
        else {
            return false;
        };
        let index = usize::try_from(place - self.popped).unwrap_or(usize::MAX);
        let Some(Frame::Event { head, .. }) = self.queue.get_mut(index) else {
            return false;
        };
        let after = self.event_bytes - head.len() + newer.len();
        if after > self.budget.event_bytes {
            return false;
        }
        self.event_bytes = after;
        *head = Arc::clone(newer);
        true
    }

    fn pop(&mut self) -> Option<Frame> {
        let frame = self.queue.pop_front()?;
        let place = self.popped;
        self.popped += 1;
        match &frame {
            Frame::Reply(text) => self.reply_bytes -= text.len(),
            Frame::Event { .. } => {
                self.event_bytes -= frame.bytes();
                self.event_frames -= 1;
                self.latest.retain(|(_, at)| *at != place);
            }
            Frame::Ping | Frame::Close { .. } => {}
        }
        Some(frame)
    }
}
