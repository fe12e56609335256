//! The two halves of an open connection: one task reads and hands out, and writes what is queued.
//! Reading never waits for writing, so a gateway that stops reading until its answers are taken
//! (DECISIONS D4) cannot hold us up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::value::RawValue;
use tidegate_protocol::limits;
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};

use crate::error::{Close, Error, ErrorKind, Phase};
use crate::events::Speaker;
use crate::frame::{Frame, is_ack, read_frame};
use crate::wire::Wire;

pub(crate) type Socket = WebSocketStream<Box<dyn Wire>>;

/// Requests that may wait to be written: callers wait beyond it.
pub(crate) const OUTGOING: usize = 32;
/// The close code of the family's clients for a gateway that fell silent (V3 1.9).
const TICK_TIMEOUT: u16 = 4000;
/// How long a close handshake may take; nobody is interested in it any more.
const CLOSING: Duration = Duration::from_millis(500);

pub(crate) type Answer = Result<Box<RawValue>, Error>;

/// A request that waits.
struct Waiting {
    answers: mpsc::Sender<Answer>,
    /// The first answer may be an acknowledgement.
    two_stage: bool,
}

enum State {
    Open(HashMap<String, Waiting>),
    Ended(Error),
}

/// What callers and the task share.
pub(crate) struct Shared {
    state: Mutex<State>,
    ended: watch::Sender<Option<Error>>,
}

impl Shared {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::new(State::Open(HashMap::new())),
            ended: watch::channel(None).0,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes room for the answers of a request.
    pub(crate) fn expect(
        &self,
        id: &str,
        two_stage: bool,
    ) -> Result<mpsc::Receiver<Answer>, Error> {
        match &mut *self.lock() {
            State::Ended(why) => Err(why.clone()),
            State::Open(waiting) => {
                // Two: an acknowledgement and the final answer.
                let (answers, receiver) = mpsc::channel(2);
                waiting.insert(id.to_owned(), Waiting { answers, two_stage });
                Ok(receiver)
            }
        }
    }

    pub(crate) fn forget(&self, id: &str) {
        if let State::Open(waiting) = &mut *self.lock() {
            waiting.remove(id);
        }
    }

    /// Why the connection ended, if it has.
    pub(crate) fn ended(&self) -> Option<Error> {
        self.ended.borrow().clone()
    }

    /// Waits for the end.
    pub(crate) fn watch_end(&self) -> watch::Receiver<Option<Error>> {
        self.ended.subscribe()
    }

    fn answer(&self, id: &str, answer: Answer) {
        if let State::Open(waiting) = &mut *self.lock()
            && let Some(call) = waiting.get_mut(id)
        {
            let more = call.two_stage && answer.as_ref().is_ok_and(|payload| is_ack(payload));
            // There is room for two, and a third is never put.
            let _ = call.answers.try_send(answer);
            call.two_stage = false;
            if !more {
                waiting.remove(id);
            }
        }
    }

    fn end(&self, why: &Error) {
        let before = std::mem::replace(&mut *self.lock(), State::Ended(why.clone()));
        if let State::Open(waiting) = before {
            for call in waiting.into_values() {
                let _ = call.answers.try_send(Err(why.clone()));
            }
        }
        self.ended.send_replace(Some(why.clone()));
    }
}

/// Serves the connection until it ends.
pub(crate) async fn serve(
    socket: Socket,
    mut outgoing: mpsc::Receiver<Message>,
    shared: Arc<Shared>,
    mut speaker: Speaker,
    silence: Duration,
) {
    let (mut sink, mut stream) = socket.split();
    let why = tokio::select! {
        why = read(&mut stream, &shared, &mut speaker, silence) => why,
        why = write(&mut sink, &mut outgoing) => why,
    };
    shared.end(&why);
    finish(sink, stream, &why).await;
}

async fn read(
    stream: &mut SplitStream<Socket>,
    shared: &Shared,
    speaker: &mut Speaker,
    silence: Duration,
) -> Error {
    loop {
        let Ok(message) = timeout(silence, stream.next()).await else {
            return Error::new(Phase::Call, ErrorKind::Silent(silence));
        };
        match sort(message, Phase::Call) {
            Err(why) => return why,
            Ok(None) => {}
            Ok(Some(text)) => match read_frame(&text) {
                Some(Frame::Answer { id, answer }) => shared.answer(&id, answer),
                Some(Frame::Event(event)) => speaker.say(event),
                None => {}
            },
        }
    }
}

/// The text of a message, `None` for one without (ping), or the end of the connection.
pub(crate) fn sort(
    message: Option<Result<Message, tungstenite::Error>>,
    phase: Phase,
) -> Result<Option<String>, Error> {
    let closed = |close| Error::new(phase, ErrorKind::Closed(close));
    match message {
        Some(Ok(Message::Text(text))) => Ok(Some(text.to_string())),
        Some(Ok(Message::Close(frame))) => Err(closed(Close {
            code: frame.as_ref().map(|frame| frame.code.into()),
            reason: frame.map_or_else(String::new, |frame| frame.reason.to_string()),
        })),
        Some(Ok(_)) => Ok(None),
        None
        | Some(Err(
            tungstenite::Error::ConnectionClosed
            | tungstenite::Error::AlreadyClosed
            | tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake),
        )) => Err(closed(Close {
            code: None,
            reason: String::new(),
        })),
        Some(Err(why)) => Err(Error::new(phase, ErrorKind::Broken(why.to_string()))),
    }
}

async fn write(
    sink: &mut SplitSink<Socket, Message>,
    outgoing: &mut mpsc::Receiver<Message>,
) -> Error {
    let stall = Duration::from_millis(limits::WRITE_STALL_MS);
    while let Some(message) = outgoing.recv().await {
        let closing = matches!(message, Message::Close(_));
        match timeout(stall, sink.send(message)).await {
            Err(_) => return Error::deadline(Phase::Call, stall),
            Ok(Err(why)) if closing => {
                return Error::new(Phase::Call, ErrorKind::Broken(why.to_string()));
            }
            // The reader knows better why.
            Ok(Err(_)) => return std::future::pending().await,
            Ok(Ok(())) => {}
        }
    }
    // Nobody can call any more.
    Error::new(
        Phase::Call,
        ErrorKind::Closed(Close {
            code: Some(1000),
            reason: String::new(),
        }),
    )
}

/// Ends it by the rules: our close frame, or the answer to theirs.
async fn finish(
    mut sink: SplitSink<Socket, Message>,
    mut stream: SplitStream<Socket>,
    why: &Error,
) {
    let _ = timeout(CLOSING, async {
        match &why.kind {
            ErrorKind::Silent(_) => {
                let frame = CloseFrame {
                    code: TICK_TIMEOUT.into(),
                    reason: "tick timeout".into(),
                };
                let _ = sink.send(Message::Close(Some(frame))).await;
            }
            // Reading on lets the answer to their close frame out.
            ErrorKind::Closed(_) => {}
            _ => return,
        }
        while let Some(Ok(_)) = stream.next().await {}
    })
    .await;
}
