//! The state directory: ours alone, on a disk of this host.

use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Why the state directory cannot be used. Always exit code 78.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StateDirError {
    /// It cannot be made or looked at.
    #[error("the state directory {} cannot be {action}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The directory.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// It is a file.
    #[error("{} is not a directory: set TIDEGATE_STATE_DIR to another path", path.display())]
    NotADirectory {
        /// The path.
        path: PathBuf,
    },
    /// Another user owns it.
    #[error("the state directory {} belongs to user {owner}, and this is user {me}: start as that user, or set TIDEGATE_STATE_DIR to a directory of your own", path.display())]
    Foreign {
        /// The directory.
        path: PathBuf,
        /// Its owner.
        owner: u32,
        /// Who we are.
        me: u32,
    },
    /// Locks and syncs cannot be trusted there.
    #[error("the state directory {} is on {kind}, where locks and syncs cannot be trusted: set TIDEGATE_STATE_DIR to a directory on a disk of this host", path.display())]
    Remote {
        /// The directory.
        path: PathBuf,
        /// What it is on.
        kind: String,
    },
}

/// What was done to the directory.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Prepared {
    /// Whether it was made.
    pub(crate) created: bool,
    /// What was tightened, for the terminal.
    pub(crate) notices: Vec<String>,
}

/// Makes the directory, or checks it: mode 0700, our own, on a local disk; with `logs/` in it.
///
/// # Errors
/// It cannot be made safe.
pub(crate) fn prepare(path: &Path) -> Result<Prepared, StateDirError> {
    let io = |action, source| StateDirError::Io {
        action,
        path: path.to_owned(),
        source,
    };
    let mut prepared = Prepared::default();
    if let Some(kind) = sync_folder(path) {
        return Err(StateDirError::Remote {
            path: path.to_owned(),
            kind,
        });
    }
    match std::fs::metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(path)
                .map_err(|e| io("made", e))?;
            set_mode(path, 0o700).map_err(|e| io("made", e))?;
            prepared.created = true;
        }
        Err(error) => return Err(io("read", error)),
        Ok(_) => {}
    }
    let meta = std::fs::metadata(path).map_err(|e| io("read", e))?;
    if !meta.is_dir() {
        return Err(StateDirError::NotADirectory {
            path: path.to_owned(),
        });
    }
    refuse_foreign(path)?;
    if let Some(kind) = remote_filesystem(path) {
        return Err(StateDirError::Remote {
            path: path.to_owned(),
            kind,
        });
    }
    tighten(path, 0o700, &mut prepared.notices).map_err(|e| io("protected (chmod 700)", e))?;
    let logs = path.join("logs");
    match std::fs::DirBuilder::new().mode(0o700).create(&logs) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(io("written", error));
        }
        _ => {}
    }
    tighten_below(path, &mut prepared.notices).map_err(|e| io("protected", e))?;
    Ok(prepared)
}

/// Refuses a directory of another user; one that is not there is nobody's. Reads its owner only.
///
/// # Errors
/// Another user owns it.
pub(crate) fn refuse_foreign(path: &Path) -> Result<(), StateDirError> {
    let me = rustix::process::geteuid().as_raw();
    match std::fs::metadata(path) {
        Ok(meta) if meta.uid() != me => Err(StateDirError::Foreign {
            path: path.to_owned(),
            owner: meta.uid(),
            me,
        }),
        _ => Ok(()),
    }
}

/// Files that others could read or write lose those rights; one level of our own names deep.
/// The secret is left alone: whoever could read it may have, and [`crate::owner_token`] says so.
fn tighten_below(path: &Path, notices: &mut Vec<String>) -> std::io::Result<()> {
    for directory in [path.to_owned(), path.join("logs"), path.join("identity")] {
        if !directory.exists() {
            continue;
        }
        for entry in std::fs::read_dir(&directory)? {
            let entry = entry?;
            let meta = entry.metadata()?; // of the link, not of what it points to
            let mode = if meta.is_dir() { 0o700 } else { 0o600 };
            let ours = meta.uid() == rustix::process::geteuid().as_raw();
            let plain = meta.is_dir() || meta.is_file();
            if plain && ours && entry.file_name() != crate::owner_token::FILE_NAME {
                tighten(&entry.path(), mode, notices)?;
            }
        }
    }
    Ok(())
}

fn tighten(path: &Path, mode: u32, notices: &mut Vec<String>) -> std::io::Result<()> {
    let found = std::fs::metadata(path)?.permissions().mode() & 0o777;
    if found & 0o077 != 0 {
        set_mode(path, found & mode)?;
        notices.push(format!(
            "{} was open to others (mode {found:03o}): now {:03o}",
            path.display(),
            found & mode
        ));
    }
    Ok(())
}

fn set_mode(path: &Path, mode: u32) -> std::io::Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

/// A folder that a program copies to other machines behind our back.
fn sync_folder(path: &Path) -> Option<String> {
    const NAMES: [&str; 6] = [
        "Dropbox",
        "OneDrive",
        "Google Drive",
        "GoogleDrive",
        "iCloud Drive",
        "Mobile Documents",
    ];
    path.components()
        .filter_map(|part| part.as_os_str().to_str())
        .find(|part| NAMES.contains(part))
        .map(|name| format!("a synchronised folder ({name})"))
}

/// The name of a network filesystem, if the path is on one.
fn remote_filesystem(path: &Path) -> Option<String> {
    let file = std::fs::File::open(path).ok()?;
    let magic = rustix::fs::fstatfs(&file).ok()?.f_type;
    remote_kind(u64::try_from(magic).ok()?, || mount_type(path))
}

/// What a filesystem's number means for us. `mount` names it more exactly where many share one.
fn remote_kind(magic: u64, mount: impl FnOnce() -> Option<String>) -> Option<String> {
    let name = match magic & 0xffff_ffff {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "SMB (CIFS)",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x00c3_6400 => "Ceph",
        0x0bd0_0bd0 => "Lustre",
        0x7375_7245 => "Coda",
        0x564c => "NCP",
        0x6573_5546 => {
            // FUSE: containers and NTFS disks are local, everything else may be anywhere.
            const LOCAL: [&str; 5] = [
                "virtiofs",
                "fuseblk",
                "fuse.fuse-overlayfs",
                "fuse.grpcfuse",
                "fuse.osxfs",
            ];
            let kind = mount().unwrap_or_else(|| "fuse".to_owned());
            return (!LOCAL.contains(&kind.as_str()))
                .then(|| format!("a FUSE filesystem ({kind})"));
        }
        _ => return None,
    };
    Some(name.to_owned())
}

/// The type of the mount that a path is on, from the kernel's table.
fn mount_type(path: &Path) -> Option<String> {
    let path = std::fs::canonicalize(path).ok()?;
    let table = std::fs::read_to_string("/proc/self/mountinfo").ok()?;
    table
        .lines()
        .filter_map(|line| {
            let (left, right) = line.split_once(" - ")?;
            let point = left.split(' ').nth(4)?.replace("\\040", " ");
            let depth = path.starts_with(&point).then_some(point.len())?;
            Some((depth, right.split(' ').next()?.to_owned()))
        })
        .max_by_key(|(depth, _)| *depth)
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn makes_and_tightens() {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("deep/state");
        assert!(prepare(&state).unwrap().created);
        assert_eq!(mode(&state), 0o700);
        assert_eq!(mode(&state.join("logs")), 0o700);

        set_mode(&state, 0o755).unwrap();
        std::fs::write(state.join("old.db"), "").unwrap();
        set_mode(&state.join("old.db"), 0o644).unwrap();
        let again = prepare(&state).unwrap();
        assert!(!again.created);
        assert_eq!(again.notices.len(), 2, "{:?}", again.notices);
        assert_eq!((mode(&state), mode(&state.join("old.db"))), (0o700, 0o600));
        assert_eq!(prepare(&state).unwrap(), Prepared::default());
    }

    #[test]
    fn refuses_what_is_not_ours_or_not_here() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(matches!(
            prepare(&file),
            Err(StateDirError::NotADirectory { .. })
        ));
        assert!(matches!(
            prepare(&home.path().join("Dropbox/x")),
            Err(StateDirError::Remote { .. })
        ));
        if rustix::process::geteuid().is_root() {
            let theirs = home.path().join("theirs");
            std::fs::create_dir(&theirs).unwrap();
            std::os::unix::fs::chown(&theirs, Some(65534), None).unwrap();
            assert!(matches!(
                prepare(&theirs),
                Err(StateDirError::Foreign { owner: 65534, .. })
            ));
        }
    }

    #[test]
    fn knows_network_filesystems() {
        assert_eq!(remote_kind(0x6969, || None).as_deref(), Some("NFS"));
        assert_eq!(
            remote_kind(0xffff_ffff_ff53_4d42, || None).as_deref(),
            Some("SMB (CIFS)")
        );
        assert!(remote_kind(0x6573_5546, || Some("fuse.sshfs".into())).is_some());
        assert!(remote_kind(0x6573_5546, || Some("fuse.fuse-overlayfs".into())).is_none());
        assert!(remote_kind(0xef53, || None).is_none());
    }
}
