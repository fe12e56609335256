//! Who decides on a device, and on what (T14 to T17).

use serde_json::json;

use super::{
    EVERYTHING, PAIRING, READ, as_node, ask, code, from_elsewhere, paired, request, scopes,
};
use crate::common::{Device, Edge, asks};

#[tokio::test]
async fn a_device_from_elsewhere_waits_and_is_let_in_with_what_was_shown() {
    let edge = Edge::start().await;
    let phone = Device::number(1);
    let mut owner = edge.owner(EVERYTHING).await;
    let mut params = asks(4, READ);
    params["client"]["displayName"] = "Phone".into();
    params["client"]["deviceFamily"] = "iPhone".into();
    let id = ask(&edge, &phone, &params).await;
    let told = owner.event("device.pair.requested").await["payload"].clone();
    let list = owner.get("device.pair.list", json!({})).await;
    assert_eq!(list["pending"], json!([told]));
    for (key, value) in [
        ("requestId", json!(id)),
        ("deviceId", json!(phone.id())),
        ("publicKey", json!(phone.public_key())),
        ("displayName", json!("Phone")),
        ("deviceFamily", json!("iPhone")),
        ("role", json!("operator")),
        ("roles", json!(["operator"])),
        ("scopes", json!(READ)),
        ("grantedScopes", json!([])),
        ("isRepair", json!(false)),
        ("silent", json!(false)),
    ] {
        assert_eq!(told[key], value, "{key}");
    }
    let approved = owner.get("device.pair.approve", request(&id)).await;
    assert_eq!(approved["requestId"], id.as_str());
    assert_eq!(approved["device"]["scopes"], json!(READ));
    assert_eq!(approved["device"]["trust"], "untrusted");
    assert!(approved["device"]["tokens"][0].get("token").is_none());
    let resolved = owner.event("device.pair.resolved").await;
    assert_eq!(resolved["payload"]["decision"], "approved");
    let (_phone, joined) = from_elsewhere(&edge, &phone, &params).await;
    assert_eq!(scopes(&joined), &json!(READ));
    let list = owner.get("device.pair.list", json!({})).await;
    assert_eq!(list["pending"], json!([]));
    let device = &list["paired"][0];
    assert_eq!(
        (&device["connected"], &device["own"]),
        (&json!(true), &json!(false))
    );
    assert!(device["tokens"][0]["lastUsedAtMs"].is_u64());
    edge.stopped().await;
}

#[tokio::test]
async fn nobody_hears_of_requests_who_may_not_decide() {
    let edge = Edge::start().await;
    let mut reader = edge.owner(&["operator.read", "operator.write"]).await;
    let mut pairer = edge.owner(PAIRING).await;
    ask(&edge, &Device::number(1), &asks(4, READ)).await;
    pairer.event("device.pair.requested").await;
    assert_eq!(
        code(&reader.call("device.pair.list", json!({})).await),
        "MISSING_SCOPE"
    );
    while reader.pending().await {
        let event = reader.any().await;
        assert_ne!(event["event"], "device.pair.requested");
    }
    edge.stopped().await;
}

#[tokio::test]
async fn an_approver_gives_no_more_than_it_has() {
    let edge = Edge::start().await;
    let mut pairer = edge.owner(PAIRING).await;
    let mut old = edge.join(&asks(3, PAIRING)).await;
    for (seed, params, missing) in [
        (1, asks(4, READ), "operator.read"),
        (2, asks(4, &["operator.admin"]), "operator.admin"),
        (3, as_node(), "operator.write"),
    ] {
        let id = ask(&edge, &Device::number(seed), &params).await;
        let refused = pairer.call("device.pair.approve", request(&id)).await;
        assert_eq!(code(&refused), "MISSING_SCOPE");
        assert_eq!(refused["error"]["details"]["missingScope"], missing);
        let refused = old.call("device.pair.approve", request(&id)).await;
        let text = format!("missing scope: {missing}");
        assert_eq!(refused["error"]["message"], text.as_str());
        assert_eq!(refused["error"]["code"], "INVALID_REQUEST");
        // Refusing is no right that is given.
        pairer.get("device.pair.reject", request(&id)).await;
    }
    let id = ask(&edge, &Device::number(1), &asks(4, PAIRING)).await;
    pairer.get("device.pair.approve", request(&id)).await;
    edge.stopped().await;
}

#[tokio::test]
async fn a_caller_does_not_touch_a_device_that_may_do_more() {
    let edge = Edge::start().await;
    let admin = Device::number(1);
    let (_client, _) = paired(&edge, &admin, EVERYTHING).await;
    let mut pairer = edge.owner(PAIRING).await;
    let of = |more: serde_json::Value| {
        let mut params = json!({ "deviceId": admin.id() });
        params
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        params
    };
    for (method, params) in [
        ("device.pair.remove", of(json!({}))),
        ("device.pair.rename", of(json!({ "label": "x" }))),
        ("device.token.rotate", of(json!({ "role": "operator" }))),
        (
            "device.token.rotate",
            of(json!({ "role": "operator", "scopes": [] })),
        ),
        ("device.token.revoke", of(json!({ "role": "operator" }))),
    ] {
        let refused = pairer.call(method, params).await;
        assert_eq!(code(&refused), "MISSING_SCOPE", "{method}");
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_request_that_was_replaced_is_stale() {
    let edge = Edge::start().await;
    let mut owner = edge.owner(EVERYTHING).await;
    let phone = Device::number(1);
    let shown = ask(&edge, &phone, &asks(4, READ)).await;
    let wider = ask(&edge, &phone, &asks(4, EVERYTHING)).await;
    assert_ne!(shown, wider);
    for method in ["device.pair.approve", "device.pair.reject"] {
        let stale = owner.call(method, request(&shown)).await;
        assert_eq!(code(&stale), "STALE");
        let unknown = owner.call(method, request("zz")).await;
        assert_eq!(unknown["error"]["message"], "unknown requestId");
    }
    let list = owner.get("device.pair.list", json!({})).await;
    assert_eq!(list["pending"][0]["requestId"], wider.as_str());
    assert_eq!(list["paired"], json!([]));
    edge.stopped().await;
}

#[tokio::test]
async fn names_and_trust_are_shown_with_who_changed_them() {
    let edge = Edge::start().await;
    let phone = Device::number(1);
    let (_client, _) = paired(&edge, &phone, READ).await;
    let mut owner = edge.owner(EVERYTHING).await;
    let id = phone.id();
    let named = owner
        .get(
            "device.pair.rename",
            json!({ "deviceId": id, "label": "Anna" }),
        )
        .await;
    assert_eq!(named["label"], "Anna");
    let set = owner
        .get(
            "device.trust.set",
            json!({ "deviceId": id, "trust": "trusted" }),
        )
        .await;
    assert_eq!(
        (&set["from"], &set["trust"]),
        (&json!("untrusted"), &json!("trusted"))
    );
    let list = owner.get("device.pair.list", json!({})).await;
    let device = &list["paired"][0];
    assert_eq!(
        (&device["label"], &device["trust"]),
        (&json!("Anna"), &json!("trusted"))
    );
    assert_eq!(device["trustChanges"][0]["by"], "owner");
    for (method, params) in [
        ("device.pair.rename", json!({ "deviceId": id, "label": "" })),
        (
            "device.pair.rename",
            json!({ "deviceId": id, "label": "x".repeat(65) }),
        ),
        (
            "device.pair.rename",
            json!({ "deviceId": "none", "label": "x" }),
        ),
        (
            "device.trust.set",
            json!({ "deviceId": id, "trust": "full" }),
        ),
        (
            "device.trust.set",
            json!({ "deviceId": "none", "trust": "trusted" }),
        ),
        (
            "device.token.rotate",
            json!({ "deviceId": id, "role": "operator", "scopes": ["operator.raed"] }),
        ),
        (
            "device.token.revoke",
            json!({ "deviceId": id, "role": "node" }),
        ),
        ("device.pair.remove", json!({ "deviceId": "none" })),
    ] {
        let refused = owner.call(method, params.clone()).await;
        assert_eq!(
            refused["error"]["code"], "INVALID_REQUEST",
            "{method} {params}: {refused}"
        );
    }
    edge.stopped().await;
}
