//! A subject's files, opened and compared with it. What is open here is what runs: a name is never
//! looked up again after its content was compared.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use sha2::{Digest, Sha256};
use tidegate_core::exec::{ContentHash, Directory, Pinned, Subject};

use crate::budget::{Budget, Spent};
use crate::job::Changed;
use crate::limits::SCRIPT_MAX_BYTES;
use crate::look::naming_code;
use crate::shebang::HEAD_BYTES;

/// Everything that a subject names, open.
pub(crate) struct Opened {
    /// What the kernel is to run: the executable, or its interpreter.
    pub(crate) program: File,
    /// The directory to start in.
    pub(crate) cwd: OwnedFd,
    /// The executable, if it is a script.
    pub(crate) script: Option<File>,
    /// Arguments that a shell reads as a script, with their index.
    pub(crate) arguments: Vec<(usize, File)>,
}

/// Why a file has no hash.
#[derive(Debug)]
pub(crate) enum Unhashed {
    /// It cannot be read.
    Unread(io::Error),
    /// It may not be read any further, which one that grows without end comes to as well.
    Spent(Spent),
}

/// Why a subject's files are not open.
#[derive(Debug)]
pub(crate) enum Unopened {
    /// Something is not as it was when it was looked at.
    Changed(Changed),
    /// This file may not be read from where the program would run.
    Closed(String),
}

impl From<Changed> for Unopened {
    fn from(changed: Changed) -> Self {
        Self::Changed(changed)
    }
}

impl From<io::Error> for Unhashed {
    fn from(error: io::Error) -> Self {
        Self::Unread(error)
    }
}

impl From<Spent> for Unhashed {
    fn from(spent: Spent) -> Self {
        Self::Spent(spent)
    }
}

/// Opens everything and compares it.
///
/// # Errors
/// The first thing that is not as the subject says, or that may not be read.
pub(crate) fn open(subject: &Subject, budget: &mut Budget) -> Result<Opened, Unopened> {
    if rustix::process::geteuid().as_raw() != subject.user {
        return Err(Changed::User.into());
    }
    let cwd = open_cwd(&subject.cwd)?;
    let executable = open_pinned(&subject.executable, budget, Changed::Executable)?;
    let (program, script) = match &subject.interpreter {
        None => (executable, None),
        Some(reader) => {
            let program = open_pinned(&reader.file, budget, Changed::Interpreter)?;
            (program, Some(executable))
        }
    };
    // What did not name code when it was looked at, and now does: nobody has seen what it names.
    let pinned = |index: &usize| subject.arguments.iter().any(|pin| pin.index == *index);
    let mut naming = naming_code(&subject.argv, Path::new(&subject.cwd.path)).into_iter();
    if let Some(new) = naming.find(|index| !pinned(index)) {
        return Err(Changed::Argument(new).into());
    }
    let mut arguments = Vec::new();
    for pin in &subject.arguments {
        let file = open_pinned(&pin.file, budget, Changed::Argument(pin.index))?;
        if pin.code {
            arguments.push((pin.index, file));
        }
    }
    Ok(Opened {
        program,
        cwd,
        script,
        arguments,
    })
}

/// A regular file, never a symlink, never waiting for a pipe.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or(0))
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "not a regular file",
        ));
    }
    Ok(file)
}

/// The directory at a path without symlinks at its end, and its identity.
pub(crate) fn open_directory(path: &Path) -> io::Result<(OwnedFd, u64, u64)> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    let directory = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let meta = directory.metadata()?;
    Ok((directory.into(), meta.dev(), meta.ino()))
}

/// SHA-256 of a whole file, and how it begins. The file's offset is not used.
///
/// # Errors
/// It cannot be read, or the budget is spent.
pub(crate) fn hash_file(
    file: &File,
    budget: &mut Budget,
) -> Result<(ContentHash, Vec<u8>), Unhashed> {
    budget.check(file.metadata()?.len())?;
    let mut hasher = Sha256::new();
    let mut head = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut offset = 0;
    loop {
        let count = file.read_at(&mut buffer, offset)?;
        budget.take(count as u64)?;
        let bytes = buffer.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok((ContentHash::from_bytes(hasher.finalize().into()), head));
        }
        hasher.update(bytes);
        if offset == 0 {
            head.extend_from_slice(bytes.get(..HEAD_BYTES).unwrap_or(bytes));
        }
        offset += count as u64;
    }
}

/// A script's bytes, if they are still those that were hashed.
pub(crate) fn read_script(file: &mut File, sha256: ContentHash) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(SCRIPT_MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .ok()?;
    let same = ContentHash::from_bytes(Sha256::digest(&bytes).into()) == sha256;
    same.then_some(bytes)
}

fn open_pinned(pinned: &Pinned, budget: &mut Budget, changed: Changed) -> Result<File, Unopened> {
    let path = Path::new(&pinned.path);
    // A directory on the way may have become a symlink.
    if path.canonicalize().is_ok_and(|now| now != path) {
        return Err(changed.into());
    }
    let file = open_file(path).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => Unopened::Closed(pinned.path.clone()),
        _ => changed.into(),
    })?;
    match hash_file(&file, budget) {
        Ok((found, _)) if found == pinned.sha256 => Ok(file),
        _ => Err(changed.into()),
    }
}

fn open_cwd(cwd: &Directory) -> Result<OwnedFd, Changed> {
    let (directory, device, inode) =
        open_directory(Path::new(&cwd.path)).map_err(|_| Changed::Directory)?;
    if (device, inode) != (cwd.device, cwd.inode) {
        return Err(Changed::Directory);
    }
    Ok(directory)
}
