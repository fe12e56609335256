//! One socket of Socket Mode: opened, greeted, heard, answered, closed.

use std::time::Duration;

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tidegate_core::Secret;
use tidegate_core::channel::ChannelError;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_tungstenite::tungstenite::{Error, Message};

use super::api::{Ack, CallError, Frame};
use super::channel::Slack;
use crate::websocket::{self, DialError, Socket};

/// Largest frame that is taken. Slack's are some kilobytes.
const FRAME_BYTES: usize = 4 * 1024 * 1024;
/// How long a fresh socket may take to say hello.
const HELLO_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a write may take; a peer that does not read for so long is gone.
const WRITE_TIMEOUT: Duration = Duration::from_secs(5);
/// Politeness on the way out is not worth more.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);
/// Frames that are taken together: one commit of the store for all of them.
const MOST_TOGETHER: usize = 64;

/// A socket that said hello.
pub(super) struct Link {
    socket: Socket,
    /// How long it may be silent.
    patience: Duration,
    last_heard: Instant,
    /// Was told to go: its end is no failure.
    pub(super) leaving: bool,
    /// When we close it ourselves, once another has its place.
    pub(super) until: Option<Instant>,
}

/// What a socket said.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// Frames in the order in which they came; none for a mere sign of life.
    pub(super) frames: Vec<Frame>,
}

impl Slack {
    /// Opens a socket, and waits for its hello. Each wants an address of its own.
    pub(super) async fn open_link(&self, app_token: &Secret<String>) -> Result<Link, ChannelError> {
        let ticket = self.api.ticket(app_token).await;
        let url = ticket.map_err(CallError::receiving)?.url;
        if !self.api.is_safe(&url) {
            return Err(ended("would be open to everybody on the way"));
        }
        let socket = websocket::dial(self.api.http(), &url, FRAME_BYTES)
            .await
            .map_err(|error: DialError| ChannelError::Unreachable(error.to_string()))?;
        let mut link = Link {
            socket,
            patience: self.settings.patience,
            last_heard: Instant::now(),
            leaving: false,
            until: None,
        };
        timeout(HELLO_TIMEOUT, link.greeting())
            .await
            .map_err(|_| ChannelError::Unreachable("the socket never said hello".into()))??;
        Ok(link)
    }
}

impl Link {
    async fn greeting(&mut self) -> Result<(), ChannelError> {
        loop {
            let Some(frame) = self.next_frame().await? else {
                continue;
            };
            match frame.kind.as_str() {
                "hello" => return Ok(()),
                "disconnect" => return Err(turned_away(frame.reason.as_deref())),
                _ => {}
            }
        }
    }

    /// Waits for the socket to say something, then takes everything that is there. Cancel safe.
    ///
    /// # Errors
    /// It ended, or was silent for too long.
    pub(super) async fn hear(&mut self) -> Result<Said, ChannelError> {
        let mut said = Said::default();
        said.frames.extend(self.next_frame().await?);
        while said.frames.len() < MOST_TOGETHER {
            let Some(next) = self.socket.next().now_or_never() else {
                break;
            };
            // An end comes again with the next look; what came before it is not lost.
            let Some(Ok(message)) = next else {
                break;
            };
            said.frames.extend(read(&message));
        }
        Ok(said)
    }

    /// The next frame; none for a sign of life without words.
    async fn next_frame(&mut self) -> Result<Option<Frame>, ChannelError> {
        let dead = self.last_heard + self.patience;
        let deadline = self.until.map_or(dead, |until| until.min(dead));
        let next = timeout_at(deadline, self.socket.next()).await;
        let message = next
            .map_err(|_| ended(&format!("said nothing for {:?}", self.patience)))?
            .ok_or_else(|| ended("was closed"))?
            .map_err(|error| ended(&reason(&error)))?;
        self.last_heard = Instant::now();
        Ok(read(&message))
    }

    /// Says that we have these.
    pub(super) async fn acknowledge(&mut self, envelopes: &[String]) -> Result<(), ChannelError> {
        let acks = async {
            for envelope_id in envelopes {
                let ack = serde_json::to_string(&Ack { envelope_id });
                let ack = ack.map_err(|error| ended(&error.to_string()))?;
                let fed = self.socket.feed(Message::text(ack)).await;
                fed.map_err(|error| ended(&reason(&error)))?;
            }
            let flushed = self.socket.flush().await;
            flushed.map_err(|error| ended(&reason(&error)))
        };
        timeout(WRITE_TIMEOUT, acks)
            .await
            .map_err(|_| ended("does not read what we write"))?
    }

    /// Closes it, politely if that is quick.
    pub(super) async fn close(mut self) {
        // Its end is wanted, however it comes.
        let _ = timeout(CLOSE_TIMEOUT, self.socket.close(None)).await;
    }
}

/// Reads a message. What is no JSON is a sign of life and nothing more.
fn read(message: &Message) -> Option<Frame> {
    let text = message.to_text().ok().filter(|_| message.is_text())?;
    let frame = serde_json::from_str(text);
    if frame.is_err() {
        tracing::warn!("a frame cannot be read, and is skipped");
    }
    frame.ok()
}

/// Why Slack wants no socket of ours.
pub(super) fn turned_away(reason: Option<&str>) -> ChannelError {
    match reason {
        Some("link_disabled") => ChannelError::NeedsSetup(
            "Socket Mode is switched off: switch it on on the app's page".into(),
        ),
        Some("too_many_websockets") => ChannelError::Conflict(
            "other programs have opened all the sockets that this app may have".into(),
        ),
        _ => ended("was told to go before it said hello"),
    }
}

fn ended(how: &str) -> ChannelError {
    ChannelError::Unreachable(format!("the socket {how}"))
}

/// In words that hold nothing of what went over it.
fn reason(error: &Error) -> String {
    match error {
        Error::Io(error) => format!("broke ({})", error.kind()),
        Error::Capacity(_) => "brought a frame that is too large".into(),
        Error::Protocol(_) | Error::Utf8(_) => "brought what is no WebSocket frame".into(),
        _ => "was closed".into(),
    }
}
