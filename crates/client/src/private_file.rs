//! Files that only their owner can read, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::fresh::fresh_id;

/// What we keep is small; a file without end is not ours.
const MAX_BYTES: u64 = 1024 * 1024;
/// Between two looks whether somebody else has finished changing a file.
const GLANCE: Duration = Duration::from_millis(20);
/// Most looks: five seconds, where a change takes some milliseconds.
const GLANCES: u32 = 250;

/// The text, `None` if there is no file.
///
/// # Errors
/// It cannot be read, is no text, or others can read it.
pub fn read(path: &Path) -> io::Result<Option<String>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(why) if why.kind() == ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(at(path, &why)),
    };
    let meta = file.metadata().map_err(|why| at(path, &why))?;
    if meta.mode() & 0o077 != 0 {
        return Err(io::Error::new(
            ErrorKind::PermissionDenied,
            format!("others can read {0}: run `chmod 600 {0}`", path.display()),
        ));
    }
    let mut text = String::new();
    file.take(MAX_BYTES)
        .read_to_string(&mut text)
        .map_err(|why| at(path, &why))?;
    Ok(Some(text))
}

/// Writes a file that does not exist yet; false if somebody else was faster.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<bool> {
    let temporary = write_beside(path, text)?;
    let linked = fs::hard_link(&temporary, path);
    let _ = fs::remove_file(&temporary);
    match linked {
        Ok(()) => Ok(true),
        Err(why) if why.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(why) => Err(at(path, &why)),
    }
}

/// Puts a new text in the place of an old one; the folder is made if it is not there, for its
/// owner alone.
///
/// # Errors
/// It cannot be written; then the old text is still there.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let temporary = write_beside(path, text)?;
    fs::rename(&temporary, path).map_err(|why| {
        let _ = fs::remove_file(&temporary);
        at(path, &why)
    })
}

/// Alone with a file until it is dropped: whoever reads it, changes it and writes it back loses
/// nothing that another process wrote in between.
#[derive(Debug)]
pub(crate) struct Alone {
    // The kernel lets go of the lock when it is closed, however the process ends.
    _lock: File,
}

/// Waits until nobody else changes the file. The lock is a file beside it, since the file itself is
/// another one after each change.
///
/// # Errors
/// The lock cannot be made, or somebody has it for long.
pub(crate) fn alone_with(path: &Path) -> io::Result<Alone> {
    folder_of(path)?;
    let beside = path.with_extension("lock");
    let lock = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&beside)
        .map_err(|why| at(&beside, &why))?;
    for _ in 0..GLANCES {
        match lock.try_lock() {
            Ok(()) => return Ok(Alone { _lock: lock }),
            Err(TryLockError::WouldBlock) => std::thread::park_timeout(GLANCE),
            Err(TryLockError::Error(why)) => return Err(at(&beside, &why)),
        }
    }
    let why = io::Error::new(ErrorKind::TimedOut, "another process keeps it locked");
    Err(at(&beside, &why))
}

fn folder_of(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|why| at(folder, &why))
}

fn write_beside(path: &Path, text: &str) -> io::Result<PathBuf> {
    folder_of(path)?;
    let temporary = path.with_extension(format!("{}.tmp", fresh_id()));
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|why| {
        let _ = fs::remove_file(&temporary);
        at(path, &why)
    })?;
    Ok(temporary)
}

pub(crate) fn damaged(path: &Path, why: &str) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, format!("{}: {why}", path.display()))
}

fn at(path: &Path, why: &io::Error) -> io::Error {
    io::Error::new(why.kind(), format!("{}: {why}", path.display()))
}
