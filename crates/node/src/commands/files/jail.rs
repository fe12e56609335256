//! The way into an offered folder.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno;

use crate::config::Folder;
use crate::failure::Failure;

/// Nothing on the way leads elsewhere.
const BENEATH: ResolveFlags = ResolveFlags::BENEATH
    .union(ResolveFlags::NO_MAGICLINKS)
    .union(ResolveFlags::NO_SYMLINKS);
/// The kernel says "again" while somebody renames on the way; after so many times we say busy.
const TRIES: usize = 64;

/// The folders that are offered.
pub(crate) struct Files {
    pub(super) roots: Vec<Root>,
}

/// One of them, by its handle: a name that is swapped later changes nothing.
pub(super) struct Root {
    pub(super) name: String,
    pub(super) write: bool,
    pub(super) handle: OwnedFd,
}

/// A path, read: the folder, and the way in it, `.` for itself.
pub(super) struct Way<'a> {
    pub(super) root: &'a Root,
    pub(super) inner: String,
}

impl Files {
    /// Opens the folders. Those that cannot be offered come back with the reason.
    pub(crate) fn open(folders: &[Folder], state: &Path) -> (Self, Vec<String>) {
        let mut roots = Vec::new();
        let mut refused = Vec::new();
        for folder in folders {
            match open_root(folder, state) {
                Ok(root) => roots.push(root),
                Err(why) => refused.push(format!("folder {}: {why}", folder.name)),
            }
        }
        (Self { roots }, refused)
    }

    /// Whether there is anything to read, and anything to write.
    pub(crate) fn offers(&self) -> (bool, bool) {
        let write = self.roots.iter().any(|root| root.write);
        (!self.roots.is_empty(), write)
    }

    /// Reads a path. Only plain names: no `.`, no `..`, nothing empty, no zero byte.
    pub(super) fn way(&self, path: &str) -> Result<Way<'_>, Failure> {
        let mut names = path.split('/');
        let first = names.next().unwrap_or_default();
        let root = self.roots.iter().find(|root| root.name == first);
        let root = root.ok_or_else(|| Failure::missing("no folder of that name is offered"))?;
        let names: Vec<&str> = names.collect();
        let plain = |name: &&str| !matches!(*name, "" | "." | "..") && !name.contains('\0');
        if !names.iter().all(plain) {
            return Err(Failure::invalid(
                "path: names with one / between them, none of them . or ..",
            ));
        }
        let inner = if names.is_empty() {
            ".".to_owned()
        } else {
            names.join("/")
        };
        Ok(Way { root, inner })
    }
}

impl Way<'_> {
    /// Opens a regular file that has one name only: a second name could be outside.
    pub(super) fn file(&self) -> Result<File, Failure> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::NOFOLLOW;
        let file = File::from(open(&self.root.handle, &self.inner, flags)?);
        let meta = file.metadata().map_err(|why| failed(&why))?;
        if !meta.is_file() {
            return Err(Failure::invalid("path: not a file"));
        }
        if meta.nlink() != 1 {
            return Err(Failure::forbidden("the file has more than one name"));
        }
        Ok(file)
    }

    /// Opens a folder.
    pub(super) fn folder(&self) -> Result<OwnedFd, Failure> {
        open(
            &self.root.handle,
            &self.inner,
            OFlags::RDONLY | OFlags::DIRECTORY,
        )
    }

    /// Opens the folder that a file is to be in; and its name there.
    pub(super) fn parent(&self) -> Result<(OwnedFd, &str), Failure> {
        let (folder, name) = self.inner.rsplit_once('/').unwrap_or((".", &self.inner));
        if name == "." {
            return Err(Failure::invalid("path: the name of a file is missing"));
        }
        let folder = open(
            &self.root.handle,
            folder,
            OFlags::RDONLY | OFlags::DIRECTORY,
        )?;
        Ok((folder, name))
    }
}

fn open_root(folder: &Folder, state: &Path) -> io::Result<Root> {
    let path = folder.path.canonicalize()?;
    let state = state.canonicalize()?;
    if path.starts_with(&state) || state.starts_with(&path) {
        return Err(io::Error::other(
            "the state directory, with its keys, is never offered",
        ));
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(Root {
        name: folder.name.clone(),
        write: folder.write,
        handle: rustix::fs::open(&path, flags, Mode::empty())?,
    })
}

fn open(root: impl AsFd, path: &str, flags: OFlags) -> Result<OwnedFd, Failure> {
    let flags = flags | OFlags::CLOEXEC;
    for _ in 0..TRIES {
        match openat2(root.as_fd(), path, flags, Mode::empty(), BENEATH) {
            Err(Errno::AGAIN | Errno::INTR) => {}
            found => return found.map_err(|why| failed(&why.into())),
        }
    }
    Err(Failure::unavailable("the folder changes all the time"))
}

/// What the system says, as the gateway hears it.
pub(super) fn failed(why: &io::Error) -> Failure {
    match why.kind() {
        io::ErrorKind::NotFound => Failure::missing("no such file or folder"),
        io::ErrorKind::AlreadyExists => Failure::conflict("there is a file of that name"),
        io::ErrorKind::PermissionDenied => Failure::forbidden("this machine forbids it"),
        _ if matches!(Errno::from_io_error(why), Some(Errno::LOOP | Errno::XDEV)) => {
            Failure::forbidden("the path leads out of the folder, or over a link")
        }
        _ => Failure::unavailable(why.to_string()),
    }
}
