//! The database as a file: its mode, and what its header says before SQLite touches it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Only the owner reads and writes state (SECURITY T42).
const MODE: u32 = 0o600;
/// The header of a database.
const HEADER_BYTES: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing is there, or nothing is in it.
    Empty,
    /// A database.
    Database {
        /// Its `user_version`, as far as it stands in the main file.
        version: u32,
        /// Its `application_id`.
        application: u32,
    },
    /// Something else.
    Other,
}

/// Looks at a file without changing anything.
pub(super) fn peek(path: &Path) -> io::Result<Found> {
    let mut header = Vec::with_capacity(HEADER_BYTES);
    match File::open(path) {
        Ok(file) => file.take(HEADER_BYTES as u64).read_to_end(&mut header)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Empty),
        Err(error) => return Err(error),
    };
    if header.is_empty() {
        return Ok(Found::Empty);
    }
    let number = |at: usize| -> Option<u32> {
        let bytes = header.get(at..at.checked_add(4)?)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    };
    match (header.starts_with(MAGIC), number(60), number(68)) {
        (true, Some(version), Some(application)) => Ok(Found::Database {
            version,
            application,
        }),
        _ => Ok(Found::Other),
    }
}

/// The path with something after its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Whether the last one who had the database open went without closing it.
pub(super) fn left_open(path: &Path) -> bool {
    fs::metadata(beside(path, "-wal")).is_ok_and(|wal| wal.len() > 0)
}

/// Makes the file if needed and gives it, and what lies beside it, its mode. What SQLite makes
/// later takes the mode of the file.
pub(super) fn prepare(path: &Path) -> io::Result<()> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)
    {
        Ok(_) => sync_parent(path)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    set_mode(path)?;
    for suffix in ["-wal", "-shm"] {
        match set_mode(&beside(path, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn set_mode(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.permissions().mode() & 0o7777 == MODE {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(MODE))
}

/// Makes an empty file for a copy, in place of what was there.
pub(super) fn make_anew(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(MODE)
        .open(path)?;
    set_mode(path)
}

/// Gives a finished file its name, so that it is whole under this name even after a power cut.
pub(super) fn settle(from: &Path, to: &Path) -> io::Result<()> {
    File::open(from)?.sync_all()?;
    fs::rename(from, to)?;
    sync_parent(to)
}

fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}
