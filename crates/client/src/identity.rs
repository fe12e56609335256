//! The device: an Ed25519 key in a file that only its owner can read.

use std::path::Path;
use std::{fmt, io};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tidegate_protocol::api::connect::{ClientInfo, DeviceProof};

use crate::credential::Credential;
use crate::private_file;

/// Where the key is, in the state directory.
pub const FILE: &str = "identity/device.json";

/// The key of this device and the id that follows from it.
#[derive(Clone)]
pub struct DeviceIdentity {
    key: SigningKey,
    device_id: String,
}

impl fmt::Debug for DeviceIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceIdentity")
            .field("device_id", &self.device_id)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    version: u32,
    device_id: String,
    secret_key: String,
}

/// What a device signs.
#[derive(Debug, Clone, Copy)]
pub struct Statement<'a> {
    /// Who is calling.
    pub client: &'a ClientInfo,
    /// The role asked for.
    pub role: &'a str,
    /// The scopes asked for, in the order of the request.
    pub scopes: &'a [String],
    /// The challenge's time.
    pub signed_at_ms: u64,
    /// The secret that is shown along.
    pub token: Option<&'a Credential>,
    /// The challenge's nonce.
    pub nonce: &'a str,
}

impl DeviceIdentity {
    /// Reads the key of this state directory, or makes one.
    ///
    /// # Errors
    /// The file cannot be read or written, is damaged, or others can read it.
    pub fn load_or_create(state_dir: &Path) -> io::Result<Self> {
        let path = state_dir.join(FILE);
        if let Some(text) = private_file::read(&path)? {
            return Self::from_text(&text).map_err(|why| private_file::damaged(&path, why));
        }
        let made = Self::generate()?;
        if private_file::create(&path, &made.to_text())? {
            return Ok(made);
        }
        // Another process was faster: there is one key, and it is theirs.
        let text = private_file::read(&path)?.unwrap_or_default();
        Self::from_text(&text).map_err(|why| private_file::damaged(&path, why))
    }

    /// A new key that is kept nowhere.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn generate() -> io::Result<Self> {
        let mut secret = [0_u8; 32];
        getrandom::fill(&mut secret).map_err(io::Error::other)?;
        Ok(Self::from_key(SigningKey::from_bytes(&secret)))
    }

    fn from_key(key: SigningKey) -> Self {
        let digest = Sha256::digest(key.verifying_key().as_bytes());
        Self {
            key,
            device_id: format!("{digest:x}"),
        }
    }

    fn from_text(text: &str) -> Result<Self, &'static str> {
        let stored: Stored = serde_json::from_str(text).map_err(|_| "it is not what we wrote")?;
        if stored.version != 1 {
            return Err("a newer version wrote it");
        }
        let secret = URL_SAFE_NO_PAD
            .decode(&stored.secret_key)
            .map_err(|_| "the key is damaged")?;
        let secret: [u8; 32] = secret.try_into().map_err(|_| "the key is damaged")?;
        let identity = Self::from_key(SigningKey::from_bytes(&secret));
        if identity.device_id == stored.device_id {
            Ok(identity)
        } else {
            Err("key and id differ")
        }
    }

    fn to_text(&self) -> String {
        let stored = Stored {
            version: 1,
            device_id: self.device_id.clone(),
            secret_key: URL_SAFE_NO_PAD.encode(self.key.to_bytes()),
        };
        serde_json::to_string_pretty(&stored).unwrap_or_default() + "\n"
    }

    /// Lower-case hex SHA-256 of the raw public key.
    pub fn device_id(&self) -> &str {
        &self.device_id
    }

    /// The raw public key in base64url.
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes())
    }

    /// Signs what is asked for (payload version 3).
    pub fn prove(&self, statement: &Statement<'_>) -> DeviceProof {
        let payload = statement.payload(&self.device_id);
        DeviceProof {
            id: self.device_id.clone(),
            public_key: self.public_key(),
            signature: URL_SAFE_NO_PAD.encode(self.key.sign(payload.as_bytes()).to_bytes()),
            signed_at: statement.signed_at_ms,
            nonce: Some(statement.nonce.to_owned()),
        }
    }
}

impl Statement<'_> {
    /// The text that is signed (V4 A.5, payload version 3).
    fn payload(&self, device_id: &str) -> String {
        let folded = |text: Option<&str>| text.unwrap_or_default().trim().to_ascii_lowercase();
        [
            "v3",
            device_id,
            &self.client.id,
            &self.client.mode,
            self.role,
            &self.scopes.join(","),
            &self.signed_at_ms.to_string(),
            self.token.map(Credential::expose).unwrap_or_default(),
            self.nonce,
            &folded(Some(&self.client.platform)),
            &folded(self.client.device_family.as_deref()),
        ]
        .join("|")
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_can_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let made = DeviceIdentity::load_or_create(dir.path()).unwrap();
        let read = DeviceIdentity::load_or_create(dir.path()).unwrap();
        assert_eq!(made.device_id(), read.device_id());
        assert_eq!(made.device_id().len(), 64);
        let file = dir.path().join(FILE);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let folder = file.parent().unwrap();
        assert_eq!(
            folder.metadata().unwrap().permissions().mode() & 0o777,
            0o700
        );
        assert_eq!(
            std::fs::read_dir(folder).unwrap().count(),
            1,
            "no temporary file is left"
        );
        assert!(!format!("{made:?}").contains(&URL_SAFE_NO_PAD.encode(made.key.to_bytes())));
    }

    #[test]
    fn a_file_that_others_can_read_or_that_is_damaged_is_refused_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        DeviceIdentity::load_or_create(dir.path()).unwrap();
        let file = dir.path().join(FILE);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let error = DeviceIdentity::load_or_create(dir.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains("chmod 600"), "{error}");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&file, "{}").unwrap();
        let error = DeviceIdentity::load_or_create(dir.path())
            .unwrap_err()
            .to_string();
        assert!(error.contains("device.json"), "{error}");
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "{}");
    }

    #[test]
    fn many_who_start_at_once_get_one_key() {
        let dir = tempfile::tempdir().unwrap();
        let ids: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
            let start = || {
                scope.spawn(|| {
                    DeviceIdentity::load_or_create(dir.path())
                        .unwrap()
                        .device_id()
                        .to_owned()
                })
            };
            let all: Vec<_> = (0..8).map(|_| start()).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(ids.len(), 1);
    }
}
