//! Device signatures: each version, and everything that may be wrong with one (T08 to T11).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use tidegate_core::secret::sha256_hex;

use super::{Outcome, connect};
use crate::common::{Client, Device, Edge, FORWARDED, NOW_MS, Setup, Signature, asks};

const READ: &[&str] = &["operator.read"];

/// Makes a proof that is wrong somewhere, from the challenge.
type Flaw = fn(&Device, &Value) -> Value;
/// Changes a request after it was signed.
type Change = fn(&mut Value);

fn nonce(challenge: &Value) -> &str {
    challenge["nonce"].as_str().unwrap()
}

async fn signed(edge: &Edge, headers: &[(&str, &str)], newest: u32, version: Signature) -> Outcome {
    connect(edge, headers, |challenge| {
        Device::number(1).prove_as(&asks(newest, READ), version, nonce(challenge), NOW_MS)
    })
    .await
}

#[tokio::test]
async fn each_signature_version_is_taken_where_it_may_be() {
    let edge = Edge::start().await;
    for newest in [3, 4] {
        for version in [Signature::V2, Signature::V3] {
            assert_eq!(signed(&edge, &[], newest, version).await.scopes(), READ);
        }
    }
    assert_eq!(
        signed(&edge, &[], 3, Signature::V1).await.scopes(),
        READ,
        "January's form, from this machine"
    );
    for (headers, newest) in [(&[FORWARDED][..], 3), (&[FORWARDED], 4), (&[], 4)] {
        let refused = signed(&edge, headers, newest, Signature::V1).await;
        assert_eq!(refused.text(), "device nonce required");
        assert_eq!(refused.close, Some((1008, "device nonce required".into())));
    }
    edge.stopped().await;
}

#[tokio::test]
async fn every_flaw_of_a_proof_has_its_text_and_code() {
    let edge = Edge::start().await;
    let flaws: [(&str, &str, Flaw); 12] = [
        (
            "device identity mismatch",
            "DEVICE_AUTH_DEVICE_ID_MISMATCH",
            |device, challenge| changed(device, challenge, "id", json!("0".repeat(64))),
        ),
        (
            "device identity mismatch",
            "DEVICE_AUTH_DEVICE_ID_MISMATCH",
            |device, challenge| changed(device, challenge, "id", json!(device.id().to_uppercase())),
        ),
        (
            "device identity mismatch",
            "DEVICE_AUTH_DEVICE_ID_MISMATCH",
            |device, challenge| changed(device, challenge, "publicKey", json!("no key at all")),
        ),
        (
            "device signature expired",
            "DEVICE_AUTH_SIGNATURE_EXPIRED",
            |device, challenge| {
                device.prove_as(
                    &asks(4, READ),
                    Signature::V3,
                    nonce(challenge),
                    NOW_MS - 600_001,
                )
            },
        ),
        (
            "device signature expired",
            "DEVICE_AUTH_SIGNATURE_EXPIRED",
            |device, challenge| {
                device.prove_as(
                    &asks(4, READ),
                    Signature::V3,
                    nonce(challenge),
                    NOW_MS + 3_600_000,
                )
            },
        ),
        (
            "device signature expired",
            "DEVICE_AUTH_SIGNATURE_EXPIRED",
            |device, challenge| device.prove_as(&asks(4, READ), Signature::V3, nonce(challenge), 0),
        ),
        (
            "device nonce required",
            "DEVICE_AUTH_NONCE_REQUIRED",
            |device, challenge| changed(device, challenge, "nonce", json!(" ")),
        ),
        (
            "device nonce mismatch",
            "DEVICE_AUTH_NONCE_MISMATCH",
            |device, _| device.prove_as(&asks(4, READ), Signature::V3, "another nonce", NOW_MS),
        ),
        (
            "device signature invalid",
            "DEVICE_AUTH_SIGNATURE_INVALID",
            |device, challenge| {
                changed(
                    device,
                    challenge,
                    "signature",
                    json!(URL_SAFE_NO_PAD.encode([7; 64])),
                )
            },
        ),
        (
            "device signature invalid",
            "DEVICE_AUTH_SIGNATURE_INVALID",
            |device, challenge| changed(device, challenge, "signature", json!("short")),
        ),
        (
            "device signature invalid",
            "DEVICE_AUTH_SIGNATURE_INVALID",
            |device, challenge| changed(device, challenge, "signedAt", json!(NOW_MS + 1)),
        ),
        (
            "device signature invalid",
            "DEVICE_AUTH_SIGNATURE_INVALID",
            |device, challenge| {
                // Two scopes in one word sign the same line as two words: refused, whoever signed it.
                device.prove(&asks(4, &["operator.read,operator.admin"]), challenge)
            },
        ),
    ];
    for (text, code, make) in flaws {
        let refused = connect(&edge, &[], |challenge| make(&Device::number(1), challenge)).await;
        assert_eq!((refused.text(), refused.code()), (text, code));
        assert_eq!(refused.close, Some((1008, text.into())));
    }
    edge.stopped().await;
}

/// A good proof in which one field was changed after signing.
fn changed(device: &Device, challenge: &Value, field: &str, value: Value) -> Value {
    let mut params = device.prove(&asks(4, READ), challenge);
    params["device"][field] = value;
    params
}

#[tokio::test]
async fn whatever_a_device_asks_for_is_under_its_signature() {
    let edge = Edge::start().await;
    let changes: [Change; 8] = [
        |p| p["scopes"] = json!(["operator.admin"]),
        |p| p["scopes"] = json!([]),
        |p| p["role"] = "node".into(),
        |p| p["client"]["id"] = "cli".into(),
        |p| p["client"]["mode"] = "ui".into(),
        |p| p["client"]["platform"] = "macos".into(),
        |p| p["client"]["deviceFamily"] = "Mac".into(),
        |p| p["auth"] = json!({ "token": "another" }),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let refused = connect(&edge, &[], |challenge| {
            let mut params = Device::number(1).prove(&asks(4, READ), challenge);
            change(&mut params);
            params
        })
        .await;
        assert_eq!(
            refused.text(),
            "device signature invalid",
            "change {number}"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn the_clock_may_be_off_by_ten_minutes_and_no_more() {
    let edge = Edge::start().await;
    for at in [NOW_MS - 600_000, NOW_MS + 600_000] {
        let joined = connect(&edge, &[], |challenge| {
            Device::number(1).prove_as(&asks(4, READ), Signature::V3, nonce(challenge), at)
        })
        .await;
        assert_eq!(joined.scopes(), READ);
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_recorded_connect_is_worth_nothing_on_another_socket_or_gateway() {
    let (edge, other) = (Edge::start().await, Edge::with(Setup::default()).await);
    let mut client = Client::open(edge.addr).await;
    let recorded = Device::number(1).prove(&asks(4, READ), &client.challenge);
    assert_eq!(client.connect(&recorded).await["ok"], true);
    for place in [&edge, &other] {
        let replayed = connect(place, &[], |_| recorded.clone()).await;
        assert_eq!(replayed.text(), "device nonce mismatch");
    }
    // The fresh nonce in the recorded proof does not help: it is signed too.
    let renamed = connect(&edge, &[], |challenge| {
        let mut params = recorded.clone();
        params["device"]["nonce"] = challenge["nonce"].clone();
        params
    })
    .await;
    assert_eq!(renamed.text(), "device signature invalid");
    client.leave().await;
    edge.stopped().await;
    other.stopped().await;
}

#[tokio::test]
async fn keys_of_small_order_are_refused() {
    let edge = Edge::start().await;
    let mut raws = vec![[0; 32], [0; 32], [0; 32]];
    raws[0][0] = 1;
    raws[1][31] = 0x80;
    for raw in raws {
        let refused = connect(&edge, &[], |challenge| {
            let mut params = Device::number(1).prove(&asks(4, READ), challenge);
            params["device"]["publicKey"] = URL_SAFE_NO_PAD.encode(raw).into();
            params["device"]["id"] = sha256_hex(&raw).into();
            // Good for every message under such a key, where verification is loose.
            let mut signature = [0; 64];
            signature[..32].copy_from_slice(&raw);
            params["device"]["signature"] = URL_SAFE_NO_PAD.encode(signature).into();
            params
        })
        .await;
        assert_eq!(
            (refused.text(), refused.code()),
            (
                "device public key invalid",
                "DEVICE_AUTH_PUBLIC_KEY_INVALID"
            )
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn one_key_is_one_device_however_it_is_written() {
    let edge = Edge::start().await;
    let device = Device::number(1);
    let raw = URL_SAFE_NO_PAD.decode(device.public_key()).unwrap();
    let spki = [
        &[
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ][..],
        &raw,
    ]
    .concat();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(spki)
    );
    for written in [URL_SAFE.encode(&raw), STANDARD.encode(&raw), pem] {
        let joined = connect(&edge, &[], |challenge| {
            let mut params = device.prove(&asks(4, READ), challenge);
            params["device"]["publicKey"] = written.clone().into();
            params
        })
        .await;
        assert_eq!(joined.scopes(), READ, "{written}");
    }
    let mut watcher = edge.owner(READ).await;
    let presence = watcher.get("system-presence", json!({})).await;
    let devices: Vec<&Value> = presence
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["deviceId"].is_string())
        .collect();
    assert_eq!(devices.len(), 1, "{presence}");
    assert_eq!(devices[0]["deviceId"], device.id());
    drop(watcher);
    edge.stopped().await;
}
