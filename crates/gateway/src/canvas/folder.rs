//! Where the canvas of a session is: a folder of its own, named by the hash of the session's key,
//! which is never joined to a path itself (SECURITY T40).

use std::io;
use std::path::{Path, PathBuf};

use tidegate_core::SessionKey;
use tidegate_core::canvas::{CanvasError, CanvasPath};
use tidegate_core::secret::sha256_hex;

use super::jail::Jail;

/// Letters of a folder's name: 128 bits, so that no two keys share one.
const NAME_CHARS: usize = 32;
/// What a folder shows.
pub(super) const INDEX: &str = "index.html";
/// What a new canvas shows.
const SAMPLE: &str = include_str!("sample.html");

/// The folder of all canvases.
#[derive(Debug)]
pub(super) struct Folders(PathBuf);

impl Folders {
    pub(super) const fn new(root: PathBuf) -> Self {
        Self(root)
    }

    /// The path of a session's folder, which may not be there.
    pub(super) fn path(&self, session: &SessionKey) -> PathBuf {
        let name = sha256_hex(session.as_str().as_bytes());
        self.0.join(name.get(..NAME_CHARS).unwrap_or_default())
    }

    /// A session's folder, if it is there.
    pub(super) fn open(&self, session: &SessionKey) -> Result<Option<Jail>, CanvasError> {
        match Jail::open(&self.path(session)) {
            Ok(jail) => Ok(Some(jail)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CanvasError::Disk(error)),
        }
    }

    /// A session's folder; it is made where it is missing.
    pub(super) fn make(&self, session: &SessionKey) -> Result<Jail, CanvasError> {
        let made = make_root(&self.0).and_then(|()| Jail::make(&self.path(session)));
        made.map_err(CanvasError::Disk)
    }

    /// Takes a session's folder away with all that is in it; links in it lose their names alone.
    pub(super) fn remove(&self, session: &SessionKey) -> Result<(), CanvasError> {
        match std::fs::remove_dir_all(self.path(session)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(CanvasError::Disk(error)),
            _ => Ok(()),
        }
    }

    /// A session's folder with something to see in it.
    pub(super) fn furnished(&self, session: &SessionKey, half: &str) -> Result<Jail, CanvasError> {
        let jail = self.make(session)?;
        let index = CanvasPath::parse(INDEX)?;
        if !jail.has(&index) {
            jail.write(&index, SAMPLE.as_bytes(), half)?;
        }
        Ok(jail)
    }
}

fn make_root(root: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(root)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T40: no session's key is a path, whatever it says.
    #[test]
    fn a_folder_has_a_plain_name_whatever_the_session_is_called() {
        let folders = Folders::new("/canvas".into());
        let long = "x".repeat(300);
        let keys = [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "/etc/passwd",
            "CON",
            "a\0b",
            "a\u{202e}b",
            "agent:main:main",
            "AGENT:MAIN:MAIN",
            &long,
        ];
        let paths: std::collections::BTreeSet<_> = keys
            .iter()
            .map(|key| folders.path(&SessionKey::stored(*key)))
            .collect();
        assert_eq!(paths.len(), keys.len(), "each has its own");
        for path in paths {
            assert_eq!(path.parent(), Some(Path::new("/canvas")));
            let name = path.file_name().and_then(|name| name.to_str()).unwrap();
            assert_eq!(name.len(), NAME_CHARS);
            assert!(name.bytes().all(|byte| byte.is_ascii_hexdigit()), "{name}");
        }
    }
}
