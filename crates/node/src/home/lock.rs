//! One node host for a folder: whoever has the lock is it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};

use super::{Home, HomeError};

pub(super) const LOCK: &str = "node.lock";
/// How long somebody who only looks may have the lock.
const GLANCE: Duration = Duration::from_millis(20);
/// How often that is waited for.
const GLANCES: u32 = 4;

/// Whoever holds it is the one node host of the folder.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Home {
    /// Becomes the one node host here.
    ///
    /// # Errors
    /// There is one.
    pub(crate) fn lock(&self) -> Result<Lock, HomeError> {
        let path = self.path.join(LOCK);
        let bad = |source| self.bad(&path, source);
        let file = self.lock_file().map_err(bad)?;
        for _ in 0..GLANCES {
            match flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Lock { _file: file }),
                // Somebody may only be looking.
                Err(rustix::io::Errno::WOULDBLOCK) => std::thread::park_timeout(GLANCE),
                Err(why) => return Err(bad(why.into())),
            }
        }
        Err(HomeError::Taken)
    }

    /// Whether a node host runs here.
    ///
    /// # Errors
    /// The lock cannot be looked at.
    pub fn is_taken(&self) -> Result<bool, HomeError> {
        let path = self.path.join(LOCK);
        let bad = |source| self.bad(&path, source);
        let file = self.lock_file().map_err(bad)?;
        match flock(&file, FlockOperation::NonBlockingLockShared) {
            Ok(()) => Ok(false),
            Err(rustix::io::Errno::WOULDBLOCK) => Ok(true),
            Err(why) => Err(bad(why.into())),
        }
    }

    fn lock_file(&self) -> io::Result<File> {
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.path.join(LOCK))
    }
}
