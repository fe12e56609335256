//! The live-reload socket: it says `reload` when a file of its canvas changed, and nothing else. What
//! comes in ends it.

use std::sync::Arc;
use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use tidegate_protocol::close::{POLICY, TRY_LATER};
use tokio::time::interval;

use super::capability::Opens;
use super::host::CanvasHost;
use super::watch::Watch;
use crate::listen::Peer;
use crate::state::Shared;
use crate::ws::{Input, Limits, Socket as WebSocket, upgrade};

/// The only word.
const RELOAD: &str = "reload";
/// An open page uses its capability: so often it is told that.
const IN_USE: Duration = Duration::from_mins(1);
/// Sockets of one gateway.
pub(super) const SOCKETS: usize = 128;

/// A live-reload socket that was promised.
pub(super) struct Socket {
    pub(super) shared: Arc<Shared>,
    pub(super) host: Arc<CanvasHost>,
    pub(super) opens: Opens,
    pub(super) token: String,
    /// Of what state of the canvas the page was made.
    pub(super) seen: Option<String>,
}

impl Socket {
    /// Serves the socket until its page, its capability or its canvas is gone.
    pub(super) async fn serve(self, peer: Peer, upgraded: OnUpgrade) {
        let Some((mut socket, _)) = upgrade::open(&self.shared, upgraded, Limits::PRE_AUTH).await
        else {
            return;
        };
        // Whoever shows a capability is known.
        peer.ticket.known();
        drop(peer);
        let room = self.host.sockets.try_acquire();
        let watch = if room.is_ok() {
            self.watch().await
        } else {
            None
        };
        if let Some(watch) = watch {
            self.tell(&mut socket, &watch).await;
        } else {
            let why = "too many canvases are watched";
            socket.close(TRY_LATER.code, why).await;
        }
    }

    async fn watch(&self) -> Option<Arc<Watch>> {
        self.host.furnish(&self.opens.session).await.ok()?;
        let (host, session) = (Arc::clone(&self.host), self.opens.session.clone());
        let tasks = self.shared.tasks.clone();
        let follow = move || host.watches.follow(&host.folder(&session), &tasks);
        tokio::task::spawn_blocking(follow).await.ok().flatten()
    }

    /// Whether the canvas changed since the page was made, and before it was watched.
    async fn is_old(&self) -> bool {
        let now = self.host.stamp(&self.opens.session).await;
        let differs = |now: String| self.seen.as_ref().is_some_and(|seen| *seen != now);
        now.is_ok_and(differs)
    }

    async fn tell(&self, socket: &mut WebSocket, watch: &Watch) {
        let mut changes = watch.changes();
        if self.is_old().await && !socket.send(RELOAD.to_owned()).await {
            return;
        }
        let mut in_use = interval(IN_USE);
        loop {
            tokio::select! {
                () = self.opens.over.cancelled() => break,
                _ = in_use.tick() => {
                    if self.host.opens(&self.token).is_none() {
                        break;
                    }
                }
                news = changes.changed() => {
                    if news.is_err() || !socket.send(RELOAD.to_owned()).await {
                        break;
                    }
                }
                input = socket.read() => match input {
                    Input::Gone { .. } => return socket.answer_close().await,
                    Input::Text(_) => break,
                    Input::Broken { code, reason } => return socket.close(code.code, reason).await,
                },
            }
        }
        socket.close(POLICY.code, "").await;
    }
}
