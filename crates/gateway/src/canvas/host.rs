//! The canvases of all sessions: their files, their surfaces, and who may look at them.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tidegate_core::canvas::{CanvasError, CanvasPath};
use tidegate_core::{Clock, Events, IdGen, SessionKey};
use tidegate_protocol::{ConnId, DeviceId};
use tokio::sync::Semaphore;

use super::capability::{Capabilities, Opens, Span};
use super::disk::Disk;
use super::folder::{Folders, INDEX};
use super::holder::{Address, Holder, Window};
use super::jail::{Jail, Opened};
use super::kinds::{HTML, kind};
use super::origin::Ports;
use super::reload::SOCKETS;
use super::seats::Seats;
use super::surfaces::Surfaces;
use super::watch::Watches;

/// Where canvases are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CanvasConfig {
    /// The folder that has a folder for each session; made where it is missing.
    pub root: PathBuf,
    /// Whether pages are loaded again when their files change.
    pub live_reload: bool,
}

/// A file that was opened.
pub(super) struct Found {
    pub(super) opened: Opened,
    /// For a page that is loaded again when its canvas changes: the state of it before.
    pub(super) stamp: Option<String>,
}

/// Keeps and shows the canvas of every session. Agents write through its port
/// [`Canvas`](tidegate_core::canvas::Canvas).
pub struct CanvasHost {
    pub(super) disk: Disk,
    pub(super) live_reload: bool,
    pub(super) surfaces: Surfaces,
    pub(super) ports: Ports,
    pub(super) watches: Watches,
    /// Room for live-reload sockets.
    pub(super) sockets: Semaphore,
    pub(super) seats: Seats,
    pub(super) events: Events,
    capabilities: Capabilities,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGen>,
}

impl CanvasHost {
    /// Nothing is touched before the first canvas is written or opened.
    pub fn new(
        config: CanvasConfig,
        events: Events,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdGen>,
    ) -> Self {
        Self {
            disk: Disk::new(Folders::new(config.root)),
            live_reload: config.live_reload,
            surfaces: Surfaces::default(),
            ports: Ports::default(),
            watches: Watches::default(),
            sockets: Semaphore::new(SOCKETS),
            seats: Seats::default(),
            events,
            capabilities: Capabilities::default(),
            clock,
            ids,
        }
    }

    /// Says where is listened, before anything is asked for.
    pub(crate) fn listens(&self, gateway: &[TcpListener], canvas: &[TcpListener]) {
        let ports = |listeners: &[TcpListener]| -> Vec<u16> {
            let addresses = listeners.iter().filter_map(|one| one.local_addr().ok());
            addresses.map(|address| address.port()).collect()
        };
        self.ports
            .set(ports(gateway), ports(canvas).first().copied());
    }

    /// What our page, called by this Host, may frame.
    pub(crate) fn frames(&self, host: &str, tls: bool) -> String {
        self.ports.frames(host, tls)
    }

    /// Gives somebody an address of a session's canvas.
    pub(crate) fn give(
        &self,
        to: &Holder,
        session: SessionKey,
        span: Span,
        window: Window,
    ) -> Address {
        let now_ms = self.clock.now_ms();
        let given = self
            .capabilities
            .give(to, session, span, now_ms, &*self.ids);
        let scheme = if to.tls { "https" } else { "http" };
        let authority = self.ports.canvas(&to.called, window);
        let path = format!("/{}/cap/{}", to.family, given.token);
        Address {
            url: format!("{scheme}://{authority}{path}"),
            path,
            token: given.token,
            expires_at_ms: given.expires_at_ms,
        }
    }

    /// What a capability opens; to ask is to use it.
    pub(super) fn opens(&self, token: &str) -> Option<Opens> {
        self.capabilities.open(token, self.clock.now_ms())
    }

    /// A node came, and may be asked to show canvases.
    pub(crate) fn seat(&self, node: DeviceId, holder: Holder) {
        self.seats.take(node, holder);
    }

    /// Whose canvas a node was last asked to show over this connection.
    pub(crate) fn shown_on(&self, node: &DeviceId, conn: &ConnId) -> Option<SessionKey> {
        self.seats.shown(node, conn)
    }

    /// A connection is gone: so is what it was given, and its seat.
    pub(crate) fn forget(&self, conn: &ConnId) {
        // First the seat: nothing is given to it after this.
        self.seats.leave(conn);
        self.capabilities.end_of(conn);
    }

    /// The path of a session's folder, which may not be there yet.
    pub(crate) fn folder(&self, session: &SessionKey) -> PathBuf {
        self.disk.folders.path(session)
    }

    /// Whether a session's folder has a page to show.
    pub(crate) async fn has_page(&self, session: &SessionKey) -> Result<bool, CanvasError> {
        let index = CanvasPath::parse(INDEX)?;
        let look = move |jail: Option<&Jail>| Ok(jail.is_some_and(|jail| jail.has(&index)));
        self.disk.look(session, look).await
    }

    /// The messages that show a session's surfaces, in order.
    pub(crate) fn messages(&self, session: &SessionKey) -> Vec<Value> {
        self.surfaces.of(session)
    }

    /// Takes away everything that a session's canvas shows: its conversation is deleted.
    pub(crate) async fn discard(&self, session: &SessionKey) -> Result<(), CanvasError> {
        self.surfaces.reset(session);
        self.disk.work(session, Folders::remove).await
    }

    /// Opens a file of a session; a canvas that has no page gets one.
    pub(super) async fn open(
        &self,
        session: &SessionKey,
        path: CanvasPath,
    ) -> Result<Found, CanvasError> {
        if path.as_str() == INDEX {
            self.furnish(session).await?;
        }
        let live = self.live_reload && kind(&path) == HTML;
        let open = move |jail: Option<&Jail>| {
            let Some(jail) = jail else {
                return Err(CanvasError::Missing(path));
            };
            // Before it is read: what changes later is another state.
            let stamp = live.then(|| stamp_of(jail)).transpose()?;
            let opened = jail.read(&path)?;
            Ok(Found { opened, stamp })
        };
        self.disk.look(session, open).await
    }

    /// The state of a session's canvas: another one after every change.
    pub(super) async fn stamp(&self, session: &SessionKey) -> Result<String, CanvasError> {
        let stamp = |jail: Option<&Jail>| jail.map_or_else(|| Ok(String::new()), stamp_of);
        self.disk.look(session, stamp).await
    }

    /// Whether a path names a folder of a session's canvas.
    pub(super) async fn is_folder(
        &self,
        session: &SessionKey,
        path: CanvasPath,
    ) -> Result<bool, CanvasError> {
        let look = move |jail: Option<&Jail>| Ok(jail.is_some_and(|jail| jail.has_folder(&path)));
        self.disk.look(session, look).await
    }

    /// Makes sure that there is something to see.
    pub(super) async fn furnish(&self, session: &SessionKey) -> Result<(), CanvasError> {
        let half = self.half();
        let furnish =
            move |folders: &Folders, session: &SessionKey| folders.furnished(session, &half);
        self.disk.work(session, furnish).await.map(drop)
    }

    /// A name for a file on its way: nobody has it, and nothing that begins with a dot is served.
    pub(super) fn half(&self) -> String {
        format!(".half-{}", self.ids.uuid())
    }
}

fn stamp_of(jail: &Jail) -> Result<String, CanvasError> {
    Ok(jail.list()?.stamp())
}
