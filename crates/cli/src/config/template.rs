//! What the daemon writes: a first file, and the last good copy.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::load::{FileState, Loaded};
use super::paths::last_good_path;

/// The first file: everything in it is a comment, so the defaults hold.
pub(crate) const FIRST_FILE: &str = include_str!("first.json5");

/// Writes a file so that at any moment the old or the new one is whole: a temporary file in the
/// same directory, synced, renamed, the directory synced. Mode 0600 whatever the umask.
///
/// # Errors
/// The directory cannot be written.
pub(crate) fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.new", std::process::id()));
    let temporary: PathBuf = path.with_file_name(name);
    let _ = std::fs::remove_file(&temporary);
    let outcome = (|| {
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)?;
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        path.parent()
            .map_or(Ok(()), |parent| std::fs::File::open(parent)?.sync_all())
    })();
    if outcome.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    outcome
}

impl Loaded {
    /// On the first start: writes a small commented file. True if it was written.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn write_first_file(&self) -> std::io::Result<bool> {
        if !self.may_write || self.source != FileState::Missing || self.config_path.exists() {
            return Ok(false);
        }
        write_whole(&self.config_path, FIRST_FILE)?;
        Ok(true)
    }

    /// After a good start: keeps a copy of the file to fall back on (D18).
    ///
    /// # Errors
    /// The copy cannot be written.
    pub(crate) fn remember_good(&self) -> std::io::Result<()> {
        // The very text that was loaded: what stands in the file by now has not been tried.
        match (&self.source, &self.text) {
            (FileState::Valid, Some(text)) => {
                write_whole(&last_good_path(&self.state_dir), text.expose())
            }
            _ => Ok(()),
        }
    }
}
