//! Tokens that gateways gave to this device, each for the gateway that gave it (SECURITY T01).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tidegate_protocol::Role;
use tidegate_protocol::api::connect::HelloAuth;

use crate::address::Address;
use crate::credential::Credential;
use crate::identity::DeviceIdentity;
use crate::private_file;

/// Where the tokens are, in the state directory.
const FILE: &str = "identity/device-auth.json";

/// The file of tokens. It is read when a token is needed and written when one was given.
#[derive(Debug, Clone)]
pub struct TokenCache {
    path: PathBuf,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    version: u32,
    device_id: String,
    /// By origin, then by role.
    tokens: BTreeMap<String, BTreeMap<String, Entry>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    token: String,
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_at_ms: Option<u64>,
}

impl TokenCache {
    /// The tokens of this state directory.
    pub fn in_state_dir(state_dir: &Path) -> Self {
        Self {
            path: state_dir.join(FILE),
        }
    }

    /// The token that the gateway at this very host and port gave to the device, if any.
    pub fn token(&self, device: &DeviceIdentity, of: &Address, role: Role) -> Option<Credential> {
        let stored = self.read(device)?;
        let entry = stored.tokens.get(&of.origin())?.get(role.as_str())?;
        Some(Credential::new(&entry.token))
    }

    pub(crate) fn keep(
        &self,
        device: &DeviceIdentity,
        from: &Address,
        granted: &HelloAuth,
        token: &Credential,
    ) -> io::Result<()> {
        let _alone = private_file::alone_with(&self.path)?;
        let mut stored = self.read(device).unwrap_or_default();
        stored.version = 1;
        device.device_id().clone_into(&mut stored.device_id);
        let entry = Entry {
            token: token.expose().to_owned(),
            scopes: granted.scopes.clone(),
            issued_at_ms: granted.issued_at_ms,
        };
        let of_origin = stored.tokens.entry(from.origin()).or_default();
        of_origin.insert(granted.role.as_str().to_owned(), entry);
        let text = serde_json::to_string_pretty(&stored).map_err(io::Error::other)?;
        private_file::replace(&self.path, &(text + "\n"))
    }

    /// A file of another device, damaged or readable by others is no file: its tokens are not
    /// used, and the next one that is given replaces it.
    fn read(&self, device: &DeviceIdentity) -> Option<Stored> {
        let text = private_file::read(&self.path).ok().flatten()?;
        let stored: Stored = serde_json::from_str(&text).ok()?;
        (stored.version == 1 && stored.device_id == device.device_id()).then_some(stored)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_token_belongs_to_host_port_and_role() {
        let dir = tempfile::tempdir().unwrap();
        let device = DeviceIdentity::generate().unwrap();
        let cache = TokenCache::in_state_dir(dir.path());
        let here = Address::parse("ws://gateway.example:1000").unwrap();
        let granted = HelloAuth {
            device_token: None,
            role: Role::Operator,
            scopes: vec!["operator.read".to_owned()],
            issued_at_ms: Some(1),
            device_tokens: Vec::new(),
        };
        cache
            .keep(&device, &here, &granted, &Credential::new("first"))
            .unwrap();
        cache
            .keep(&device, &here, &granted, &Credential::new("second"))
            .unwrap();

        let token = |device, url: &str, role| {
            let found = cache.token(device, &Address::parse(url).unwrap(), role);
            found.map(|token| token.expose().to_owned())
        };
        let own = token(&device, "ws://gateway.example:1000/path", Role::Operator);
        assert_eq!(own.as_deref(), Some("second"));
        assert_eq!(
            token(&device, "ws://gateway.example:1001", Role::Operator),
            None
        );
        assert_eq!(
            token(&device, "ws://evil.example:1000", Role::Operator),
            None
        );
        assert_eq!(
            token(&device, "ws://gateway.example:1000", Role::Node),
            None
        );
        let other = DeviceIdentity::generate().unwrap();
        assert_eq!(
            token(&other, "ws://gateway.example:1000", Role::Operator),
            None
        );

        let mode = dir
            .path()
            .join(FILE)
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn tokens_that_are_given_at_once_are_all_kept() {
        const MANY: u16 = 16;
        let dir = tempfile::tempdir().unwrap();
        let device = DeviceIdentity::generate().unwrap();
        let at = |port| Address::parse(&format!("ws://gateway.example:{port}")).unwrap();
        let granted = HelloAuth {
            device_token: None,
            role: Role::Operator,
            scopes: Vec::new(),
            issued_at_ms: None,
            device_tokens: Vec::new(),
        };
        let start = std::sync::Barrier::new(MANY.into());
        std::thread::scope(|scope| {
            for port in 1..=MANY {
                let (dir, device, granted, start) = (&dir, &device, &granted, &start);
                scope.spawn(move || {
                    let cache = TokenCache::in_state_dir(dir.path());
                    let token = Credential::new(port.to_string());
                    start.wait();
                    cache.keep(device, &at(port), granted, &token).unwrap();
                });
            }
        });
        let cache = TokenCache::in_state_dir(dir.path());
        for port in 1..=MANY {
            let token = cache.token(&device, &at(port), Role::Operator);
            assert_eq!(token.unwrap().expose(), port.to_string());
        }
    }
}
