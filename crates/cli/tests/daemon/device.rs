//! A device: a key that signs what it asks for (V4 A.5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tidegate_testkit::RawClient;

pub(crate) struct Device {
    key: SigningKey,
}

impl Device {
    pub(crate) fn number(seed: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
        }
    }

    fn id(&self) -> String {
        format!("{:x}", Sha256::digest(self.key.verifying_key().as_bytes()))
    }

    /// Answers the challenge of a fresh connection with this credential, as an operator who wants
    /// to read and write. `kind` is the field of `auth`: `token`, `deviceToken`, `bootstrapToken`.
    pub(crate) async fn connect(
        &self,
        client: &mut RawClient,
        kind: &str,
        secret: &str,
    ) -> std::io::Result<Value> {
        let challenge = client.next_frame().await?["payload"].clone();
        let scopes = ["operator.read", "operator.write"];
        let at = challenge["ts"].as_u64().unwrap();
        let nonce = challenge["nonce"].as_str().unwrap();
        let line = [
            "v2",
            &self.id(),
            "test",
            "test",
            "operator",
            &scopes.join(","),
            &at.to_string(),
            secret,
            nonce,
        ];
        let signature = self.key.sign(line.join("|").as_bytes());
        let params = json!({
            "minProtocol": 3, "maxProtocol": 4, "role": "operator", "scopes": scopes,
            "client": { "id": "test", "version": "1", "platform": "linux", "mode": "test" },
            "auth": { kind: secret },
            "device": {
                "id": self.id(),
                "publicKey": URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()),
                "signature": URL_SAFE_NO_PAD.encode(signature.to_bytes()),
                "signedAt": at,
                "nonce": nonce,
            },
        });
        client.request("connect", params).await
    }
}
