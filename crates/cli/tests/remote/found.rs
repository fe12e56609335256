//! Gateways of which the local network tells: hints, and no trust (T12).

use serde_json::{Value, json};

use crate::cable::{Cable, NEAR};
use crate::house::{DENIED, House};

/// Both gateways have the same name, for they are on one host.
const PORTS: [u16; 2] = [18789, 18790];

fn found_at(port: u16) -> Value {
    json!({
        "gateway": { "bind": "lan", "port": port, "tls": { "enabled": true } },
        "discovery": { "mdns": { "mode": "full" } },
    })
}

/// What is heard, by address; asked again until this many are.
async fn heard(house: &House<'_>, wanted: usize) -> Vec<Value> {
    let listen = ["gateway", "discover", "--json", "--timeout", "3000"];
    for _ in 0..5 {
        let ran = house.run(&listen).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
        let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
        let gateways = answer
            .get("gateways")
            .and_then(Value::as_array)
            .unwrap()
            .clone();
        if gateways.len() >= wanted {
            return gateways;
        }
    }
    panic!("{wanted} gateways should have been heard of");
}

#[tokio::test]
async fn a_gateway_is_heard_of_and_its_namesake_gets_nothing() {
    let cable = Cable::plug().await;
    let (home, other, elsewhere) = (
        House::on(&cable.near),
        House::on(&cable.near),
        House::on(&cable.far),
    );
    let gateway = home.serve(&found_at(PORTS[0])).await;
    let rogue = other.serve(&found_at(PORTS[1])).await;
    assert_ne!(gateway.fingerprint, rogue.fingerprint);
    let secret = elsewhere.path().join("secret");
    std::fs::write(&secret, home.token()).unwrap();
    let secret = secret.display().to_string();

    let gateways = heard(&elsewhere, 2).await;
    let mut names = Vec::new();
    for (port, certificate) in PORTS
        .into_iter()
        .zip([&gateway.fingerprint, &rogue.fingerprint])
    {
        let url = format!("wss://{NEAR}:{port}");
        let hint = gateways.iter().find(|hint| hint["url"] == *url);
        let hint = hint.unwrap_or_else(|| panic!("{url} in {gateways:?}"));
        assert_eq!(hint["trusted"], false);
        let plain = certificate.replace(':', "").to_lowercase();
        assert_eq!(hint["hints"]["claimedFingerprint"], *plain);
        names.push(hint["hints"]["name"].clone());

        // What the network says pins nothing: without a pin even the right one is refused.
        let ask = ["health", "--url", &url, "--token-file", &secret];
        elsewhere
            .run(&ask)
            .await
            .failed(DENIED, &["nothing was sent"]);
        let pinned = [&ask[..], &["--tls-fingerprint", &gateway.fingerprint]].concat();
        let words = if port == PORTS[0] {
            "pairing required"
        } else {
            "another certificate"
        };
        elsewhere.run(&pinned).await.failed(DENIED, &[words]);
    }
    assert_eq!(names.first(), names.last(), "the same display name");
}
