//! The handle of this room.

use std::sync::Arc;

use super::directory::Directory;
use crate::Engine;

/// What the edge, the approvals and the tools ask of nodes. Cheap to clone.
#[derive(Clone)]
pub struct Nodes(pub(super) Engine);

impl Engine {
    /// The nodes.
    pub fn nodes(&self) -> Nodes {
        Nodes(self.clone())
    }
}

impl Nodes {
    pub(super) fn directory(&self) -> &Arc<Directory> {
        &self.0.inner().nodes
    }
}
