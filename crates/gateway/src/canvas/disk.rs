//! The disk, where whoever waits for it holds nobody up.

use std::sync::Arc;

use tidegate_core::SessionKey;
use tidegate_core::canvas::CanvasError;
use tokio::sync::Semaphore;

use super::folder::Folders;
use super::jail::Jail;

/// Looks at the disk at once; more wait.
const AT_ONCE: usize = 16;

/// The folders of all canvases.
#[derive(Debug)]
pub(super) struct Disk {
    pub(super) folders: Arc<Folders>,
    room: Semaphore,
}

impl Disk {
    pub(super) fn new(folders: Folders) -> Self {
        Self {
            folders: Arc::new(folders),
            room: Semaphore::new(AT_ONCE),
        }
    }

    /// Looks into a session's folder, if it is there.
    pub(super) async fn look<T: Send + 'static>(
        &self,
        session: &SessionKey,
        look: impl FnOnce(Option<&Jail>) -> Result<T, CanvasError> + Send + 'static,
    ) -> Result<T, CanvasError> {
        self.work(session, |folders, session| {
            look(folders.open(session)?.as_ref())
        })
        .await
    }

    /// Does something with a session's folder.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        session: &SessionKey,
        work: impl FnOnce(&Folders, &SessionKey) -> Result<T, CanvasError> + Send + 'static,
    ) -> Result<T, CanvasError> {
        let room = self.room.acquire().await;
        let (folders, session) = (Arc::clone(&self.folders), session.clone());
        let done = tokio::task::spawn_blocking(move || work(&folders, &session)).await;
        drop(room);
        done.unwrap_or_else(|error| Err(CanvasError::Disk(std::io::Error::other(error))))
    }
}
