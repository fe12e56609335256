//! Socket Mode. Usually there is one socket; while Slack refreshes it there are two, so that no
//! moment is without one. Any of them may bring anything.

use std::pin::Pin;
use std::time::Duration;

use futures_util::future::select_all;
use tidegate_core::Secret;
use tidegate_core::channel::{ChannelError, Inbox};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::api::{Frame, Me};
use super::arrived::Arrived;
use super::channel::Slack;
use super::link::{Link, Said, turned_away};

/// How long a socket that has been replaced is still heard.
const DRAIN: Duration = Duration::from_secs(2);

type Opening<'a> = Pin<Box<dyn Future<Output = Result<Link, ChannelError>> + Send + 'a>>;

/// The sockets that are open, and the one that is being opened.
struct Links<'a> {
    open: Vec<Link>,
    opening: Option<Opening<'a>>,
}

/// What happened to them.
enum Happened {
    /// Another is open.
    Opened(Box<Link>),
    /// This one said something, or ended.
    Said(usize, Result<Said, ChannelError>),
}

/// What a frame asks for.
enum Asked {
    /// Nothing.
    Nothing,
    /// Another socket.
    Another,
}

impl Slack {
    /// Listens until `stop`.
    pub(super) async fn listen(
        &self,
        app_token: &Secret<String>,
        inbox: &dyn Inbox,
        stop: &CancellationToken,
    ) -> Result<(), ChannelError> {
        let begun = async {
            let me = self.meet().await?;
            Ok::<_, ChannelError>((me, self.open_link(app_token).await?))
        };
        let Some((me, link)) = stop.run_until_cancelled(begun).await.transpose()? else {
            return Ok(());
        };
        inbox.proved();
        let mut links = Links {
            open: vec![link],
            opening: None,
        };
        while let Some(happened) = stop.run_until_cancelled(links.next()).await {
            match happened? {
                Happened::Opened(link) => links.replace_with(*link),
                Happened::Said(at, Ok(said)) => {
                    inbox.proved();
                    if let Asked::Another =
                        self.take_frames(&me, inbox, &mut links, at, said).await?
                        && links.opening.is_none()
                    {
                        links.opening = Some(Box::pin(self.open_link(app_token)));
                    }
                }
                Happened::Said(at, Err(error)) => links.lose(at, error).await?,
            }
        }
        links.close().await;
        Ok(())
    }

    /// Gives frames of one socket to the inbox, and only then acknowledges them.
    async fn take_frames(
        &self,
        me: &Me,
        inbox: &dyn Inbox,
        links: &mut Links<'_>,
        at: usize,
        said: Said,
    ) -> Result<Asked, ChannelError> {
        let Some(link) = links.open.get_mut(at) else {
            return Ok(Asked::Nothing);
        };
        let mut asked = Asked::Nothing;
        let mut arrived = Vec::new();
        let mut envelopes = Vec::new();
        for frame in said.frames {
            if frame.kind == "disconnect" {
                if frame.reason.as_deref() == Some("link_disabled") {
                    return Err(turned_away(frame.reason.as_deref()));
                }
                if !std::mem::replace(&mut link.leaving, true) {
                    asked = Asked::Another;
                }
                continue;
            }
            arrived.extend(self.read(&frame));
            envelopes.extend(frame.envelope_id);
        }
        self.take_in(me, inbox, &arrived).await?;
        if let Err(error) = link.acknowledge(&envelopes).await {
            links.lose(at, error).await?;
        }
        Ok(asked)
    }

    /// Reads an envelope. One that cannot be read must not come again and again.
    fn read(&self, frame: &Frame) -> Option<Arrived> {
        let payload = frame.payload.as_ref()?.get();
        let read = match frame.kind.as_str() {
            "events_api" => Arrived::event(payload),
            "slash_commands" => Arrived::command(payload),
            "interactive" => Arrived::interaction(payload),
            _ => return None,
        };
        if read.is_err() {
            let account = &self.settings.account;
            tracing::warn!(%account, "an event cannot be read, and is skipped");
        }
        read.ok()
    }
}

impl Links<'_> {
    /// Waits for something to happen. Cancel safe.
    async fn next(&mut self) -> Result<Happened, ChannelError> {
        let Self { open, opening } = self;
        let opened = async {
            match opening {
                Some(opening) => opening.as_mut().await,
                None => std::future::pending().await,
            }
        };
        let said = async {
            if open.is_empty() {
                return std::future::pending().await;
            }
            let all = open.iter_mut().map(|link| Box::pin(link.hear()));
            let (said, at, _) = select_all(all).await;
            (at, said)
        };
        tokio::select! {
            opened = opened => opened.map(|link| Happened::Opened(Box::new(link))),
            (at, said) = said => Ok(Happened::Said(at, said)),
        }
    }

    /// Another socket is open: those that were told to go may do so.
    fn replace_with(&mut self, link: Link) {
        self.opening = None;
        let until = Instant::now() + DRAIN;
        for leaving in self.open.iter_mut().filter(|link| link.leaving) {
            leaving.until = Some(until);
        }
        self.open.push(link);
    }

    /// A socket ended. That is a failure unless it was told to go.
    async fn lose(&mut self, at: usize, error: ChannelError) -> Result<(), ChannelError> {
        if at >= self.open.len() {
            return Ok(());
        }
        let link = self.open.remove(at);
        if !link.leaving {
            return Err(error);
        }
        link.close().await;
        Ok(())
    }

    async fn close(self) {
        for link in self.open {
            link.close().await;
        }
    }
}
