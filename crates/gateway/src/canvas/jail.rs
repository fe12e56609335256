//! One folder that no file operation leaves (SECURITY T37 to T39). Everything goes by the folder's
//! own handle: the kernel refuses `..`, symbolic links and other file systems on the way, however
//! fast somebody swaps names, and only a regular file with one name is read.

use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, ResolveFlags, Stat, fstat, mkdirat, openat, openat2,
    renameat, unlinkat,
};
use rustix::io::Errno;
use tidegate_core::canvas::{CanvasError, CanvasFile, CanvasPath};

/// Largest file in bytes: a film of some minutes.
pub(super) const FILE_BYTES: u64 = 64 << 20;
/// All files of one canvas together, in bytes.
pub(super) const CANVAS_BYTES: u64 = 256 << 20;
/// Files of one canvas.
pub(super) const CANVAS_FILES: usize = 2_000;
/// Folders of one canvas that are looked into.
pub(super) const CANVAS_FOLDERS: usize = 256;
/// The kernel gives up on a name that others change meanwhile; then it is asked again, so often.
const TRIES: usize = 8;
/// A folder that is full of programs' parts and no page of anybody.
const MODULES: &str = "node_modules";

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

    /// Its files and folders, by their paths; no more than the bounds.
    pub(super) fn list(&self) -> Result<Listing, CanvasError> {
        let mut listing = Listing::default();
        let mut next = vec![None::<CanvasPath>];
        while let Some(folder) = next.pop() {
            let found = self.look_into(folder.as_ref(), &mut listing);
            let found = found.map_err(|error| CanvasError::Disk(error.into()))?;
            let room = CANVAS_FOLDERS.saturating_sub(listing.folders.len());
            next.extend(found.iter().take(room).cloned().map(Some));
            listing.folders.extend(found.into_iter().take(room));
        }
        listing.files.sort();
        Ok(listing)
    }

    fn look_into(
        &self,
        folder: Option<&CanvasPath>,
        listing: &mut Listing,
    ) -> Result<Vec<CanvasPath>, Errno> {
        let opened = match folder {
            None => self.inside(".", OFlags::DIRECTORY | OFlags::CLOEXEC)?,
            Some(path) => match self.folder(path.as_str()) {
                Ok(opened) => opened,
                // Taken away, or swapped for something else, since its name was read.
                Err(_) => return Ok(Vec::new()),
            },
        };
        let mut folders = Vec::new();
        for entry in Dir::read_from(&opened)? {
            let entry = entry?;
            let Some(path) = entry
                .file_name()
                .to_str()
                .ok()
                .and_then(|name| below(folder, name))
            else {
                continue;
            };
            let Ok(stat) =
                rustix::fs::statat(&opened, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)
            else {
                continue;
            };
            if FileType::from_raw_mode(stat.st_mode) == FileType::Directory {
                folders.push(path);
            } else if let Some(bytes) = size_of(&stat)
                && listing.files.len() < CANVAS_FILES
            {
                listing.states.push((path.clone(), state(&stat)));
                listing.files.push(CanvasFile { path, bytes });
            }
        }
        Ok(folders)
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

    fn folder(&self, path: &str) -> Result<OwnedFd, Errno> {
        self.inside(path, OFlags::DIRECTORY | OFlags::CLOEXEC)
    }

    fn inside(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
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

/// What is in a folder.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) files: Vec<CanvasFile>,
    pub(super) folders: Vec<CanvasPath>,
    /// What becomes another when a file does: its place on the disk and its last change.
    states: Vec<(CanvasPath, [i128; 4])>,
}

impl Listing {
    /// A short word for everything that is there; another after every change.
    pub(super) fn stamp(&self) -> String {
        let mut states = self.states.clone();
        states.sort();
        let mut hash = DefaultHasher::new();
        states.hash(&mut hash);
        format!("{:016x}", hash.finish())
    }
}

/// What of a file becomes another when it is written or takes another's place.
fn state(stat: &Stat) -> [i128; 4] {
    [
        i128::from(stat.st_ino),
        i128::from(stat.st_size),
        i128::from(stat.st_mtime),
        i128::from(stat.st_mtime_nsec),
    ]
}

/// A name in a folder, if it is one that is ever served.
fn below(folder: Option<&CanvasPath>, name: &str) -> Option<CanvasPath> {
    if name == MODULES {
        return None;
    }
    match folder {
        None => CanvasPath::of_names([name]).ok(),
        Some(folder) => folder.join(name).ok(),
    }
}

/// The size of a regular file that has one name only; else `None`.
fn size_of(stat: &Stat) -> Option<u64> {
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
