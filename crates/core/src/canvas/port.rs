//! The port through which an agent makes pages and shows them.

use async_trait::async_trait;
use serde_json::Value;
use tidegate_protocol::DeviceId;
use tidegate_protocol::api::canvas::CanvasPresenter;

use super::path::{BadCanvasPath, CanvasPath};
use crate::session::SessionKey;

/// A file of a canvas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CanvasFile {
    /// Where it is.
    pub path: CanvasPath,
    /// Its size in bytes.
    pub bytes: u64,
}

/// What of a canvas is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CanvasView {
    /// The pages in its folder, from `index.html` on.
    Page,
    /// The surfaces that were described in A2UI messages.
    Surfaces,
}

impl CanvasView {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Surfaces => "a2ui",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Page, Self::Surfaces]
            .into_iter()
            .find(|view| view.as_str() == text)
    }
}

/// What a node is sent so that it shows a session's canvas.
#[derive(Clone, PartialEq, Eq)]
pub enum OnNode {
    /// To lead its page somewhere.
    Page {
        /// An address that the node can reach. It is a secret, and ends with the node's connection.
        url: String,
    },
    /// To draw surfaces.
    Surfaces {
        /// All A2UI messages that show them, in order; none if there is nothing to show.
        messages: Vec<Value>,
    },
}

impl std::fmt::Debug for OnNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OnNode(..)")
    }
}

/// Why something on a canvas could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CanvasError {
    /// The path is none.
    #[error(transparent)]
    Path(#[from] BadCanvasPath),
    /// There is no such file.
    #[error("there is no file \"{0}\" on this canvas")]
    Missing(CanvasPath),
    /// The place is taken by something that is no regular file of the canvas's own.
    #[error("\"{0}\" is not a regular file")]
    NotAFile(CanvasPath),
    /// A bound would be passed; the sentence says which, and what to do.
    #[error("{0}")]
    TooMuch(String),
    /// An A2UI message that is none; the sentence says what is wrong.
    #[error("{0}")]
    Message(String),
    /// The node is not connected.
    #[error("the node is not connected")]
    Away,
    /// The disk failed.
    #[error("the canvas's folder failed")]
    Disk(#[source] std::io::Error),
}

/// Keeps and shows the canvas of every session. Each call is about one session: nothing leads from
/// one canvas to another.
#[async_trait]
pub trait Canvas: Send + Sync + 'static {
    /// Reads a file.
    ///
    /// # Errors
    /// It is missing, no regular file, or too large.
    async fn read(&self, session: &SessionKey, path: &CanvasPath) -> Result<Vec<u8>, CanvasError>;

    /// Writes a file whole: whoever reads it meanwhile gets the old or the new one. Folders on the
    /// way are made.
    ///
    /// # Errors
    /// It is too large, the canvas is full, or something else is in its place.
    async fn write(
        &self,
        session: &SessionKey,
        path: &CanvasPath,
        bytes: Vec<u8>,
    ) -> Result<(), CanvasError>;

    /// Deletes a file.
    ///
    /// # Errors
    /// It is missing, or no file.
    async fn delete(&self, session: &SessionKey, path: &CanvasPath) -> Result<(), CanvasError>;

    /// Its files, by their paths.
    ///
    /// # Errors
    /// The disk failed.
    async fn list(&self, session: &SessionKey) -> Result<Vec<CanvasFile>, CanvasError>;

    /// Asks every page that shows the session to show its canvas, and tells them who wants it.
    ///
    /// # Errors
    /// The disk failed.
    async fn present(
        &self,
        session: &SessionKey,
        view: CanvasView,
        by: CanvasPresenter,
    ) -> Result<(), CanvasError>;

    /// What a node is to be sent so that it shows the canvas. What people do there belongs to this
    /// session from now on, as long as the node stays connected and shows no other one.
    ///
    /// # Errors
    /// The node is not connected, or the disk failed.
    async fn on_node(
        &self,
        session: &SessionKey,
        view: CanvasView,
        node: &DeviceId,
    ) -> Result<OnNode, CanvasError>;

    /// Adds A2UI messages to what is shown, and keeps them for pages that come later. All or none.
    /// Gives the ids of the surfaces that there are now.
    ///
    /// # Errors
    /// A message is none, or too much would have to be kept.
    async fn push(
        &self,
        session: &SessionKey,
        messages: Vec<Value>,
    ) -> Result<Vec<String>, CanvasError>;

    /// Takes all surfaces away.
    async fn reset(&self, session: &SessionKey);
}
