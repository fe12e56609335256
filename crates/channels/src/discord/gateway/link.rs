//! One open socket: frames in, heartbeats out.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tidegate_core::channel::ChannelError;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::frame::{Dispatch, Frame, Hello, heartbeat, op};
use super::pulse::Pulse;
use crate::http::HttpClient;
use crate::websocket::{DialError, Socket, dial};

/// Largest frame that is read: a guild with all of its channels and threads stays below.
const FRAME_BYTES: usize = 16 * 1024 * 1024;
/// How long the first frame may take.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a frame of ours may take to leave.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a farewell is worth.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(1);
/// A close with 1000 or 1001 would end the session, and what is written until the next start with
/// it.
const SEE_YOU: CloseCode = CloseCode::Library(4000);

/// A socket with its pulse.
pub(super) struct Link {
    socket: Socket,
    pulse: Pulse,
}

/// What came.
#[derive(Debug)]
pub(super) enum Heard {
    /// Something happened.
    Dispatch(Dispatch),
    /// Our heartbeat was heard.
    Alive,
    /// We shall connect anew.
    Reconnect,
    /// The session is worth nothing here.
    Invalid {
        /// But it may be resumed.
        resumable: bool,
    },
    /// The socket ended, with a code or without.
    Closed(Option<u16>),
}

impl Link {
    /// Opens a socket and waits for its first frame.
    pub(super) async fn open(
        http: &HttpClient,
        url: &str,
        permille: u32,
    ) -> Result<Self, ChannelError> {
        let mut socket = dial(http, url, FRAME_BYTES)
            .await
            .map_err(|e| undialled(&e))?;
        let first = timeout(HELLO_TIMEOUT, text(&mut socket)).await;
        let first = first.map_err(|_| unreachable("the gateway did not say hello"))?;
        let frame = match first? {
            Came::Text(text) => read(&text)?,
            Came::Closed(code) => {
                let code = code.map_or("without a code".to_owned(), |code| code.to_string());
                return Err(unreachable(&format!("the gateway closed at once ({code})")));
            }
        };
        let hello = frame.d.filter(|_| frame.op == op::HELLO);
        let hello: Option<Hello> = hello.and_then(|d| serde_json::from_str(d.get()).ok());
        let hello = hello.ok_or_else(|| unreachable("the gateway did not say hello"))?;
        Ok(Self {
            socket,
            pulse: Pulse::new(hello.heartbeat_interval, permille),
        })
    }

    /// Sends a frame.
    pub(super) async fn say(&mut self, frame: String) -> Result<(), ChannelError> {
        let sent = timeout(WRITE_TIMEOUT, self.socket.send(Message::text(frame))).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(unreachable(&format!("the socket broke: {error}"))),
            Err(_) => Err(unreachable("the socket takes nothing any more")),
        }
    }

    /// Waits for what concerns us, and keeps the pulse meanwhile. `seq` is the number of the last
    /// event that we have.
    ///
    /// # Errors
    /// The socket broke, or nobody listens at its other end.
    pub(super) async fn next(&mut self, seq: Option<u64>) -> Result<Heard, ChannelError> {
        loop {
            let came = tokio::select! {
                came = text(&mut self.socket) => came?,
                () = self.pulse.due() => {
                    if !self.pulse.beat() {
                        return Err(unreachable("the gateway does not answer heartbeats"));
                    }
                    self.say(heartbeat(seq)).await?;
                    continue;
                }
            };
            let frame = match came {
                Came::Text(text) => read(&text)?,
                Came::Closed(code) => return Ok(Heard::Closed(code)),
            };
            if let Some(heard) = self.take(frame, seq).await? {
                return Ok(heard);
            }
        }
    }

    async fn take(
        &mut self,
        frame: Frame,
        seq: Option<u64>,
    ) -> Result<Option<Heard>, ChannelError> {
        let Frame { op, d, s, t } = frame;
        Ok(match (op, d, s, t) {
            (op::DISPATCH, Some(raw), Some(seq), Some(name)) => {
                Some(Heard::Dispatch(Dispatch { name, seq, raw }))
            }
            (op::HEARTBEAT, ..) => {
                self.pulse.hurry();
                self.say(heartbeat(seq)).await?;
                None
            }
            (op::HEARTBEAT_ACK, ..) => {
                self.pulse.heard();
                Some(Heard::Alive)
            }
            (op::RECONNECT, ..) => Some(Heard::Reconnect),
            (op::INVALID_SESSION, d, ..) => Some(Heard::Invalid {
                resumable: d.is_some_and(|d| d.get() == "true"),
            }),
            _ => None,
        })
    }

    /// Ends the socket so that the session lives on.
    pub(super) async fn leave(mut self) {
        let farewell = CloseFrame {
            code: SEE_YOU,
            reason: "".into(),
        };
        // Gone either way: Discord sees the end of the connection if not the farewell.
        let _ = timeout(FAREWELL_TIMEOUT, self.socket.close(Some(farewell))).await;
    }
}

/// A message of the socket that is not its own business.
enum Came {
    Text(String),
    Closed(Option<u16>),
}

/// The next of them. Cancel safe. Pings are answered by the library.
async fn text(socket: &mut Socket) -> Result<Came, ChannelError> {
    loop {
        return match socket.next().await {
            Some(Ok(Message::Text(text))) => Ok(Came::Text(text.as_str().to_owned())),
            Some(Ok(Message::Close(frame))) => Ok(Came::Closed(frame.map(|f| f.code.into()))),
            Some(Ok(_)) => continue,
            Some(Err(error)) => Err(unreachable(&format!("the socket broke: {error}"))),
            None => Ok(Came::Closed(None)),
        };
    }
}

fn read(text: &str) -> Result<Frame, ChannelError> {
    serde_json::from_str(text).map_err(|_| unreachable("the gateway sent what is no frame"))
}

fn undialled(error: &DialError) -> ChannelError {
    ChannelError::Unreachable(error.to_string())
}

fn unreachable(why: &str) -> ChannelError {
    ChannelError::Unreachable(why.to_owned())
}
