//! A fence as it is wished for.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What a program and everything that it starts cannot read, write, make, replace or remove. Each
/// program gets its own, by what is on the disk when it starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fence {
    /// Folders and files that are closed, with all that is in them.
    pub(crate) hidden: Vec<PathBuf>,
    /// Folders that stay open all the same; without links.
    pub(crate) open: Vec<PathBuf>,
    pub(crate) demand: Demand,
}

/// What happens where the kernel cannot see to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    /// Nothing is run.
    Required,
    /// Programs run without a fence.
    #[default]
    BestEffort,
}

impl Fence {
    /// Around these folders and files.
    pub const fn around(hidden: Vec<PathBuf>, demand: Demand) -> Self {
        Self {
            hidden,
            open: Vec::new(),
            demand,
        }
    }

    /// Leaves these folders open, wherever they are: the place of an agent's own work. Looks at the
    /// file system: a link that somebody puts in their place later leads nowhere.
    #[must_use]
    pub fn but_for(mut self, open: impl IntoIterator<Item = PathBuf>) -> Self {
        self.open
            .extend(open.into_iter().map(|path| without_links(&path)));
        self
    }

    /// Whether the kernel of this machine can see to it.
    pub fn works_here() -> bool {
        #[cfg(target_os = "linux")]
        let works = super::kernel::is_there();
        #[cfg(not(target_os = "linux"))]
        let works = false;
        works
    }
}

/// The path without links, as far as it exists.
pub(super) fn without_links(path: &Path) -> PathBuf {
    let known = path.ancestors().find_map(|above| {
        let rest = path.strip_prefix(above).ok()?;
        Some(above.canonicalize().ok()?.join(rest))
    });
    known.unwrap_or_else(|| path.to_owned())
}
