//! Device signatures: Ed25519 over a joined line of what the device asks for, versions 1 to 3 of
//! the family (V3 2.2, V4 A.5). Strict verification; weak keys and ambiguous fields are refused.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ed25519_dalek::{Signature, VerifyingKey};
use tidegate_core::secret::sha256_hex;
use tidegate_protocol::DeviceId;
use tidegate_protocol::api::connect::{ConnectParams, DeviceProof};
use tidegate_protocol::limits::SIGNED_AT_SKEW_MS;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
/// DER in front of the 32 bytes of an Ed25519 public key.
const SPKI_PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// A device whose signature is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProvedDevice {
    pub(crate) id: DeviceId,
    pub(crate) public_key: [u8; 32],
}

/// Why a device is not believed; texts and codes are the family's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    IdMismatch,
    Expired,
    NonceRequired,
    NonceMismatch,
    BadSignature,
    BadKey,
}

impl Doubt {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::IdMismatch => "device identity mismatch",
            Self::Expired => "device signature expired",
            Self::NonceRequired => "device nonce required",
            Self::NonceMismatch => "device nonce mismatch",
            Self::BadSignature => "device signature invalid",
            Self::BadKey => "device public key invalid",
        }
    }

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::IdMismatch => "DEVICE_AUTH_DEVICE_ID_MISMATCH",
            Self::Expired => "DEVICE_AUTH_SIGNATURE_EXPIRED",
            Self::NonceRequired => "DEVICE_AUTH_NONCE_REQUIRED",
            Self::NonceMismatch => "DEVICE_AUTH_NONCE_MISMATCH",
            Self::BadSignature => "DEVICE_AUTH_SIGNATURE_INVALID",
            Self::BadKey => "DEVICE_AUTH_PUBLIC_KEY_INVALID",
        }
    }
}

/// What the signature must fit to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Challenge<'a> {
    pub(crate) nonce: &'a str,
    pub(crate) now_ms: u64,
    /// Whether a signature without nonce (version 1) is taken: January's clients on loopback.
    pub(crate) nonce_optional: bool,
}

/// Checks a device's proof against what it asks for.
pub(crate) fn prove(
    params: &ConnectParams,
    proof: &DeviceProof,
    role: &str,
    challenge: Challenge<'_>,
) -> Result<ProvedDevice, Doubt> {
    let raw = public_key(&proof.public_key).ok_or(Doubt::IdMismatch)?;
    let id = sha256_hex(&raw);
    if proof.id != id {
        return Err(Doubt::IdMismatch);
    }
    if proof.signed_at.abs_diff(challenge.now_ms) > SIGNED_AT_SKEW_MS {
        return Err(Doubt::Expired);
    }
    let nonce = proof
        .nonce
        .as_deref()
        .map(str::trim)
        .filter(|nonce| !nonce.is_empty());
    match nonce {
        None if !challenge.nonce_optional => return Err(Doubt::NonceRequired),
        Some(nonce) if nonce != challenge.nonce => return Err(Doubt::NonceMismatch),
        _ => {}
    }
    let key = VerifyingKey::from_bytes(&raw).map_err(|_| Doubt::BadKey)?;
    if key.is_weak() || key.as_bytes() != &raw {
        return Err(Doubt::BadKey);
    }
    let signature = decode(&proof.signature)
        .and_then(|bytes| Signature::from_slice(&bytes).ok())
        .ok_or(Doubt::BadSignature)?;
    if is_ambiguous(params, role) {
        return Err(Doubt::BadSignature);
    }
    let good = payloads(params, proof, role, nonce)
        .iter()
        .any(|payload| key.verify_strict(payload.as_bytes(), &signature).is_ok());
    if good {
        Ok(ProvedDevice {
            id: DeviceId::new(id),
            public_key: raw,
        })
    } else {
        Err(Doubt::BadSignature)
    }
}

/// The lines that the signature may be over: with a nonce version 3 and 2, without it version 1.
fn payloads(
    params: &ConnectParams,
    proof: &DeviceProof,
    role: &str,
    nonce: Option<&str>,
) -> Vec<String> {
    let scopes = params.scopes.as_deref().unwrap_or_default().join(",");
    let auth = params.auth.as_ref();
    let token = auth
        .and_then(|auth| {
            [&auth.token, &auth.device_token, &auth.bootstrap_token]
                .into_iter()
                .flatten()
                .next()
        })
        .map_or("", String::as_str);
    let base = |version: &str| {
        let signed_at = proof.signed_at.to_string();
        [
            version,
            &proof.id,
            &params.client.id,
            &params.client.mode,
            role,
            &scopes,
            &signed_at,
            token,
        ]
        .join("|")
    };
    let lower = |text: Option<&str>| text.unwrap_or_default().trim().to_ascii_lowercase();
    match nonce {
        None => vec![base("v1")],
        Some(nonce) => {
            let platform = lower(Some(&params.client.platform));
            let family = lower(params.client.device_family.as_deref());
            vec![
                format!("{}|{nonce}|{platform}|{family}", base("v3")),
                format!("{}|{nonce}", base("v2")),
            ]
        }
    }
}

/// Whether a field holds a separator: then two different requests would have one line (T09).
fn is_ambiguous(params: &ConnectParams, role: &str) -> bool {
    let odd = |text: &str| text.contains('|') || text.chars().any(char::is_control);
    let client = &params.client;
    [client.id.as_str(), &client.mode, role, &client.platform]
        .into_iter()
        .any(odd)
        || client.device_family.as_deref().is_some_and(odd)
        || params
            .scopes
            .iter()
            .flatten()
            .any(|scope| odd(scope) || scope.contains(','))
}

/// The raw key from base64url, base64, or a PEM.
fn public_key(text: &str) -> Option<[u8; 32]> {
    if text.contains("BEGIN") {
        let body: String = text
            .lines()
            .filter(|line| !line.contains("-----"))
            .flat_map(|line| line.trim().chars())
            .collect();
        let der = BASE64.decode(body).ok()?;
        return der.strip_prefix(&SPKI_PREFIX)?.try_into().ok();
    }
    decode(text)?.try_into().ok()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    BASE64URL.decode(text).or_else(|_| BASE64.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use proptest::prelude::*;
    use serde_json::json;

    const NONCE: &str = "the-nonce";
    const NOW: u64 = 1_000_000;

    fn signing_key() -> SigningKey {
        SigningKey::from_bytes(&[7; 32])
    }

    fn params(token: &str) -> ConnectParams {
        serde_json::from_value(json!({
            "minProtocol": 3, "maxProtocol": 4,
            "client": { "id": "cli", "version": "1", "platform": "Linux", "mode": "cli" },
            "scopes": ["operator.read", "operator.write"],
            "auth": { "token": token }
        }))
        .unwrap()
    }

    fn proof(params: &ConnectParams, version: usize) -> DeviceProof {
        let key = signing_key();
        let raw = key.verifying_key().to_bytes();
        let mut proof = DeviceProof {
            id: sha256_hex(&raw),
            public_key: BASE64URL.encode(raw),
            signature: String::new(),
            signed_at: NOW,
            nonce: (version > 1).then(|| NONCE.to_owned()),
        };
        let lines = payloads(params, &proof, "operator", proof.nonce.as_deref());
        let line = if version == 2 { &lines[1] } else { &lines[0] };
        proof.signature = BASE64URL.encode(key.sign(line.as_bytes()).to_bytes());
        proof
    }

    const fn challenge(nonce_optional: bool) -> Challenge<'static> {
        Challenge {
            nonce: NONCE,
            now_ms: NOW,
            nonce_optional,
        }
    }

    #[test]
    fn every_version_is_taken_where_it_may_be() {
        let params = params("t");
        for version in [2, 3] {
            prove(
                &params,
                &proof(&params, version),
                "operator",
                challenge(false),
            )
            .unwrap();
        }
        prove(&params, &proof(&params, 1), "operator", challenge(true)).unwrap();
        assert_eq!(
            prove(&params, &proof(&params, 1), "operator", challenge(false)),
            Err(Doubt::NonceRequired)
        );
    }

    #[test]
    fn anything_changed_after_signing_is_refused() {
        let original = params("t");
        let good = proof(&original, 3);
        let refused = |change: &dyn Fn(&mut ConnectParams)| {
            let mut changed = original.clone();
            change(&mut changed);
            prove(&changed, &good, "operator", challenge(false)).unwrap_err()
        };
        assert_eq!(
            refused(&|p| p.client.platform = "macos".into()),
            Doubt::BadSignature
        );
        assert_eq!(
            refused(&|p| p.scopes = Some(vec!["operator.admin".into()])),
            Doubt::BadSignature
        );
        assert_eq!(
            refused(&|p| p.client.mode = "ui".into()),
            Doubt::BadSignature
        );
        assert_eq!(
            prove(&original, &good, "node", challenge(false)),
            Err(Doubt::BadSignature)
        );
        let mut late = challenge(false);
        late.now_ms = NOW + SIGNED_AT_SKEW_MS + 1;
        assert_eq!(
            prove(&original, &good, "operator", late),
            Err(Doubt::Expired)
        );
        let mut other = challenge(false);
        other.nonce = "another";
        assert_eq!(
            prove(&original, &good, "operator", other),
            Err(Doubt::NonceMismatch)
        );
    }

    /// The eight points of small order: their keys verify everything under the loose rule (T10).
    #[test]
    fn weak_keys_are_refused() {
        let weak = [
            "0100000000000000000000000000000000000000000000000000000000000000",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        ];
        let params = params("t");
        for hex in weak {
            let raw: Vec<u8> = (0..32)
                .map(|i| u8::from_str_radix(&hex[i * 2..i * 2 + 2], 16).unwrap())
                .collect();
            let mut proof = proof(&params, 3);
            proof.public_key = BASE64URL.encode(&raw);
            proof.id = sha256_hex(&raw);
            assert_eq!(
                prove(&params, &proof, "operator", challenge(false)),
                Err(Doubt::BadKey),
                "{hex}"
            );
        }
    }

    proptest! {
        /// Two requests that differ never have the same line, unless a separator makes them
        /// ambiguous, and then they are refused (T09).
        #[test]
        fn lines_are_injective(a in fields(), b in fields()) {
            let build = |(id, mode, platform, scopes): &(String, String, String, Vec<String>)| {
                let mut p = params("t");
                p.client.id.clone_from(id);
                p.client.mode.clone_from(mode);
                p.client.platform.clone_from(platform);
                p.scopes = Some(scopes.clone());
                p
            };
            let (pa, pb) = (build(&a), build(&b));
            let proof = proof(&params("t"), 3);
            let line = |p: &ConnectParams| payloads(p, &proof, "operator", Some(NONCE))[0].clone();
            let same_meaning = a.0 == b.0 && a.1 == b.1 && a.3.join(",") == b.3.join(",")
                && a.2.trim().eq_ignore_ascii_case(b.2.trim());
            if line(&pa) == line(&pb) && !is_ambiguous(&pa, "operator") && !is_ambiguous(&pb, "operator") {
                prop_assert!(same_meaning);
            }
        }
    }

    fn fields() -> impl Strategy<Value = (String, String, String, Vec<String>)> {
        let word = "[ab|,]{1,3}";
        (
            word,
            word,
            word,
            proptest::collection::vec("[ab|,]{1,2}", 0..3),
        )
    }
}
