//! A device: a key that signs what it asks for (V4 A.5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tidegate_testkit::RawClient;

/// What makes a connection remote: somebody passed it on for this address.
const FROM_ELSEWHERE: [(&str, &str); 1] = [("x-forwarded-for", "203.0.113.9")];
/// What an operator asks for here.
const SCOPES: [&str; 2] = ["operator.read", "operator.write"];

pub(crate) struct Device {
    key: SigningKey,
}

impl Device {
    pub(crate) fn number(seed: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
        }
    }

    pub(crate) fn id(&self) -> String {
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
        self.join(client, "operator", &SCOPES, kind, secret, &[])
            .await
    }

    /// The same over a connection that comes from another machine; the connection, and the answer.
    pub(crate) async fn elsewhere(
        &self,
        port: u16,
        kind: &str,
        secret: &str,
    ) -> (RawClient, Value) {
        let mut client = RawClient::connect(port, &FROM_ELSEWHERE).await.unwrap();
        let answer = self.connect(&mut client, kind, secret).await.unwrap();
        (client, answer)
    }

    /// Joins as a node on the gateway's own machine, with the owner's secret and these commands.
    pub(crate) async fn node(&self, port: u16, secret: &str, commands: &[&str]) -> RawClient {
        let mut client = RawClient::connect(port, &[]).await.unwrap();
        let joined = self.join(&mut client, "node", &[], "token", secret, commands);
        let answer = joined.await.unwrap();
        assert_eq!(answer["ok"], true, "{answer}");
        client
    }

    async fn join(
        &self,
        client: &mut RawClient,
        role: &str,
        scopes: &[&str],
        kind: &str,
        secret: &str,
        commands: &[&str],
    ) -> std::io::Result<Value> {
        let challenge = client.next_frame().await?["payload"].clone();
        let at = challenge["ts"].as_u64().unwrap();
        let nonce = challenge["nonce"].as_str().unwrap();
        let line = [
            "v2",
            &self.id(),
            "test",
            "test",
            role,
            &scopes.join(","),
            &at.to_string(),
            secret,
            nonce,
        ];
        let signature = self.key.sign(line.join("|").as_bytes());
        let mut params = json!({
            "minProtocol": 3, "maxProtocol": 4, "role": role, "scopes": scopes,
            "client": {
                "id": "test", "version": "1", "platform": "linux", "mode": "test",
                "displayName": "Its own name",
            },
            "auth": { kind: secret },
            "device": {
                "id": self.id(),
                "publicKey": URL_SAFE_NO_PAD.encode(self.key.verifying_key().as_bytes()),
                "signature": URL_SAFE_NO_PAD.encode(signature.to_bytes()),
                "signedAt": at,
                "nonce": nonce,
            },
        });
        if role == "node" {
            params["commands"] = json!(commands);
        }
        client.request("connect", params).await
    }
}
