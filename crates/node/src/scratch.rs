//! A folder for one piece of work: nobody else can look into it, and it is gone afterwards.

use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The folder. To drop it removes it with all that is in it.
#[derive(Debug)]
pub(crate) struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes a folder of this name, mode 0700.
    pub(crate) fn make(inside: &Path, name: &str) -> io::Result<Self> {
        let path = inside.join(name);
        std::fs::DirBuilder::new()
            .mode(0o700)
            .recursive(true)
            .create(inside)?;
        std::fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self { path })
    }

    /// A path in it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Removes what an earlier process left behind when it was killed.
    pub(crate) fn clear(inside: &Path) -> io::Result<()> {
        match std::fs::remove_dir_all(inside) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is removed at the next start.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}
