//! An operator on another host: refused, listed, approved on the gateway's host, let in; and the
//! same once more for more rights.

use serde_json::json;

use crate::cable::{Cable, FAR};
use crate::elsewhere::Home;
use crate::house::DENIED;

const HEALTH: &[&str] = &["health"];
const DEVICES: &[&str] = &["devices", "list"];

#[tokio::test]
async fn a_remote_operator_is_approved_and_asks_for_more() {
    let cable = Cable::plug().await;
    let home = Home::on(&cable).await;
    let visitor = home.visitor(&cable.far);

    // Nothing to show: nothing is asked for either.
    let empty = visitor.run(HEALTH).await;
    empty.failed(DENIED, &["there is no secret for", "--token-file"]);
    let list = home.ask(DEVICES).await;
    assert_eq!(
        (&list["pending"], &list["paired"]),
        (&json!([]), &json!([]))
    );

    // The secret alone: refused, with the command that the owner pastes, and listed there.
    let refused = visitor.run_with_secret(HEALTH).await;
    let waits = home.waiting().await;
    let id = waits["requestId"].as_str().unwrap();
    let next = format!("tidegate devices approve {id}\n");
    refused.failed(DENIED, &["pairing required", "this device", &next]);
    assert_eq!(waits["role"], "operator");
    assert_eq!(waits["scopes"], json!(["operator.read"]));
    assert_eq!(waits["remoteIp"], FAR);
    // Asking again is the same request, and lets nobody in.
    visitor
        .run_with_secret(HEALTH)
        .await
        .failed(DENIED, &[&next]);
    let own = waits["deviceId"].as_str().unwrap();
    let approved = home.house.run(&["devices", "approve", id]).await;
    approved.done();
    assert!(approved.stdout.contains(FAR), "{approved:?}");

    // It fetches its token with the secret, once, and needs the secret no more.
    visitor.run_with_secret(HEALTH).await.done();
    visitor.run(HEALTH).await.done();
    let device = home.device(own).await;
    assert_eq!(device["tokens"][0]["scopes"], json!(["operator.read"]));
    assert_eq!(device["tokens"][0]["lastUsedFrom"], FAR);

    // It may read and not decide; asking for that is another request.
    let narrow = visitor.run(DEVICES).await;
    narrow.failed(DENIED, &["missing scope: operator.pairing", "--token-file"]);
    let asks = visitor.run_with_secret(DEVICES).await;
    let waits = home.waiting().await;
    let next = format!(
        "tidegate devices approve {}\n",
        waits["requestId"].as_str().unwrap()
    );
    asks.failed(
        DENIED,
        &["pairing required", "what this device asks for", &next],
    );
    assert_eq!(waits["deviceId"], *own);
    assert_eq!(waits["scopes"], json!(["operator.pairing"]));
    assert_eq!(waits["grantedScopes"], json!(["operator.read"]));
    // What it has keeps working while it waits, and afterwards it can both, with its own token.
    visitor.run(HEALTH).await.done();
    home.approve().await;
    let list = visitor.run(&["devices", "list", "--json"]).await.json();
    assert_eq!(list["paired"][0]["deviceId"], *own);
    assert_eq!(list["paired"][0]["own"], true);
    visitor.run(HEALTH).await.done();
}
