//! What is taken back is gone at once: sockets, calls, events, tokens (T18, G4).

use serde_json::{Value, json};

use super::{
    EVERYTHING, READ, as_node, code, from_elsewhere, from_here, paired, scopes, token, with_auth,
};
use crate::common::{Client, Device, Edge, asks};

const BOTH: &[&str] = &["operator.read", "operator.write"];

/// How a right is taken back, as a call and the reason of the close.
fn ways(device: &Device) -> [(&'static str, Value, &'static str); 4] {
    let id = device.id();
    [
        (
            "device.token.revoke",
            json!({ "deviceId": id, "role": "operator" }),
            "device token revoked",
        ),
        (
            "device.token.rotate",
            json!({ "deviceId": id, "role": "operator" }),
            "device token rotated",
        ),
        (
            "device.token.rotate",
            json!({ "deviceId": id, "role": "operator", "scopes": ["operator.read"] }),
            "device token rotated",
        ),
        (
            "device.pair.remove",
            json!({ "deviceId": id }),
            "device removed",
        ),
    ]
}

/// Who comes back with the token that it had is told if it was revoked; any other is just wrong.
fn told(method: &str, refused: &Value) {
    let revoked = method == "device.token.revoke";
    let details = &refused["error"]["details"];
    let (known, reason) = if revoked {
        ("AUTH_DEVICE_TOKEN_MISMATCH", json!("token-revoked"))
    } else {
        ("AUTH_TOKEN_MISMATCH", Value::Null)
    };
    assert_eq!(code(refused), known, "{method}");
    assert_eq!(details["reason"], reason, "{method}");
    let text = refused["error"]["message"].as_str();
    assert_eq!(text.is_some_and(|text| text.contains("revoked")), revoked);
}

#[tokio::test]
async fn whatever_a_device_opened_ends_at_once_and_its_token_opens_nothing() {
    for way in 0..4 {
        let edge = Edge::start().await;
        let phone = Device::number(1);
        let (first, token) = paired(&edge, &phone, BOTH).await;
        let shown = with_auth(BOTH, json!({ "token": token }));
        let (second, _) = from_here(&edge, &phone, &shown).await;
        let (third, joined) = from_elsewhere(&edge, &phone, &shown).await;
        assert_eq!(scopes(&joined), &json!(BOTH));
        let (mut other, _) = paired(&edge, &Device::number(2), READ).await;
        let mut owner = edge.owner(EVERYTHING).await;

        let (method, params, why) = ways(&phone)[way].clone();
        owner.get(method, params).await;
        for mut client in [first, second, third] {
            assert_eq!(client.closed().await, Some((1008, why.into())), "{method}");
        }
        let (_, refused) = from_elsewhere(&edge, &phone, &shown).await;
        told(method, &refused);
        other.get("health", json!({})).await;
        let list = owner.get("device.pair.list", json!({})).await;
        let connected = list["paired"].as_array().unwrap().iter();
        let connected: Vec<_> = connected
            .filter(|device| device["connected"] == true)
            .collect();
        assert_eq!(connected.len(), 1, "{method}: only the other one");
        edge.stopped().await;
    }
}

#[tokio::test]
async fn the_other_role_of_a_device_stays_connected() {
    let edge = Edge::start().await;
    let phone = Device::number(1);
    let (mut operator, _) = paired(&edge, &phone, READ).await;
    let (mut node, joined) = from_here(&edge, &phone, &as_node()).await;
    assert_eq!(joined["ok"], true, "{joined}");
    let mut owner = edge.owner(EVERYTHING).await;
    let params = json!({ "deviceId": phone.id(), "role": "node" });
    owner.get("device.token.revoke", params).await;
    assert_eq!(
        node.closed().await,
        Some((1008, "device token revoked".into()))
    );
    operator.get("health", json!({})).await;
    edge.stopped().await;
}

#[tokio::test]
async fn who_takes_its_own_right_back_is_answered_first() {
    for way in 0..4 {
        let edge = Edge::start().await;
        let own = Device::number(1);
        let wide: &[&str] = &["operator.pairing", "operator.read"];
        let (mut client, old) = paired(&edge, &own, wide).await;
        let (method, params, why) = ways(&own)[way].clone();
        let done = client.get(method, params).await;
        assert_eq!(done["deviceId"], own.id());
        assert_eq!(client.closed().await, Some((1008, why.into())), "{method}");
        if let Some(new) = done["token"].as_str() {
            let (_, joined) =
                from_elsewhere(&edge, &own, &with_auth(READ, json!({ "token": new }))).await;
            assert_eq!(scopes(&joined), &json!(READ));
        }
        let (_, refused) =
            from_elsewhere(&edge, &own, &with_auth(READ, json!({ "token": old }))).await;
        told(method, &refused);
        edge.stopped().await;
    }
}

#[tokio::test]
async fn calls_that_are_on_their_way_are_refused_once_the_right_is_gone() {
    let edge = Edge::start().await;
    let phone = Device::number(1);
    let (mut client, _) = paired(&edge, &phone, &["operator.pairing", "operator.read"]).await;
    // Sent in one go: the second call is read after the first was carried out.
    let revoke = client
        .ask(
            "device.token.revoke",
            json!({ "deviceId": phone.id(), "role": "operator" }),
        )
        .await;
    let late = client.ask("device.pair.list", json!({})).await;
    assert_eq!(client.answer(&revoke).await["ok"], true);
    let mut answered = None;
    if client.closed().await.is_some() {
        while let Some(frame) = client.kept() {
            if frame["id"] == late.as_str() {
                answered = Some(frame);
            }
        }
    }
    assert!(answered.is_none_or(|answer| answer["ok"] == false));
    edge.stopped().await;
}

#[tokio::test]
async fn a_revoked_device_needs_an_approval_again_even_with_the_secret() {
    let edge = Edge::start().await;
    let phone = Device::number(1);
    let (_client, _) = paired(&edge, &phone, READ).await;
    let (_, joined) = from_elsewhere(&edge, &phone, &asks(4, READ)).await;
    assert_eq!(scopes(&joined), &json!(READ), "approved before");
    let mut owner = edge.owner(EVERYTHING).await;
    owner
        .get(
            "device.token.revoke",
            json!({ "deviceId": phone.id(), "role": "operator" }),
        )
        .await;
    let (_, refused) = from_elsewhere(&edge, &phone, &asks(4, READ)).await;
    assert_eq!(code(&refused), "PAIRING_REQUIRED");
    let id = refused["error"]["details"]["requestId"].clone();
    owner
        .get("device.pair.approve", json!({ "requestId": id }))
        .await;
    let (mut client, joined) = from_elsewhere(&edge, &phone, &asks(4, READ)).await;
    assert_ne!(token(&joined), "");
    client.get("health", json!({})).await;
    edge.stopped().await;
}

#[tokio::test]
async fn no_event_reaches_a_device_after_its_right_is_gone() {
    let edge = Edge::start().await;
    let phone = Device::number(1);
    let (mut client, _) = paired(&edge, &phone, EVERYTHING).await;
    let mut owner = edge.owner(EVERYTHING).await;
    owner
        .get(
            "device.token.revoke",
            json!({ "deviceId": phone.id(), "role": "operator" }),
        )
        .await;
    super::ask(&edge, &Device::number(2), &asks(4, READ)).await;
    owner.event("device.pair.requested").await;
    assert_eq!(client.closed().await.map(|(code, _)| code), Some(1008));
    while let Some(frame) = Client::kept(&mut client) {
        assert_ne!(frame["event"], "device.pair.requested", "{frame}");
    }
    edge.stopped().await;
}

/// Two calls in one breath: the second was let through before the first had replaced the token.
#[tokio::test]
async fn a_connection_rotates_its_own_token_once() {
    let edge = Edge::start().await;
    let phone = Device::number(1);
    let (mut client, _) = paired(&edge, &phone, EVERYTHING).await;
    let params = json!({ "deviceId": phone.id(), "role": "operator" });
    let first = client.ask("device.token.rotate", params.clone()).await;
    client.ask("device.token.rotate", params).await;
    let rotated = client.answer(&first).await;
    let token = &rotated["payload"]["token"];
    assert!(token.is_string(), "{rotated}");
    let ended = client.closed().await;
    assert_eq!(ended, Some((1008, "device token rotated".into())));
    let shown = with_auth(EVERYTHING, json!({ "deviceToken": token }));
    let (_client, joined) = from_elsewhere(&edge, &phone, &shown).await;
    assert_eq!(scopes(&joined), &json!(EVERYTHING));
    edge.stopped().await;
}
