//! Sessions, the sockets under them, and the mischief that waits for either.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::common::Line;

/// Orders that wait for a socket at most: a whole replay and a burst of news.
const MOST_ORDERS: usize = 8192;

/// How the next gateway connection goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The upgrade is answered with 503.
    Unavailable,
    /// The connection is accepted and the upgrade never answered.
    NoAnswer,
    /// The upgrade is answered, and then nothing ever comes.
    NoHello,
    /// HELLO comes, heartbeats are answered, READY or RESUMED never comes.
    NoReady,
    /// The connection ends in the middle of READY (or of the first event of a resume).
    CutInReady,
}

/// What a socket shall do, in order.
#[derive(Debug, Clone)]
pub(crate) enum Order {
    Send(Value),
    /// Half of the frame, then the end of the connection.
    Tear(Value),
    Close(u16, &'static str),
}

/// What a bot has of the stream of events; it outlives its connection.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) intents: u64,
    pub(crate) seq: u64,
    /// Frames by their number, the newest last.
    pub(crate) log: VecDeque<(u64, Value)>,
    pub(crate) socket: Option<u64>,
    /// When its connection went.
    pub(crate) left_at_ms: Option<u64>,
}

/// One open connection.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) orders: mpsc::Sender<Order>,
    pub(crate) line: Line,
    pub(crate) session: Option<String>,
    pub(crate) opening: Option<Opening>,
    /// Heartbeats are heard and not answered.
    pub(crate) mute: bool,
    /// Times of the commands of the last minute.
    pub(crate) commands_ms: VecDeque<u64>,
}

/// All of the gateway's state.
#[derive(Debug, Default)]
pub(crate) struct Gateway {
    pub(crate) sessions: Vec<Session>,
    pub(crate) sockets: BTreeMap<u64, Socket>,
    pub(crate) opened: u64,
    /// Times of IDENTIFY within the window, and their number today.
    pub(crate) identified_ms: VecDeque<u64>,
    pub(crate) starts_ms: VecDeque<u64>,
    pub(crate) openings: VecDeque<Opening>,
    /// Dispatches to deliver twice.
    pub(crate) duplicate: u32,
    /// The next dispatch is held back until another has passed.
    pub(crate) swap: bool,
    pub(crate) held: Option<super::Event>,
    /// The next dispatch is cut in its frame.
    pub(crate) tear: bool,
    /// A resume begins so many events too early.
    pub(crate) rewind: u64,
}

impl Gateway {
    /// Adds a connection; the receiver is its stream of orders.
    pub(crate) fn connect(&mut self, line: Line) -> (u64, Option<Opening>, mpsc::Receiver<Order>) {
        let (orders, due) = mpsc::channel(MOST_ORDERS);
        self.opened += 1;
        let opening = self.openings.pop_front();
        self.sockets.insert(
            self.opened,
            Socket {
                orders,
                line,
                session: None,
                opening,
                mute: opening == Some(Opening::NoHello),
                commands_ms: VecDeque::new(),
            },
        );
        (self.opened, opening, due)
    }

    /// A connection is gone. After a close with 1000 or 1001 by the client its session is too.
    pub(crate) fn disconnect(&mut self, number: u64, close: Option<u16>, now_ms: u64) {
        self.sockets.remove(&number);
        let farewell = matches!(close, Some(1000 | 1001));
        self.sessions
            .retain(|session| !(farewell && session.socket == Some(number)));
        for session in &mut self.sessions {
            if session.socket == Some(number) {
                session.socket = None;
                session.left_at_ms = Some(now_ms);
            }
        }
    }

    /// Gives a socket something to do; one that does not keep up is cut.
    pub(crate) fn order(&self, number: u64, order: Order) {
        if let Some(socket) = self.sockets.get(&number)
            && socket.orders.try_send(order).is_err()
        {
            socket.line.cut();
        }
    }

    pub(crate) fn order_all(&self, order: &Order) {
        for number in self.sockets.keys() {
            self.order(*number, order.clone());
        }
    }

    /// Takes every session off its connection; both live on.
    pub(crate) fn detach_all(&mut self) {
        for socket in self.sockets.values_mut() {
            socket.session = None;
        }
        for session in &mut self.sessions {
            session.socket = None;
        }
    }

    /// Forgets sessions whose time to resume is over.
    pub(crate) fn expire(&mut self, now_ms: u64, window_ms: u64) {
        self.sessions.retain(|session| {
            session
                .left_at_ms
                .is_none_or(|left| now_ms.saturating_sub(left) <= window_ms)
        });
    }
}

impl Session {
    /// Numbers an event, keeps it for a resume, and gives its frame.
    pub(crate) fn record(&mut self, name: &str, data: &Value, keep: usize) -> Value {
        self.seq += 1;
        let frame = json!({ "op": 0, "t": name, "s": self.seq, "d": data });
        self.log.push_back((self.seq, frame.clone()));
        while self.log.len() > keep {
            self.log.pop_front();
        }
        frame
    }

    /// The frames after `seq`, or none if some of them are lost.
    pub(crate) fn after(&self, seq: u64) -> Option<Vec<Value>> {
        let oldest = self.log.front().map_or(self.seq + 1, |(number, _)| *number);
        (seq + 1 >= oldest).then(|| {
            self.log
                .iter()
                .filter(|(number, _)| *number > seq)
                .map(|(_, frame)| frame.clone())
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use serde_json::json;

    use super::Session;

    #[test]
    fn a_session_replays_what_was_missed_or_says_that_it_cannot() {
        let mut session = Session {
            id: "s".to_owned(),
            intents: 0,
            seq: 0,
            log: VecDeque::new(),
            socket: None,
            left_at_ms: None,
        };
        for number in 1..=5 {
            session.record("E", &json!(number), 3);
        }
        let missed = session.after(3).unwrap();
        assert_eq!(
            missed.iter().map(|frame| &frame["s"]).collect::<Vec<_>>(),
            [4, 5]
        );
        assert_eq!(session.after(5).unwrap().len(), 0);
        assert_eq!(session.after(2).unwrap().len(), 3);
        assert!(session.after(1).is_none(), "number 2 is lost");
    }
}
