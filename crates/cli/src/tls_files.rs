//! The gateway's certificate on disk: given in the configuration, or made once and kept.

use std::io::Read;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use tidegate_client::Fingerprint;
use tidegate_gateway::{Tls, TlsError, certificate_fingerprint, self_made};

use crate::config::env::Environment;
use crate::config::model_network::TlsConfig;
use crate::config::template::write_whole;
use crate::exit::Exit;
use crate::output::Failure;

/// Where the made certificate is, in the state directory.
const FOLDER: &str = "tls";
const CERTIFICATE: &str = "cert.pem";
const KEY: &str = "key.pem";
/// A chain of certificates is some kilobytes; a file without end is none.
const MAX_BYTES: u64 = 1024 * 1024;

/// A certificate and its key on disk.
#[derive(Debug, PartialEq, Eq)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
    /// Named in the configuration: never written by us.
    given: bool,
}

impl Files {
    fn of(config: &TlsConfig, state_dir: &Path) -> Self {
        let env = Environment::of_process();
        let given = |path: &String| env.rooted(path).unwrap_or_else(|| PathBuf::from(path));
        if let (Some(certificate), Some(key)) = (&config.cert_path, &config.key_path) {
            return Self {
                certificate: given(certificate),
                key: given(key),
                given: true,
            };
        }
        let folder = state_dir.join(FOLDER);
        Self {
            certificate: folder.join(CERTIFICATE),
            key: folder.join(KEY),
            given: false,
        }
    }

    /// A failure, with the file and the key of the configuration that it is about.
    fn failure(&self, about_key: bool, what: &str) -> Failure {
        let (path, key) = if about_key {
            (&self.key, "gateway.tls.keyPath")
        } else {
            (&self.certificate, "gateway.tls.certPath")
        };
        let next = if self.given {
            "put a good file there, or name another one; it is read at the start only".to_owned()
        } else {
            format!(
                "restore both files from a backup; or delete {}: then a new certificate is made, and every client must pin it again",
                self.certificate.display()
            )
        };
        let what = format!("{key}: {}: {what}", path.display());
        Failure::new(Exit::Config, what).next(next)
    }

    fn read(&self, about_key: bool) -> Result<Vec<u8>, Failure> {
        let path = if about_key {
            &self.key
        } else {
            &self.certificate
        };
        read(path, about_key).map_err(|why| self.failure(about_key, &why.to_string()))
    }
}

fn read(path: &Path, secret: bool) -> std::io::Result<Vec<u8>> {
    let file = std::fs::File::open(path)?;
    let mode = file.metadata()?.mode();
    if secret && mode & 0o007 != 0 {
        return Err(std::io::Error::other(format!(
            "everybody can read it (mode {:03o}): run `chmod 600 {}`",
            mode & 0o777,
            path.display()
        )));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The certificate that is shown, and what was made for it. Only the holder of the state directory
/// may call it.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) tls: Tls,
    /// The certificate that was just made.
    pub(crate) made: Option<PathBuf>,
}

/// Reads the certificate, or makes it for these names. `None` without TLS.
///
/// # Errors
/// A file is missing, broken or open to everybody, or the certificate has expired.
pub(crate) fn prepare(
    config: &TlsConfig,
    state_dir: &Path,
    names: impl IntoIterator<Item = String>,
    now_ms: u64,
) -> Result<Option<Prepared>, Failure> {
    if !config.enabled {
        return Ok(None);
    }
    let files = Files::of(config, state_dir);
    let mut made = None;
    if !files.given && !files.certificate.exists() {
        if !config.auto_generate {
            return Err(Failure::new(
                Exit::Config,
                "gateway.tls.enabled is set, and there is no certificate",
            )
            .next(
                "name one with gateway.tls.certPath and keyPath, or set gateway.tls.autoGenerate",
            ));
        }
        make(&files, names, now_ms)?;
        made = Some(files.certificate.clone());
    }
    let (certificate, key) = (files.read(false)?, files.read(true)?);
    let tls = Tls::from_pem(&certificate, &key, now_ms)
        .map_err(|why| files.failure(why.is_about_key(), &why.to_string()))?;
    Ok(Some(Prepared { tls, made }))
}

/// The key first: a certificate without its key would be an error at the next start.
fn make(
    files: &Files,
    names: impl IntoIterator<Item = String>,
    now_ms: u64,
) -> Result<(), Failure> {
    let fail = |why: &dyn std::fmt::Display| {
        Failure::new(
            Exit::Config,
            format!(
                "the certificate {} cannot be made: {why}",
                files.certificate.display()
            ),
        )
    };
    let pair = self_made(names, now_ms).map_err(|why: TlsError| fail(&why))?;
    let folder = files.certificate.parent().unwrap_or(Path::new("/"));
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .and_then(|()| write_whole(&files.key, &pair.key))
        .and_then(|()| write_whole(&files.certificate, &pair.certificate))
        .map_err(|why| fail(&why))
}

/// The certificate that the own gateway shows, from its file: what this host's commands expect.
/// `None` where there is none yet, or it cannot be read.
pub(crate) fn own_fingerprint(config: &TlsConfig, state_dir: &Path) -> Option<Fingerprint> {
    let files = Files::of(config, state_dir);
    let certificate = read(&files.certificate, false).ok()?;
    certificate_fingerprint(&certificate).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const NOW_MS: u64 = 1_795_183_689_000;

    fn names() -> Vec<String> {
        ["localhost", "127.0.0.1", "[::1]"]
            .map(str::to_owned)
            .to_vec()
    }

    fn on() -> TlsConfig {
        TlsConfig {
            enabled: true,
            ..TlsConfig::default()
        }
    }

    fn start(config: &TlsConfig, state: &Path) -> Result<Prepared, Failure> {
        prepare(config, state, names(), NOW_MS).map(Option::unwrap)
    }

    #[test]
    fn made_once_private_and_kept() {
        let state = tempfile::tempdir().unwrap();
        let off = TlsConfig::default();
        assert!(
            prepare(&off, state.path(), names(), NOW_MS)
                .unwrap()
                .is_none()
        );
        assert!(!state.path().join(FOLDER).exists());
        assert_eq!(own_fingerprint(&on(), state.path()), None);
        let first = start(&on(), state.path()).unwrap();
        assert!(first.made.is_some());
        let again = start(&on(), state.path()).unwrap();
        assert!(again.made.is_none());
        assert_eq!(first.tls.fingerprint(), again.tls.fingerprint());
        let own = own_fingerprint(&on(), state.path()).unwrap();
        assert_eq!(own, first.tls.fingerprint().parse().unwrap());
        for (name, mode) in [("", 0o700), (KEY, 0o600), (CERTIFICATE, 0o600)] {
            let path = state.path().join(FOLDER).join(name);
            let found = path.metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(found, mode, "{}", path.display());
        }
    }

    #[test]
    fn what_cannot_be_used_names_its_key_and_its_file() {
        let state = tempfile::tempdir().unwrap();
        let given = tempfile::tempdir().unwrap();
        start(&on(), given.path()).unwrap();
        let folder = given.path().join(FOLDER);
        let (certificate, key) = (folder.join(CERTIFICATE), folder.join(KEY));
        let config = TlsConfig {
            cert_path: Some(certificate.display().to_string()),
            key_path: Some(key.display().to_string()),
            ..on()
        };
        assert!(start(&config, state.path()).unwrap().made.is_none());
        let says = |config: &TlsConfig, now, words: &[&str]| {
            let failure = prepare(config, state.path(), names(), now).unwrap_err();
            let text = format!("{failure} {}", failure.next.clone().unwrap_or_default());
            assert_eq!(failure.exit, Exit::Config);
            for word in words {
                assert!(text.contains(word), "{word}: {text}");
            }
        };
        let much_later = NOW_MS + 4000 * 24 * 60 * 60 * 1000;
        says(
            &config,
            much_later,
            &["gateway.tls.certPath", "has expired"],
        );
        std::fs::set_permissions(&key, PermissionsExt::from_mode(0o604)).unwrap();
        says(&config, NOW_MS, &["gateway.tls.keyPath", "chmod 600"]);
        std::fs::set_permissions(&key, PermissionsExt::from_mode(0o640)).unwrap();
        assert!(start(&config, state.path()).is_ok(), "a group may read it");
        std::fs::write(&key, "no key").unwrap();
        says(&config, NOW_MS, &["gateway.tls.keyPath", "no private key"]);
        std::fs::remove_file(&certificate).unwrap();
        says(
            &config,
            NOW_MS,
            &["gateway.tls.certPath", &certificate.display().to_string()],
        );
        let none = TlsConfig {
            auto_generate: false,
            ..on()
        };
        says(&none, NOW_MS, &["gateway.tls.autoGenerate"]);
        // Of the made pair the key is lost: no new certificate behind the owner's back.
        start(&on(), state.path()).unwrap();
        std::fs::remove_file(state.path().join(FOLDER).join(KEY)).unwrap();
        says(&on(), NOW_MS, &["gateway.tls.keyPath", "pin it again"]);
    }
}
