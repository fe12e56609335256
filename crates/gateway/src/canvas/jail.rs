//! One folder that no file operation leaves (SECURITY T37 to T39). Everything goes by the folder's
//! own handle: the kernel refuses `..`, symbolic links and other file systems on the way, however
//! fast somebody swaps names, and only a regular file with one name is read.

mod listing;

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, mkdirat, openat, openat2,
    renameat, unlinkat,
};
use rustix::io::Errno;
use tidegate_core::canvas::{CanvasError, CanvasPath};

pub(super) use listing::CANVAS_FILES;

/// Largest file in bytes: a film of some minutes.
pub(super) const FILE_BYTES: u64 = 64 << 20;
/// All files of one canvas together, in bytes.
pub(super) const CANVAS_BYTES: u64 = 256 << 20;
/// The kernel gives up on a name that others change meanwhile; then it is asked again, so often.
const TRIES: usize = 8;

const FOLDER_MODE: Mode = Mode::RWXU;
const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);
const INSIDE: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_SYMLINKS)
    .union(ResolveFlags::NO_XDEV);

/// A folder, by its handle.
#[derive(Debug)]
pub(super) struct Jail(OwnedFd);

/// A file that was opened, and how large it was then.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) file: File,
    pub(super) bytes: u64,
}

impl Jail {
    /// Opens a folder; makes it, for its owner alone, where it is missing. The last name of the path
    /// is no symbolic link.
    pub(super) fn make(path: &Path) -> io::Result<Self> {
        match rustix::fs::mkdir(path, FOLDER_MODE) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        Self::open(path)
    }

    /// Opens a folder that is there.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(Self(openat(CWD, path, flags, Mode::empty())?))
    }

    /// Opens a file for reading.
    pub(super) fn read(&self, path: &CanvasPath) -> Result<Opened, CanvasError> {
        // Without waiting: to open a pipe waits for its other end.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = self
            .inside(path.as_str(), flags)
            .map_err(|error| why(path, error))?;
        let stat = fstat(&file).map_err(|error| why(path, error))?;
        let bytes = size_of(&stat).ok_or_else(|| CanvasError::NotAFile(path.clone()))?;
        if bytes > FILE_BYTES {
            return Err(too_large(path));
        }
        Ok(Opened {
            file: file.into(),
            bytes,
        })
    }

    /// Reads a file whole.
    pub(super) fn read_whole(&self, path: &CanvasPath) -> Result<Vec<u8>, CanvasError> {
        let opened = self.read(path)?;
        let mut bytes = Vec::new();
        let read = opened.file.take(FILE_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(CanvasError::Disk)?;
        // It may have grown since it was looked at.
        if bytes.len() as u64 > FILE_BYTES {
            return Err(too_large(path));
        }
        Ok(bytes)
    }

    /// Whether something is there, of whatever kind.
    pub(super) fn has(&self, path: &CanvasPath) -> bool {
        self.inside(path.as_str(), OFlags::PATH | OFlags::CLOEXEC)
            .is_ok()
    }

    /// Whether a folder is there.
    pub(super) fn has_folder(&self, path: &CanvasPath) -> bool {
        self.folder(path.as_str()).is_ok()
    }

    /// Writes a file whole, under a name that nobody has, and then gives it its own. `half` is a
    /// name that is not taken and that is never served.
    pub(super) fn write(
        &self,
        path: &CanvasPath,
        bytes: &[u8],
        half: &str,
    ) -> Result<(), CanvasError> {
        let (folders, name) = path.split();
        let made = folders
            .map(|folders| self.make_folders(folders))
            .transpose();
        let made = made.map_err(|error| why(path, error))?;
        let folder = made.as_ref().unwrap_or(&self.0);
        if taken_by_other(folder, name) {
            return Err(CanvasError::NotAFile(path.clone()));
        }
        let written =
            write_new(folder, half, bytes).and_then(|()| Ok(renameat(folder, half, folder, name)?));
        if written.is_err() {
            let _ = unlinkat(folder, half, AtFlags::empty());
        }
        written.map_err(CanvasError::Disk)
    }

    /// Deletes a file.
    pub(super) fn delete(&self, path: &CanvasPath) -> Result<(), CanvasError> {
        let (folders, name) = path.split();
        let opened = folders.map(|folders| self.folder(folders)).transpose();
        let opened = opened.map_err(|error| why(path, error))?;
        let folder = opened.as_ref().unwrap_or(&self.0);
        unlinkat(folder, name, AtFlags::empty()).map_err(|error| match error {
            Errno::ISDIR | Errno::PERM => CanvasError::NotAFile(path.clone()),
            other => why(path, other),
        })
    }

    fn make_folders(&self, folders: &str) -> Result<OwnedFd, Errno> {
        let mut so_far = String::new();
        for name in folders.split('/') {
            let parent = match so_far.as_str() {
                "" => None,
                path => Some(self.folder(path)?),
            };
            match mkdirat(parent.as_ref().unwrap_or(&self.0), name, FOLDER_MODE) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error),
            }
            if !so_far.is_empty() {
                so_far.push('/');
            }
            so_far.push_str(name);
        }
        self.folder(&so_far)
    }

    pub(super) fn folder(&self, path: &str) -> Result<OwnedFd, Errno> {
        self.inside(path, OFlags::DIRECTORY | OFlags::CLOEXEC)
    }

    pub(super) fn inside(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        let mut last = Errno::AGAIN;
        for _ in 0..TRIES {
            match openat2(&self.0, path, flags, Mode::empty(), INSIDE) {
                Err(error @ (Errno::AGAIN | Errno::INTR)) => last = error,
                done => return done,
            }
        }
        Err(last)
    }
}

/// The size of a regular file that has one name only; else `None`.
pub(super) fn size_of(stat: &Stat) -> Option<u64> {
    let regular = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    (regular && stat.st_nlink == 1).then(|| u64::try_from(stat.st_size).unwrap_or(u64::MAX))
}

/// Whether a name is taken by something that a write must not take the place of.
fn taken_by_other(folder: &OwnedFd, name: &str) -> bool {
    rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile)
}

fn write_new(folder: &OwnedFd, name: &str, bytes: &[u8]) -> io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(openat(folder, name, flags, FILE_MODE)?);
    file.write_all(bytes)?;
    // Else a name could outlive a crash without its bytes.
    file.sync_data()
}

fn too_large(path: &CanvasPath) -> CanvasError {
    CanvasError::TooMuch(format!(
        "\"{path}\" is larger than {} MiB, the most for a file of a canvas",
        FILE_BYTES >> 20
    ))
}

/// A symbolic link and a way out are as if they were not there.
fn why(path: &CanvasPath, error: Errno) -> CanvasError {
    match error {
        Errno::NOENT
        | Errno::LOOP
        | Errno::XDEV
        | Errno::NOTDIR
        | Errno::AGAIN
        | Errno::NAMETOOLONG => CanvasError::Missing(path.clone()),
        Errno::ISDIR | Errno::NXIO => CanvasError::NotAFile(path.clone()),
        other => CanvasError::Disk(other.into()),
    }
}

#[cfg(test)]
mod tests;
