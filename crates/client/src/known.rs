//! Gateways whose certificate somebody of this host has looked at and accepted.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::pin::Fingerprint;
use crate::private_file::{self, damaged};

/// Where they are, in the state directory.
const FILE: &str = "identity/known-gateways.json";
/// The version that is read and written.
const VERSION: u32 = 1;

/// The file of accepted certificates, mode 0600: read before every dial, written when somebody
/// accepts one.
#[derive(Debug, Clone)]
pub struct KnownGateways {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Stored {
    version: u32,
    /// Fingerprints by `host:port`.
    gateways: BTreeMap<String, String>,
}

impl KnownGateways {
    /// Those of this state directory.
    pub fn in_state_dir(state_dir: &Path) -> Self {
        Self {
            path: state_dir.join(FILE),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The certificate that was accepted at this host and port.
    ///
    /// # Errors
    /// The file is damaged, or others can read it: then nothing is known for sure, and nobody is
    /// to be trusted as if for the first time.
    pub fn pin(&self, of: &Address) -> io::Result<Option<Fingerprint>> {
        let stored = self.read()?;
        let pin = stored.gateways.get(&of.authority());
        pin.map(|text| text.parse().map_err(|why| self.bad(&why)))
            .transpose()
    }

    /// Accepts a certificate at this host and port, where none is accepted yet.
    ///
    /// # Errors
    /// The file is damaged or cannot be written, or another certificate was accepted there, if only
    /// since somebody was asked: then one of the two is not the gateway's.
    pub fn accept(&self, at: &Address, shown: Fingerprint) -> io::Result<()> {
        let _alone = private_file::alone_with(&self.path)?;
        if self.pin(at)?.is_some_and(|accepted| accepted != shown) {
            let what = format!("another certificate is accepted at {at} already");
            return Err(self.bad(&what));
        }
        let mut stored = self.read()?;
        stored.version = VERSION;
        stored.gateways.insert(at.authority(), shown.to_string());
        let text = serde_json::to_string_pretty(&stored).map_err(io::Error::other)?;
        private_file::replace(&self.path, &(text + "\n"))
    }

    fn read(&self) -> io::Result<Stored> {
        let Some(text) = private_file::read(&self.path)? else {
            return Ok(Stored::default());
        };
        let stored: Stored = serde_json::from_str(&text).map_err(|why| self.bad(&why))?;
        if stored.version == VERSION {
            Ok(stored)
        } else {
            Err(self.bad(&"written by another version"))
        }
    }

    fn bad(&self, why: &dyn std::fmt::Display) -> io::Error {
        damaged(&self.path, &why.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_certificate_is_accepted_for_one_host_and_port() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownGateways::in_state_dir(dir.path());
        let at = |url: &str| Address::parse(url).unwrap();
        let (first, second) = (Fingerprint::of(b"1"), Fingerprint::of(b"2"));
        assert_eq!(known.pin(&at("wss://gate.example:1")).unwrap(), None);
        known.accept(&at("wss://gate.example:1"), first).unwrap();
        known
            .accept(&at("wss://Gate.example:2/path"), second)
            .unwrap();
        known.accept(&at("wss://gate.example:2"), second).unwrap();
        let other = known.accept(&at("wss://gate.example:2"), first);
        assert!(other.is_err(), "what was accepted is not replaced");
        let pin = |url| known.pin(&at(url)).unwrap();
        assert_eq!(pin("wss://gate.example:1"), Some(first));
        assert_eq!(pin("wss://gate.example:2"), Some(second));
        assert_eq!(pin("wss://gate.example:3"), None);
        assert_eq!(pin("wss://other.example:1"), None);
        let mode = known.path().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn many_who_accept_at_once_lose_nothing_of_each_other() {
        const MANY: u16 = 16;
        let dir = tempfile::tempdir().unwrap();
        let at = |port| Address::parse(&format!("wss://gate.example:{port}")).unwrap();
        let pin = |port: u16| Fingerprint::of(&port.to_be_bytes());
        let start = std::sync::Barrier::new(MANY.into());
        std::thread::scope(|scope| {
            for port in 1..=MANY {
                let (dir, start) = (&dir, &start);
                scope.spawn(move || {
                    let known = KnownGateways::in_state_dir(dir.path());
                    start.wait();
                    known.accept(&at(port), pin(port)).unwrap();
                });
            }
        });
        let known = KnownGateways::in_state_dir(dir.path());
        for port in 1..=MANY {
            assert_eq!(known.pin(&at(port)).unwrap(), Some(pin(port)), "{port}");
        }
    }

    #[test]
    fn of_two_certificates_at_one_place_one_is_accepted() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownGateways::in_state_dir(dir.path());
        let at = Address::parse("wss://gate.example:1").unwrap();
        let shown = [Fingerprint::of(b"1"), Fingerprint::of(b"2")];
        let start = std::sync::Barrier::new(shown.len());
        let accepted: Vec<_> = std::thread::scope(|scope| {
            let tries = shown.map(|shown| {
                let (known, at, start) = (&known, &at, &start);
                scope.spawn(move || {
                    start.wait();
                    known.accept(at, shown).is_ok().then_some(shown)
                })
            });
            tries
                .into_iter()
                .filter_map(|one| one.join().unwrap())
                .collect()
        });
        assert_eq!(accepted.len(), 1);
        assert_eq!(known.pin(&at).unwrap(), accepted.first().copied());
    }

    #[test]
    fn a_damaged_or_open_file_is_not_an_empty_one() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownGateways::in_state_dir(dir.path());
        let at = Address::parse("wss://gate.example:1").unwrap();
        known.accept(&at, Fingerprint::of(b"1")).unwrap();
        std::fs::set_permissions(known.path(), PermissionsExt::from_mode(0o644)).unwrap();
        assert!(known.pin(&at).is_err());
        std::fs::set_permissions(known.path(), PermissionsExt::from_mode(0o600)).unwrap();
        for text in [
            "",
            "{}",
            "{\"version\":2,\"gateways\":{}}",
            "{\"version\":1,\"gateways\":{\"gate.example:1\":\"x\"}}",
        ] {
            std::fs::write(known.path(), text).unwrap();
            assert!(known.pin(&at).is_err(), "{text}");
        }
    }
}
