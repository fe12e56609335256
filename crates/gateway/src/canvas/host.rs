//! The canvases of all sessions: their files, their surfaces, and who may look at them. Agents write
//! through the port [`Canvas`].

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tidegate_core::canvas::{Canvas, CanvasError, CanvasFile, CanvasPath, CanvasView};
use tidegate_core::{Events, IdGen, SessionKey};
use tidegate_protocol::ConnId;
use tidegate_protocol::api::canvas::{CanvasChange, CanvasChanged, CanvasChangedEvent};
use tokio::sync::Semaphore;

use super::capability::Capabilities;
use super::folder::{Folders, INDEX};
use super::jail::{CANVAS_BYTES, CANVAS_FILES, FILE_BYTES, Jail, Opened};
use super::kinds::{HTML, kind};
use super::origin::Ports;
use super::reload::SOCKETS;
use super::surfaces::Surfaces;
use super::watch::Watches;
use crate::hub::Conn;

/// Bytes of messages that an event tells; of more, only that they came, so that no listener is
/// drowned.
const TOLD_BYTES: usize = 64 * 1024;
/// Looks at the disk at once; more wait.
const DISK_AT_ONCE: usize = 16;

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

/// Who gets an address of a canvas.
pub(crate) struct Holder<'h> {
    pub(crate) conn: &'h Conn,
    /// The first name of the paths that it knows.
    pub(crate) family: &'static str,
    /// Whether the gateway speaks TLS.
    pub(crate) tls: bool,
}

/// An address of a canvas; what is shown there comes behind it.
pub(crate) struct Address {
    /// As whole.
    pub(crate) url: String,
    /// Its path alone, which leads to the same on every port of the gateway.
    pub(crate) path: String,
    /// Its secret alone.
    pub(crate) token: String,
    pub(crate) expires_at_ms: u64,
}

/// Keeps and shows the canvas of every session.
pub struct CanvasHost {
    folders: Arc<Folders>,
    pub(super) live_reload: bool,
    surfaces: Surfaces,
    pub(super) capabilities: Capabilities,
    pub(super) ports: Ports,
    pub(super) watches: Watches,
    /// Room for live-reload sockets.
    pub(super) sockets: Semaphore,
    disk: Semaphore,
    events: Events,
    ids: Arc<dyn IdGen>,
}

impl CanvasHost {
    /// Nothing is touched before the first canvas is written or opened.
    pub fn new(config: CanvasConfig, events: Events, ids: Arc<dyn IdGen>) -> Self {
        Self {
            folders: Arc::new(Folders::new(config.root)),
            live_reload: config.live_reload,
            surfaces: Surfaces::default(),
            capabilities: Capabilities::default(),
            ports: Ports::default(),
            watches: Watches::default(),
            sockets: Semaphore::new(SOCKETS),
            disk: Semaphore::new(DISK_AT_ONCE),
            events,
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

    /// Gives a connection an address of a session's canvas.
    pub(crate) fn give(&self, to: &Holder<'_>, session: SessionKey, now_ms: u64) -> Address {
        let (conn, standing) = (&to.conn.id, to.conn.standing.clone());
        let given = self
            .capabilities
            .give(conn, standing, session, now_ms, &*self.ids);
        let scheme = if to.tls { "https" } else { "http" };
        let path = format!("/{}/cap/{}", to.family, given.token);
        Address {
            url: format!("{scheme}://{}{path}", self.ports.canvas(&to.conn.called)),
            path,
            token: given.token,
            expires_at_ms: given.expires_at_ms,
        }
    }

    /// Ends every address that a connection was given.
    pub(crate) fn forget(&self, conn: &ConnId) {
        self.capabilities.end_of(conn);
    }

    /// The path of a session's folder, which may not be there yet.
    pub(crate) fn folder(&self, session: &SessionKey) -> PathBuf {
        self.folders.path(session)
    }

    /// Whether a session's folder has a page to show.
    pub(crate) async fn has_page(&self, session: &SessionKey) -> Result<bool, CanvasError> {
        let index = CanvasPath::parse(INDEX)?;
        let look = move |jail: Option<&Jail>| Ok(jail.is_some_and(|jail| jail.has(&index)));
        self.look(session, look).await
    }

    /// The messages that show a session's surfaces, in order.
    pub(crate) fn messages(&self, session: &SessionKey) -> Vec<Value> {
        self.surfaces.of(session)
    }

    /// Takes away everything that a session's canvas shows: its conversation is deleted.
    pub(crate) async fn discard(&self, session: &SessionKey) -> Result<(), CanvasError> {
        self.surfaces.reset(session);
        self.on_disk(session, Folders::remove).await
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
        self.look(session, open).await
    }

    /// The state of a session's canvas: another one after every change.
    pub(super) async fn stamp(&self, session: &SessionKey) -> Result<String, CanvasError> {
        let stamp = |jail: Option<&Jail>| jail.map_or_else(|| Ok(String::new()), stamp_of);
        self.look(session, stamp).await
    }

    /// Whether a path names a folder of a session's canvas.
    pub(super) async fn is_folder(
        &self,
        session: &SessionKey,
        path: CanvasPath,
    ) -> Result<bool, CanvasError> {
        let look = move |jail: Option<&Jail>| Ok(jail.is_some_and(|jail| jail.has_folder(&path)));
        self.look(session, look).await
    }

    /// Makes sure that there is something to see.
    pub(super) async fn furnish(&self, session: &SessionKey) -> Result<(), CanvasError> {
        let half = self.half();
        self.on_disk(session, move |folders, session| {
            folders.furnished(session, &half).map(drop)
        })
        .await
    }

    /// A name for a file on its way: nobody has it, and nothing that begins with a dot is served.
    fn half(&self) -> String {
        format!(".half-{}", self.ids.uuid())
    }

    async fn look<T: Send + 'static>(
        &self,
        session: &SessionKey,
        look: impl FnOnce(Option<&Jail>) -> Result<T, CanvasError> + Send + 'static,
    ) -> Result<T, CanvasError> {
        self.on_disk(session, |folders, session| {
            look(folders.open(session)?.as_ref())
        })
        .await
    }

    /// Does something that may wait for the disk, where it holds nobody up.
    async fn on_disk<T: Send + 'static>(
        &self,
        session: &SessionKey,
        work: impl FnOnce(&Folders, &SessionKey) -> Result<T, CanvasError> + Send + 'static,
    ) -> Result<T, CanvasError> {
        let room = self.disk.acquire().await;
        let (folders, session) = (Arc::clone(&self.folders), session.clone());
        let done = tokio::task::spawn_blocking(move || work(&folders, &session)).await;
        drop(room);
        done.unwrap_or_else(|error| Err(CanvasError::Disk(std::io::Error::other(error))))
    }

    fn tell(&self, session: &SessionKey, change: CanvasChange) {
        self.events.publish::<CanvasChanged>(&CanvasChangedEvent {
            session_key: session.to_string(),
            change,
        });
    }
}

#[async_trait]
impl Canvas for CanvasHost {
    async fn read(&self, session: &SessionKey, path: &CanvasPath) -> Result<Vec<u8>, CanvasError> {
        let path = path.clone();
        let read = move |jail: Option<&Jail>| match jail {
            Some(jail) => jail.read_whole(&path),
            None => Err(CanvasError::Missing(path)),
        };
        self.look(session, read).await
    }

    async fn write(
        &self,
        session: &SessionKey,
        path: &CanvasPath,
        bytes: Vec<u8>,
    ) -> Result<(), CanvasError> {
        let (path, half) = (path.clone(), self.half());
        self.on_disk(session, move |folders, session| {
            let jail = folders.make(session)?;
            room_for(&jail, &path, bytes.len() as u64)?;
            jail.write(&path, &bytes, &half)
        })
        .await
    }

    async fn delete(&self, session: &SessionKey, path: &CanvasPath) -> Result<(), CanvasError> {
        let path = path.clone();
        let delete = move |jail: Option<&Jail>| match jail {
            Some(jail) => jail.delete(&path),
            None => Err(CanvasError::Missing(path)),
        };
        self.look(session, delete).await
    }

    async fn list(&self, session: &SessionKey) -> Result<Vec<CanvasFile>, CanvasError> {
        let list = |jail: Option<&Jail>| match jail {
            Some(jail) => Ok(jail.list()?.files),
            None => Ok(Vec::new()),
        };
        self.look(session, list).await
    }

    async fn present(&self, session: &SessionKey, view: CanvasView) -> Result<(), CanvasError> {
        if view == CanvasView::Page {
            self.furnish(session).await?;
        }
        let view = view.as_str().to_owned();
        self.tell(session, CanvasChange::Present { view });
        Ok(())
    }

    async fn push(
        &self,
        session: &SessionKey,
        messages: Vec<Value>,
    ) -> Result<Vec<String>, CanvasError> {
        let surfaces = self.surfaces.push(session, &messages)?;
        let bytes: usize = messages.iter().map(|one| one.to_string().len()).sum();
        let change = if bytes > TOLD_BYTES {
            CanvasChange::Refresh {}
        } else {
            CanvasChange::Push { messages }
        };
        self.tell(session, change);
        Ok(surfaces)
    }

    async fn reset(&self, session: &SessionKey) {
        self.surfaces.reset(session);
        self.tell(session, CanvasChange::Reset {});
    }
}

fn stamp_of(jail: &Jail) -> Result<String, CanvasError> {
    Ok(jail.list()?.stamp())
}

/// Whether a file of so many bytes still fits on a canvas.
fn room_for(jail: &Jail, path: &CanvasPath, bytes: u64) -> Result<(), CanvasError> {
    if bytes > FILE_BYTES {
        return Err(CanvasError::TooMuch(format!(
            "a file of a canvas has at most {} MiB",
            FILE_BYTES >> 20
        )));
    }
    let others = jail.list()?.files;
    let others: Vec<u64> = others
        .iter()
        .filter(|file| file.path != *path)
        .map(|file| file.bytes)
        .collect();
    let full = others.iter().sum::<u64>().saturating_add(bytes) > CANVAS_BYTES;
    if full || others.len() >= CANVAS_FILES {
        return Err(CanvasError::TooMuch(format!(
            "a canvas has at most {CANVAS_FILES} files and {} MiB: delete some first",
            CANVAS_BYTES >> 20
        )));
    }
    Ok(())
}
