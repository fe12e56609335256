//! Proofs of devices, made anew. The private keys of the recorded devices are gone, so each gets
//! a new one; what its recorded signature was over is found out with its public key, and the new
//! signature is over the same: a wrong one stays wrong in the same way.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::frames::word;

/// What a signature is over, as seen from the request that carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Request,
    /// The id that belongs to the key, not the one in the request.
    OwnId,
    /// The nonce of the challenge, not the one in the request.
    RealNonce,
    OtherClient,
    NoScopes,
    NoToken,
}

const ALL: [Over; 6] = [
    Over::Request,
    Over::OwnId,
    Over::RealNonce,
    Over::OtherClient,
    Over::NoScopes,
    Over::NoToken,
];

/// A challenge: nonce and time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Challenge<'c> {
    pub(super) nonce: &'c str,
    pub(super) ts: i64,
}

impl<'c> Challenge<'c> {
    /// Reads the payload of `connect.challenge`.
    pub(super) fn read(frame: &'c Value) -> Option<Self> {
        let ts = frame.pointer("/payload/ts")?.as_i64()?;
        Some(Self {
            nonce: frame.pointer("/payload/nonce")?.as_str()?,
            ts,
        })
    }
}

/// The new key of a recorded device; `alias` makes another one for it.
fn key_of(public_key: &str, alias: &str) -> SigningKey {
    let seed = Sha256::digest(format!("replay {alias} {public_key}"));
    SigningKey::from_bytes(&seed.into())
}

fn id_of(key: &VerifyingKey) -> String {
    format!("{:x}", Sha256::digest(key.as_bytes()))
}

/// The recorded id of the device that a request shows, and the one that it has here.
pub(super) fn renamed(frame: &Value) -> Option<(String, String)> {
    let device = frame.pointer("/params/device")?;
    let key = key_of(word(device, "/publicKey"), "");
    let recorded = word(device, "/id");
    (!recorded.is_empty()).then(|| (recorded.to_owned(), id_of(&key.verifying_key())))
}

/// Replaces the device of these params by a new one. The params' token must be ours already;
/// `recorded` are the params as they were.
pub(super) fn renew(
    params: &mut Map<String, Value>,
    recorded: &Value,
    then: Challenge<'_>,
    now: Challenge<'_>,
    alias: &str,
) -> Option<()> {
    let device = recorded.get("device")?;
    let public_key = word(device, "/publicKey");
    let old: [u8; 32] = BASE64URL.decode(public_key).ok()?.try_into().ok()?;
    let old = VerifyingKey::from_bytes(&old).ok()?;
    let signature = word(device, "/signature");
    let over = BASE64URL
        .decode(signature)
        .ok()
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .and_then(|made| {
            let fits = |over: &Over| {
                old.verify_strict(
                    line(recorded, *over, &id_of(&old), then.nonce).as_bytes(),
                    &made,
                )
            };
            ALL.into_iter().find(|over| fits(over).is_ok())
        });

    let key = key_of(public_key, alias);
    let own_id = id_of(&key.verifying_key());
    let mut renewed = device.as_object()?.clone();
    // An id that did not belong to its key stays: it does not belong to the new one either.
    if word(device, "/id") == id_of(&old) {
        renewed.insert("id".into(), json!(own_id));
    }
    if word(device, "/nonce") == then.nonce {
        renewed.insert("nonce".into(), json!(now.nonce));
    }
    let late = device.get("signedAt")?.as_i64()? - then.ts;
    renewed.insert("signedAt".into(), json!(now.ts + late));
    renewed.insert(
        "publicKey".into(),
        json!(BASE64URL.encode(key.verifying_key().as_bytes())),
    );
    params.insert("device".into(), Value::Object(renewed));
    if let Some(over) = over {
        let line = line(&Value::Object(params.clone()), over, &own_id, now.nonce);
        let made = BASE64URL.encode(key.sign(line.as_bytes()).to_bytes());
        params
            .get_mut("device")?
            .as_object_mut()?
            .insert("signature".into(), json!(made));
    }
    Some(())
}

/// The signed line of version 2, or of version 1 if the request has no nonce (V3 2.2).
fn line(params: &Value, over: Over, own_id: &str, real_nonce: &str) -> String {
    let scopes: Vec<&str> = params
        .get("scopes")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let scopes = scopes.join(",");
    let role = params
        .get("role")
        .and_then(Value::as_str)
        .unwrap_or("operator");
    let signed_at = params
        .pointer("/device/signedAt")
        .map(Value::to_string)
        .unwrap_or_default();
    let nonce = params.pointer("/device/nonce").and_then(Value::as_str);
    let but = |which: Over, other: &'static str, own: &str| {
        if over == which {
            other.to_owned()
        } else {
            own.to_owned()
        }
    };
    let id = if over == Over::OwnId {
        own_id
    } else {
        word(params, "/device/id")
    };
    let mut fields = vec![
        if nonce.is_some() { "v2" } else { "v1" }.to_owned(),
        id.to_owned(),
        but(Over::OtherClient, "cli", word(params, "/client/id")),
        word(params, "/client/mode").to_owned(),
        role.to_owned(),
        but(Over::NoScopes, "", &scopes),
        signed_at,
        but(Over::NoToken, "", word(params, "/auth/token")),
    ];
    if let Some(nonce) = nonce {
        fields.push(
            if over == Over::RealNonce {
                real_nonce
            } else {
                nonce
            }
            .to_owned(),
        );
    }
    fields.join("|")
}
