//! Setup codes: what is in one, what it is good for, and that it works once (T19, T20).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tidegate_protocol::api::connect::{AUTH_BOOTSTRAP_TOKEN_INVALID, CODE_WRONG_ROLE};

use super::{EVERYTHING, READ, as_node, code, from_elsewhere, scopes, with_auth};
use crate::common::{Client, Device, Edge, TOKEN};

fn payload(made: &Value) -> Value {
    let text = URL_SAFE_NO_PAD
        .decode(made["setupCode"].as_str().unwrap())
        .unwrap();
    serde_json::from_slice(&text).unwrap()
}

async fn made(owner: &mut Client, params: Value) -> (Value, String) {
    let made = owner.get("device.pair.setupCode", params).await;
    let bootstrap = payload(&made)["bootstrapToken"]
        .as_str()
        .unwrap()
        .to_owned();
    (made, bootstrap)
}

#[tokio::test]
async fn a_code_holds_where_to_go_and_nothing_that_lasts() {
    let edge = Edge::start().await;
    let mut owner = edge.owner(EVERYTHING).await;
    let (made, bootstrap) = made(&mut owner, json!({})).await;
    let payload = payload(&made);
    let mut keys: Vec<_> = payload.as_object().unwrap().keys().cloned().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["bootstrapToken", "expiresAtMs", "url"]);
    assert_eq!(payload["url"], "ws://127.0.0.1:18789");
    assert_eq!(payload["expiresAtMs"], made["expiresAtMs"]);
    assert_eq!(
        (&made["auth"], &made["access"]),
        (&json!("token"), &json!("full"))
    );
    // Eight characters name it, the rest are its 128 bits.
    assert!(bootstrap.len() == 40 && bootstrap.chars().all(|c| c.is_ascii_hexdigit()));
    let whole = made.to_string() + &payload.to_string();
    for from in 0..TOKEN.len() - 8 {
        assert!(
            !whole.contains(&TOKEN[from..from + 8]),
            "a piece of the secret"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_phone_joins_once_by_a_code_without_the_secret_in_both_roles() {
    let edge = Edge::start().await;
    let mut owner = edge.owner(EVERYTHING).await;
    let params = json!({ "publicUrl": "https://gate.example/base/", "includeQr": false });
    let (made, bootstrap) = made(&mut owner, params).await;
    assert_eq!(made["gatewayUrl"], "wss://gate.example/base");
    assert_eq!(made["urlSource"], "request.publicUrl");
    let shown = with_auth(EVERYTHING, json!({ "bootstrapToken": bootstrap }));
    let phone = Device::number(1);
    let (mut client, joined) = from_elsewhere(&edge, &phone, &shown).await;
    assert_eq!(scopes(&joined), &json!(EVERYTHING));
    client.get("device.pair.list", json!({})).await;
    let other = &joined["payload"]["auth"]["deviceTokens"][0];
    assert_eq!(
        (&other["role"], &other["scopes"]),
        (&json!("node"), &json!([]))
    );
    let mut node = as_node();
    node["auth"] = json!({ "deviceToken": other["deviceToken"] });
    let (_node, joined) = from_elsewhere(&edge, &phone, &node).await;
    assert_eq!(joined["payload"]["auth"]["role"], "node", "{joined}");
    for device in [phone, Device::number(2)] {
        let (_, refused) = from_elsewhere(&edge, &device, &shown).await;
        assert_eq!(code(&refused), "AUTH_BOOTSTRAP_TOKEN_INVALID");
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_code_gives_less_where_others_can_read_and_never_more_than_asked_for() {
    let edge = Edge::start().await;
    let mut owner = edge.owner(EVERYTHING).await;
    let lan = json!({ "publicUrl": "ws://10.0.0.5:18789" });
    let (made_for_lan, bootstrap) = made(&mut owner, lan).await;
    assert_eq!(made_for_lan["access"], "limited");
    assert_eq!(made_for_lan["accessDowngraded"], true);
    let wants = &["operator.admin", "operator.pairing", "operator.read"];
    let shown = with_auth(wants, json!({ "bootstrapToken": bootstrap }));
    let (_client, joined) = from_elsewhere(&edge, &Device::number(1), &shown).await;
    assert_eq!(scopes(&joined), &json!(READ));

    let node = json!({ "bootstrapProfile": "node" });
    let (made_for_node, bootstrap) = made(&mut owner, node).await;
    assert_eq!(made_for_node["access"], "node");
    assert!(made_for_node.get("accessDowngraded").is_none());
    let shown = with_auth(READ, json!({ "bootstrapToken": bootstrap }));
    let (_, refused) = from_elsewhere(&edge, &Device::number(2), &shown).await;
    assert_eq!(code(&refused), AUTH_BOOTSTRAP_TOKEN_INVALID);
    assert_eq!(refused["error"]["details"]["reason"], CODE_WRONG_ROLE);
    let said = refused["error"]["message"].as_str().unwrap();
    assert!(said.contains("not for this role"), "{said}");
    edge.stopped().await;
}

#[tokio::test]
async fn only_who_administers_makes_codes() {
    let edge = Edge::start().await;
    let mut pairer = edge.owner(&["operator.pairing", "operator.write"]).await;
    let refused = pairer.call("device.pair.setupCode", json!({})).await;
    assert_eq!(code(&refused), "MISSING_SCOPE");
    let mut owner = edge.owner(EVERYTHING).await;
    for url in ["gate.example", "ftp://gate.example", "ws://"] {
        let refused = owner
            .call("device.pair.setupCode", json!({ "publicUrl": url }))
            .await;
        assert_eq!(refused["error"]["code"], "INVALID_REQUEST", "{url}");
    }
    edge.stopped().await;
}
