//! Listening: sockets come and go, the session stays.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::{ChannelError, Inbox};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::close::{AfterClose, after_close};
use super::link::{Heard, Link};
use super::session::Cursor;
use crate::discord::account::{CONTENT_IS_OFF, Me};
use crate::discord::channel::Discord;

/// How long READY or RESUMED may take.
const READY_TIMEOUT: Duration = Duration::from_secs(20);
/// Least time from one socket to the next when Discord wants us to change.
const LEAST_LIFE: Duration = Duration::from_secs(1);
/// Discord wants a pause of 1 to 5 s before a new session.
const PAUSE_MS: u64 = 1000;
const PAUSE_SPREAD_MS: u64 = 4000;

/// What listening knows.
pub(super) struct Ear {
    pub(super) me: Arc<Me>,
    /// Where we are, behind everything that the inbox has.
    pub(super) at: Cursor,
    /// The same as the inbox has it.
    pub(super) stored: Cursor,
    /// This socket has a session on it.
    pub(super) ready: bool,
}

/// How the life of a socket ended well.
enum End {
    /// We are to stop.
    Stopped,
    /// Another socket is to be opened, not before this time.
    Again(Instant),
}

impl Discord {
    /// Listens until `stop`.
    pub(in crate::discord) async fn listen(
        &self,
        inbox: &dyn Inbox,
        stop: &CancellationToken,
    ) -> Result<(), ChannelError> {
        let Some(ear) = stop.run_until_cancelled(self.begin(inbox)).await else {
            return Ok(());
        };
        let mut ear = ear?;
        let me = Arc::clone(&ear.me);
        let mut lives = std::pin::pin!(self.lives(&mut ear, inbox, stop));
        // Told beside: the way in does not wait for it.
        tokio::select! {
            biased;
            ended = &mut lives => return ended,
            () = self.tell_commands(&me) => {}
        }
        lives.await
    }

    /// One socket after the other.
    async fn lives(
        &self,
        ear: &mut Ear,
        inbox: &dyn Inbox,
        stop: &CancellationToken,
    ) -> Result<(), ChannelError> {
        loop {
            match self.live(ear, inbox, stop).await? {
                End::Stopped => return Ok(()),
                End::Again(at) => {
                    let pause = stop.run_until_cancelled(sleep_until(at)).await;
                    if pause.is_none() {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn begin(&self, inbox: &dyn Inbox) -> Result<Ear, ChannelError> {
        let (mut me, fresh) = match self.me.known() {
            Some(me) => (me, false),
            None => (self.meet().await?, true),
        };
        let cursor = inbox.cursor(&me.id).await?;
        let at = Cursor::read(cursor.as_deref());
        // A new session begins with what the owner has switched on by now.
        if at.session.is_none() && !fresh {
            me = self.meet().await?;
        }
        Ok(Ear {
            me,
            stored: at.clone(),
            at,
            ready: false,
        })
    }

    /// The life of one socket.
    async fn live(
        &self,
        ear: &mut Ear,
        inbox: &dyn Inbox,
        stop: &CancellationToken,
    ) -> Result<End, ChannelError> {
        let began = Instant::now();
        ear.ready = false;
        let entering = self.enter(&ear.me, ear.at.session.as_ref());
        let Some(link) = stop.run_until_cancelled(entering).await else {
            return Ok(End::Stopped);
        };
        let mut link = link?;
        let heard = loop {
            let seq = ear.at.session.as_ref().map(|session| session.seq);
            let heard = tokio::select! {
                biased;
                () = stop.cancelled() => {
                    link.leave().await;
                    return Ok(End::Stopped);
                }
                heard = link.next(seq) => heard?,
                () = sleep_until(began + READY_TIMEOUT), if !ear.ready => {
                    return Err(unreachable("the gateway never became ready"));
                }
            };
            match heard {
                Heard::Dispatch(dispatch) => self.take(ear, dispatch, inbox).await?,
                Heard::Alive => self.store(ear, inbox).await?,
                other => break other,
            }
            if ear.ready {
                inbox.proved();
            }
        };
        self.end(ear, inbox, link, heard, began).await
    }

    /// What to do after a socket's last word.
    async fn end(
        &self,
        ear: &mut Ear,
        inbox: &dyn Inbox,
        link: Link,
        heard: Heard,
        began: Instant,
    ) -> Result<End, ChannelError> {
        let was_ready = ear.ready;
        let again = |at| {
            if was_ready {
                Ok(End::Again(at))
            } else {
                Err(unreachable("the gateway sent us away before it was ready"))
            }
        };
        match heard {
            Heard::Reconnect | Heard::Invalid { resumable: true } => {
                link.leave().await;
                self.store(ear, inbox).await?;
                again(began + LEAST_LIFE)
            }
            Heard::Invalid { resumable: false } => {
                link.leave().await;
                self.lose(ear, inbox).await?;
                let pause = PAUSE_MS + self.clock.now_ms() % PAUSE_SPREAD_MS;
                Ok(End::Again(Instant::now() + Duration::from_millis(pause)))
            }
            Heard::Closed(code) => match after_close(code) {
                AfterClose::Resume(error) => Err(error),
                AfterClose::Anew(error) => {
                    self.lose(ear, inbox).await?;
                    Err(error)
                }
            },
            // Both are heard where the socket lives.
            Heard::Dispatch(_) | Heard::Alive => Err(unreachable("the socket ended")),
        }
    }

    /// Tells the inbox where we are, if it does not know: after events that were none for it.
    pub(super) async fn store(&self, ear: &mut Ear, inbox: &dyn Inbox) -> Result<(), ChannelError> {
        if ear.at != ear.stored {
            let cursor = Some(ear.at.write());
            inbox.accept(&ear.me.id, Vec::new(), cursor).await?;
            ear.stored.clone_from(&ear.at);
        }
        Ok(())
    }

    /// The session is gone, and with it what Discord had kept for it.
    async fn lose(&self, ear: &mut Ear, inbox: &dyn Inbox) -> Result<(), ChannelError> {
        if ear.at.lose() {
            let account = &self.settings.account;
            tracing::warn!(%account, "the session is lost; what was written meanwhile is looked for where we were spoken to");
        }
        self.store(ear, inbox).await
    }

    /// A session is on the socket: say how well we hear.
    pub(super) fn now_ready(ear: &mut Ear, inbox: &dyn Inbox) {
        ear.ready = true;
        if ear.me.reads_content {
            inbox.whole();
        } else {
            inbox.degraded(CONTENT_IS_OFF);
        }
    }
}

fn unreachable(why: &str) -> ChannelError {
    ChannelError::Unreachable(why.to_owned())
}
