//! Events, in order, with every loss said.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::value::RawValue;
use tidegate_protocol::Event;
use tidegate_protocol::frame::StateVersion;
use tokio::sync::{Notify, mpsc};

use crate::error::{Error, Phase};

/// Events that may wait for their reader: some minutes of a lively conversation. What comes on top
/// is counted and reported, so that a forgotten reader costs no memory.
pub(crate) const WAITING_EVENTS: usize = 1024;

/// One event.
#[derive(Debug, Clone)]
pub struct EventFrame {
    /// Its name.
    pub name: String,
    /// What it says, unread.
    pub payload: Box<RawValue>,
    /// Its place in the order of this connection; absent for what is meant for this one only.
    pub seq: Option<u64>,
    /// Versions of the state, where it tells of state.
    pub state_version: Option<StateVersion>,
}

impl EventFrame {
    /// The payload, if this is an event `E`.
    ///
    /// # Errors
    /// It has the name of `E` and another form.
    pub fn read<E: Event>(&self) -> Option<Result<E::Payload, Error>> {
        (self.name == E::SPEC.name).then(|| {
            serde_json::from_str(self.payload.get())
                .map_err(|why| Error::unreadable(Phase::Call, why))
        })
    }
}

/// Events are missing: what is shown of the gateway's state must be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// The gateway dropped events because this client was slow.
    #[error("events lost: {expected} is missing before {received}")]
    Gap {
        /// The number that should have come.
        expected: u64,
        /// The number that came.
        received: u64,
    },
    /// The reader of events was slow, and these many were thrown away here.
    #[error("events lost: {count} were not read in time")]
    Overflow {
        /// How many.
        count: u64,
    },
}

#[derive(Debug, Default)]
struct Overflow {
    lost: AtomicU64,
    told: Notify,
}

/// The events of one connection. Dropping it means not listening.
#[derive(Debug)]
pub struct Events {
    queue: mpsc::Receiver<Result<EventFrame, EventError>>,
    overflow: Arc<Overflow>,
}

impl Events {
    /// The next event, or what was lost before it. `None` once the connection has ended.
    ///
    /// Cancel safe.
    pub async fn next(&mut self) -> Option<Result<EventFrame, EventError>> {
        loop {
            if let Some(found) = self.try_next() {
                return Some(found);
            }
            tokio::select! {
                found = self.queue.recv() => match found {
                    Some(found) => return Some(found),
                    None => return self.lost(),
                },
                () = self.overflow.told.notified() => {}
            }
        }
    }

    /// What is there already.
    pub fn try_next(&mut self) -> Option<Result<EventFrame, EventError>> {
        self.queue.try_recv().ok().or_else(|| self.lost())
    }

    fn lost(&self) -> Option<Result<EventFrame, EventError>> {
        let count = self.overflow.lost.swap(0, Ordering::AcqRel);
        (count > 0).then_some(Err(EventError::Overflow { count }))
    }
}

/// The side of the connection.
#[derive(Debug)]
pub(crate) struct Speaker {
    queue: mpsc::Sender<Result<EventFrame, EventError>>,
    overflow: Arc<Overflow>,
    last_seq: Option<u64>,
}

impl Speaker {
    pub(crate) fn pair(room: usize) -> (Self, Events) {
        let (sender, queue) = mpsc::channel(room);
        let overflow = Arc::new(Overflow::default());
        let speaker = Self {
            queue: sender,
            overflow: Arc::clone(&overflow),
            last_seq: None,
        };
        (speaker, Events { queue, overflow })
    }

    pub(crate) fn say(&mut self, event: EventFrame) {
        if let Some(received) = event.seq {
            let expected = self.last_seq.map(|last| last + 1);
            self.last_seq = Some(received);
            if let Some(expected) = expected
                && expected != received
            {
                self.put(Err(EventError::Gap { expected, received }));
            }
        }
        self.put(Ok(event));
    }

    /// Once something was lost, everything is until the reader has been told: order stays true.
    fn put(&self, item: Result<EventFrame, EventError>) {
        let losing = self.overflow.lost.load(Ordering::Acquire) > 0;
        let full = || {
            matches!(
                self.queue.try_send(item),
                Err(mpsc::error::TrySendError::Full(_))
            )
        };
        if losing || full() {
            self.overflow.lost.fetch_add(1, Ordering::AcqRel);
            self.overflow.told.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(seq: u64) -> EventFrame {
        EventFrame {
            name: "tick".to_owned(),
            payload: serde_json::value::to_raw_value(&serde_json::json!({ "ts": seq })).unwrap(),
            seq: Some(seq),
            state_version: None,
        }
    }

    fn seqs(found: Result<EventFrame, EventError>) -> Result<u64, EventError> {
        found.map(|event| event.seq.unwrap())
    }

    #[test]
    fn a_hole_is_reported_before_what_follows_it() {
        let (mut speaker, mut events) = Speaker::pair(8);
        for seq in [7, 8, 11] {
            speaker.say(event(seq));
        }
        let found: Vec<_> = std::iter::from_fn(|| events.try_next()).map(seqs).collect();
        let gap = EventError::Gap {
            expected: 9,
            received: 11,
        };
        assert_eq!(found, [Ok(7), Ok(8), Err(gap), Ok(11)]);
    }

    #[test]
    fn too_many_events_are_an_error_in_their_place_and_then_it_goes_on() {
        let (mut speaker, mut events) = Speaker::pair(2);
        for seq in [1, 2, 3] {
            speaker.say(event(seq));
        }
        assert_eq!(events.try_next().map(seqs), Some(Ok(1)));
        // There is room again, but 3 is missing, so 4 must not be seen before the reader knows.
        speaker.say(event(4));
        let found: Vec<_> = std::iter::from_fn(|| events.try_next()).map(seqs).collect();
        assert_eq!(found, [Ok(2), Err(EventError::Overflow { count: 2 })]);
        speaker.say(event(5));
        assert_eq!(events.try_next().map(seqs), Some(Ok(5)));
    }

    #[tokio::test]
    async fn a_reader_that_waits_is_told_and_the_end_is_an_end() {
        let (speaker, mut events) = Speaker::pair(1);
        speaker.overflow.lost.store(1, Ordering::Release);
        speaker.overflow.told.notify_one();
        assert_eq!(
            events.next().await.map(seqs),
            Some(Err(EventError::Overflow { count: 1 }))
        );
        drop(speaker);
        assert!(events.next().await.is_none());
    }
}
