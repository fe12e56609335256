//! The January list of paired names.

use serde_json::json;

use super::owner;
use crate::common::{Client, Edge, asks};

#[tokio::test]
async fn a_name_is_asked_for_approved_verified_and_renamed() {
    let edge = Edge::start().await;
    let mut operator = owner(&edge).await;
    let ask = json!({ "nodeId": "n1", "displayName": "N1" });
    let asked = operator.get("node.pair.request", ask.clone()).await;
    let request = &asked["request"];
    assert_eq!(
        (&asked["status"], &asked["created"]),
        (&json!("pending"), &json!(true))
    );
    let told = operator.event("node.pair.requested").await;
    assert_eq!(&told["payload"], request);
    assert_eq!(
        *request,
        json!({ "requestId": request["requestId"], "nodeId": "n1", "displayName": "N1", "isRepair": false, "ts": request["ts"] })
    );
    let again = operator.get("node.pair.request", ask).await;
    assert_eq!(
        (&again["created"], &again["request"]),
        (&json!(false), request)
    );
    let list = operator.get("node.pair.list", json!({})).await;
    assert_eq!(list, json!({ "pending": [request], "paired": [] }));
    let decide = json!({ "requestId": request["requestId"] });
    let approved = operator.get("node.pair.approve", decide.clone()).await;
    let token = approved["node"]["token"].as_str().unwrap();
    assert_eq!(token.len(), 32);
    let told = operator.event("node.pair.resolved").await["payload"].clone();
    assert_eq!(
        (&told["decision"], &told["nodeId"]),
        (&json!("approved"), &json!("n1"))
    );
    let twice = operator.call("node.pair.approve", decide).await;
    assert_eq!(twice["error"]["message"], "unknown requestId");
    let verify = async |operator: &mut Client, token: &str| {
        operator
            .get(
                "node.pair.verify",
                json!({ "nodeId": "n1", "token": token }),
            )
            .await
    };
    assert_eq!(verify(&mut operator, "wrong").await, json!({ "ok": false }));
    let good = verify(&mut operator, token).await;
    assert_eq!(
        (&good["ok"], good["node"].get("token")),
        (&json!(true), None)
    );
    operator
        .get(
            "node.rename",
            json!({ "nodeId": "n1", "displayName": "One" }),
        )
        .await;
    let list = operator.get("node.pair.list", json!({})).await;
    let named = &list["paired"][0];
    assert_eq!(
        (&named["displayName"], named.get("token")),
        (&json!("One"), None)
    );
    // It lets nobody in, and it is no node.
    let mut stranger = Client::open(edge.addr).await;
    let mut params = asks(3, &[]);
    params["role"] = "node".into();
    params["auth"]["token"] = token.into();
    let refused = stranger.connect(&params).await;
    assert_eq!(refused["error"]["message"], "device identity required");
    assert_eq!(
        operator.get("node.list", json!({})).await["nodes"],
        json!([])
    );
    edge.stopped().await;
}

#[tokio::test]
async fn a_name_is_refused() {
    let edge = Edge::start().await;
    let mut operator = owner(&edge).await;
    let asked = operator
        .get("node.pair.request", json!({ "nodeId": "n1" }))
        .await;
    let decide = json!({ "requestId": asked["request"]["requestId"] });
    let refused = operator.get("node.pair.reject", decide.clone()).await;
    assert_eq!(refused["nodeId"], "n1");
    let told = operator.event("node.pair.resolved").await;
    assert_eq!(told["payload"]["decision"], "rejected");
    let unknown = operator.call("node.pair.reject", decide).await;
    assert_eq!(unknown["error"]["message"], "unknown requestId");
    edge.stopped().await;
}
