//! The port through which agents write: [`Canvas`].

use async_trait::async_trait;
use serde_json::Value;
use tidegate_core::SessionKey;
use tidegate_core::canvas::{Canvas, CanvasError, CanvasFile, CanvasPath, CanvasView, OnNode};
use tidegate_protocol::DeviceId;
use tidegate_protocol::api::canvas::{
    CanvasChange, CanvasChanged, CanvasChangedEvent, CanvasPresenter,
};

use super::capability::Span;
use super::holder::Window;
use super::host::CanvasHost;
use super::jail::{CANVAS_BYTES, CANVAS_FILES, FILE_BYTES, Jail};

/// Bytes of messages that an event tells; of more, only that they came, so that no listener is
/// drowned.
const TOLD_BYTES: usize = 64 * 1024;

impl CanvasHost {
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
        self.disk.look(session, read).await
    }

    async fn write(
        &self,
        session: &SessionKey,
        path: &CanvasPath,
        bytes: Vec<u8>,
    ) -> Result<(), CanvasError> {
        let (path, half) = (path.clone(), self.half());
        self.disk
            .work(session, move |folders, session| {
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
        self.disk.look(session, delete).await
    }

    async fn list(&self, session: &SessionKey) -> Result<Vec<CanvasFile>, CanvasError> {
        let list = |jail: Option<&Jail>| match jail {
            Some(jail) => Ok(jail.list()?.files),
            None => Ok(Vec::new()),
        };
        self.disk.look(session, list).await
    }

    async fn present(
        &self,
        session: &SessionKey,
        view: CanvasView,
        by: CanvasPresenter,
    ) -> Result<(), CanvasError> {
        if view == CanvasView::Page {
            self.furnish(session).await?;
        }
        let view = view.as_str().to_owned();
        self.tell(session, CanvasChange::Present { view, by });
        Ok(())
    }

    async fn on_node(
        &self,
        session: &SessionKey,
        view: CanvasView,
        node: &DeviceId,
    ) -> Result<OnNode, CanvasError> {
        if view == CanvasView::Page {
            self.furnish(session).await?;
        }
        let shown = self.seats.show(node, session, |holder| match view {
            CanvasView::Page => {
                let given = self.give(holder, session.clone(), Span::Connection, Window::Own);
                OnNode::Page {
                    url: format!("{}/canvas/", given.url),
                }
            }
            CanvasView::Surfaces => OnNode::Surfaces {
                messages: self.messages(session),
            },
        });
        shown.ok_or(CanvasError::Away)
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
