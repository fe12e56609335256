//! A device: a key, and signatures of each version over what it asks for (V3 2.2, V4 A.5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use tidegate_core::secret::sha256_hex;

/// What a signature is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signature {
    /// Without the nonce.
    V1,
    /// With the nonce.
    V2,
    /// With the nonce, platform and device family.
    V3,
}

pub(crate) struct Device {
    key: SigningKey,
}

impl Device {
    /// The device of this number.
    pub(crate) fn number(seed: u8) -> Self {
        Self {
            key: SigningKey::from_bytes(&[seed; 32]),
        }
    }

    pub(crate) fn id(&self) -> String {
        sha256_hex(&self.key.verifying_key().to_bytes())
    }

    pub(crate) fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.verifying_key().to_bytes())
    }

    /// The same request with this device's proof for the challenge.
    pub(crate) fn prove(&self, params: &Value, challenge: &Value) -> Value {
        let at = challenge["ts"].as_u64().unwrap();
        self.prove_as(
            params,
            Signature::V3,
            challenge["nonce"].as_str().unwrap(),
            at,
        )
    }

    pub(crate) fn prove_as(
        &self,
        params: &Value,
        version: Signature,
        nonce: &str,
        at: u64,
    ) -> Value {
        let line = line(params, &self.id(), version, nonce, at);
        let mut proof = json!({
            "id": self.id(),
            "publicKey": self.public_key(),
            "signature": URL_SAFE_NO_PAD.encode(self.key.sign(line.as_bytes()).to_bytes()),
            "signedAt": at,
        });
        if version != Signature::V1 {
            proof["nonce"] = nonce.into();
        }
        let mut params = params.clone();
        params["device"] = proof;
        params
    }
}

/// The signed line, written from the papers and not from the verifier.
fn line(params: &Value, id: &str, version: Signature, nonce: &str, at: u64) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let client = &params["client"];
    let auth = &params["auth"];
    let token = ["token", "deviceToken", "bootstrapToken"]
        .iter()
        .find_map(|field| auth[field].as_str());
    let scopes: Vec<String> = params["scopes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text)
        .collect();
    let role = params["role"].as_str().unwrap_or("operator");
    let at = at.to_string();
    let name = match version {
        Signature::V1 => "v1",
        Signature::V2 => "v2",
        Signature::V3 => "v3",
    };
    let mut fields = vec![
        name.to_owned(),
        id.to_owned(),
        text(&client["id"]),
        text(&client["mode"]),
        role.to_owned(),
        scopes.join(","),
        at,
        token.unwrap_or_default().to_owned(),
    ];
    if version != Signature::V1 {
        fields.push(nonce.to_owned());
    }
    if version == Signature::V3 {
        let plain = |value: &Value| text(value).trim().to_ascii_lowercase();
        fields.extend([plain(&client["platform"]), plain(&client["deviceFamily"])]);
    }
    fields.join("|")
}
