//! The owner's secret: 256 bits that the gateway makes once, in a file that only its user reads.

use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tidegate_core::{IdGen, Secret};

/// Name of the file in the state directory.
pub(crate) const FILE_NAME: &str = "gateway.token";
/// Letters of the secret in the file.
const LETTERS: usize = 43;

/// Why the secret cannot be used. Always exit code 78.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OwnerTokenError {
    /// The file cannot be made or read.
    #[error("the secret file {} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// Others can read it.
    #[error("the secret file {0} can be read by other users (mode {1:03o}): if nobody did, chmod 600 {0}; else delete it, and the next start makes a new one", path.display(), mode)]
    Open {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It holds something else.
    #[error("the secret file {0} is damaged: delete it, and the next start makes a new one", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// Reads the secret; none if it was not made yet.
///
/// # Errors
/// Others can read it, or it is no secret.
pub(crate) fn read(state_dir: &Path) -> Result<Option<Secret<String>>, OwnerTokenError> {
    let path = state_dir.join(FILE_NAME);
    let io = |source| OwnerTokenError::Io {
        path: path.clone(),
        source,
    };
    let flags = i32::try_from((rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK).bits())
        .unwrap_or(0);
    let file = match std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(&path)
    {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io(error)),
    };
    let meta = file.metadata().map_err(io)?;
    let mode = meta.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(OwnerTokenError::Open { path, mode });
    }
    let mut buffer = String::new();
    let read = file.take(256).read_to_string(&mut buffer);
    let text = Secret::new(buffer);
    read.map_err(io)?;
    let token = text.expose().trim_end_matches(['\r', '\n']);
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !meta.is_file() || token.len() != LETTERS || !token.chars().all(letters) {
        return Err(OwnerTokenError::Damaged { path });
    }
    Ok(Some(Secret::new(token.to_owned())))
}

/// Reads the secret, or makes it. True if it was made. Only the holder of the lock may call it.
///
/// # Errors
/// As [`read`], or the file cannot be written.
pub(crate) fn ensure(
    state_dir: &Path,
    ids: &dyn IdGen,
) -> Result<(Secret<String>, bool), OwnerTokenError> {
    if let Some(token) = read(state_dir)? {
        return Ok((token, false));
    }
    let path = state_dir.join(FILE_NAME);
    let token = Secret::new(URL_SAFE_NO_PAD.encode(ids.secret()));
    write_new(&path, &token).map_err(|source| OwnerTokenError::Io { path, source })?;
    Ok((token, true))
}

/// A whole file or none: a crash must not leave half a secret behind.
fn write_new(path: &Path, token: &Secret<String>) -> std::io::Result<()> {
    let temporary = path.with_extension("token.new");
    let _ = std::fs::remove_file(&temporary);
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&temporary)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.write_all(token.expose().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    // A hard link, unlike a rename, never replaces a secret that is there already.
    let linked = std::fs::hard_link(&temporary, path);
    std::fs::remove_file(&temporary)?;
    linked?;
    path.parent()
        .map_or(Ok(()), |parent| std::fs::File::open(parent)?.sync_all())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_core::SystemIds;

    #[test]
    fn made_once_and_kept() {
        let state = tempfile::tempdir().unwrap();
        assert!(read(state.path()).unwrap().is_none());
        let (first, made) = ensure(state.path(), &SystemIds).unwrap();
        assert!(made);
        assert_eq!(first.expose().len(), LETTERS);
        let (second, made) = ensure(state.path(), &SystemIds).unwrap();
        assert!(!made && first == second);
        let rights = std::fs::metadata(state.path().join(FILE_NAME))
            .unwrap()
            .mode()
            & 0o777;
        assert_eq!(rights, 0o600);
        assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 1);
    }

    #[test]
    fn refuses_an_open_or_damaged_file() {
        let state = tempfile::tempdir().unwrap();
        let path = state.path().join(FILE_NAME);
        ensure(state.path(), &SystemIds).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = read(state.path()).unwrap_err().to_string();
        assert!(
            error.contains("chmod 600") && error.contains("640"),
            "{error}"
        );
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(
            read(state.path()),
            Err(OwnerTokenError::Damaged { .. })
        ));
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", &path).unwrap();
        assert!(matches!(
            read(state.path()),
            Err(OwnerTokenError::Io { .. })
        ));
    }
}
