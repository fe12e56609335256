//! More rights on the live connection.

use serde_json::json;

use super::{EVERYTHING, READ, ask, code, from_elsewhere, paired, request, scopes, with_auth};
use crate::common::{Device, Edge, asks};

#[tokio::test]
async fn a_connected_device_asks_for_more_and_gets_it_without_leaving() {
    let edge = Edge::start().await;
    let phone = Device::number(1);
    let (mut client, _) = paired(&edge, &phone, READ).await;
    let mut owner = edge.owner(EVERYTHING).await;
    let wanted = json!({ "scopes": ["operator.read", "operator.write"] });
    let asked = client.get("device.scopes.requestUpgrade", wanted).await;
    let id = asked["requestId"].as_str().unwrap().to_owned();
    let told = owner.event("device.pair.requested").await["payload"].clone();
    assert_eq!(
        (&told["requestId"], &told["isRepair"]),
        (&json!(id), &json!(true))
    );
    assert_eq!(told["grantedScopes"], json!(READ));
    let waiting = client.ask("device.scopes.waitUpgrade", request(&id)).await;
    owner.get("device.pair.approve", request(&id)).await;
    let outcome = client.answer(&waiting).await["payload"].clone();
    assert_eq!(outcome["status"], "approved");
    assert_eq!(
        outcome["scopes"],
        json!(["operator.read", "operator.write"])
    );
    client.get("health", json!({})).await;
    let wide = with_auth(
        &["operator.read", "operator.write"],
        json!({ "deviceToken": outcome["deviceToken"] }),
    );
    let (_again, joined) = from_elsewhere(&edge, &phone, &wide).await;
    assert_eq!(scopes(&joined), &json!(["operator.read", "operator.write"]));
    edge.stopped().await;
}

#[tokio::test]
async fn only_a_device_asks_and_it_asks_for_something() {
    let edge = Edge::start().await;
    let mut owner = edge.owner(EVERYTHING).await;
    let params = json!({ "scopes": READ });
    let refused = owner.call("device.scopes.requestUpgrade", params).await;
    assert_eq!(code(&refused), "DEVICE_IDENTITY_REQUIRED");
    let (mut client, _) = paired(&edge, &Device::number(1), READ).await;
    for params in [
        json!({ "scopes": [] }),
        json!({ "scopes": READ, "role": "node" }),
        json!({ "scopes": ["operator.everything"] }),
        json!({}),
    ] {
        let refused = client
            .call("device.scopes.requestUpgrade", params.clone())
            .await;
        assert_eq!(refused["error"]["code"], "INVALID_REQUEST", "{params}");
    }
    let unknown = client
        .call("device.scopes.waitUpgrade", request("zz"))
        .await;
    assert_eq!(unknown["ok"], false);
    edge.stopped().await;
}

#[tokio::test]
async fn a_rejected_upgrade_is_said_and_what_there_was_stays() {
    let edge = Edge::start().await;
    let (mut client, _) = paired(&edge, &Device::number(1), READ).await;
    let mut owner = edge.owner(EVERYTHING).await;
    let wanted = json!({ "scopes": ["operator.admin"] });
    let asked = client.get("device.scopes.requestUpgrade", wanted).await;
    owner
        .get(
            "device.pair.reject",
            json!({ "requestId": asked["requestId"] }),
        )
        .await;
    let outcome = client
        .get(
            "device.scopes.waitUpgrade",
            json!({ "requestId": asked["requestId"] }),
        )
        .await;
    assert_eq!(outcome["status"], "rejected");
    assert!(outcome.get("deviceToken").is_none());
    client.get("health", json!({})).await;
    // A device that is not connected asks at the door, and is told to wait.
    ask(&edge, &Device::number(1), &asks(4, &["operator.admin"])).await;
    edge.stopped().await;
}
