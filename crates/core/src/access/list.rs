//! Lists of people, by their stable ids (SECURITY T26, T27).

use std::collections::BTreeSet;

use crate::text::is_invisible;

/// In a list of the configuration: everybody.
pub const EVERYBODY: &str = "*";
/// Longest stable id of a person or conversation in bytes; no network has half as much.
const ID_MAX_BYTES: usize = 256;

/// Who is meant by a list. An empty one means nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AllowList(pub(super) BTreeSet<String>);

impl AllowList {
    /// A list of stable ids, or of [`EVERYBODY`]. What can be no id is left out.
    pub fn new(ids: impl IntoIterator<Item = String>) -> Self {
        let ids = ids.into_iter();
        Self(ids.filter(|id| is_id(id) || id == EVERYBODY).collect())
    }

    /// Whether nobody is on it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this id is on it, by itself or as one of everybody.
    pub fn has(&self, id: &str) -> bool {
        self.names(id) || (is_id(id) && self.0.contains(EVERYBODY))
    }

    /// Whether this id itself is on it. The comparison is exact: what differs by case, a blank, a
    /// plus or an unseen character is somebody else.
    pub fn names(&self, id: &str) -> bool {
        is_id(id) && self.0.contains(id)
    }
}

/// Whether a text can be a stable id at all. One that a network did not give is nobody's.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= ID_MAX_BYTES
        && text != EVERYBODY
        && !text.chars().any(|c| c.is_whitespace() || is_invisible(c))
}
