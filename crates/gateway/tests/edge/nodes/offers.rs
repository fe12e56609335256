//! What a node offers, and what of it was approved.

use serde_json::{Value, json};
use tidegate_protocol::api::nodes::NOT_APPROVED;

use super::{eval, owner};
use crate::common::{Client, Device, Edge, asks};

/// A node that offers more than was approved stays, is not sent that, and is sent it from the moment in
/// which somebody approved it (SECURITY T17).
#[tokio::test]
async fn what_a_node_offers_beyond_what_was_approved_waits() {
    let edge = Edge::start().await;
    let device = Device::number(5);
    let offering = |commands: Value| {
        let mut params = asks(4, &[]);
        params["role"] = "node".into();
        params["client"]["platform"] = "ios 18.2".into();
        params["commands"] = commands;
        params
    };
    let mut client = Client::open(edge.addr).await;
    let joined = client
        .connect_as(&device, &offering(json!(["canvas.hide"])))
        .await;
    let token = joined["payload"]["auth"]["deviceToken"].clone();
    client.leave().await;

    let mut wider = offering(json!(["canvas.hide", "canvas.eval"]));
    wider["auth"] = json!({ "token": token });
    let mut phone = Client::open(edge.addr).await;
    let joined = phone.connect_as(&device, &wider).await;
    assert_eq!(joined["ok"], true, "{joined}");
    let mut owner = owner(&edge).await;
    let list = owner.get("device.pair.list", json!({})).await;
    let request = &list["pending"][0];
    assert_eq!(request["role"], "node", "{list}");
    assert_eq!(request["platform"], "ios 18.2");
    assert_eq!(request["commands"], json!(["canvas.eval", "canvas.hide"]));
    assert_eq!(request["grantedCommands"], json!(["canvas.hide"]));
    let node = owner
        .get("node.describe", json!({ "nodeId": device.id() }))
        .await;
    assert_eq!(node["commands"], json!(["canvas.hide"]));
    assert_eq!(node["unapprovedCommands"], json!(["canvas.eval"]));
    let refused = owner.call("node.invoke", eval(&device, "k1")).await;
    assert_eq!(refused["error"]["details"]["reason"], NOT_APPROVED);
    let said = refused["error"]["message"].as_str().unwrap();
    assert!(said.contains("command not approved"), "{said}");

    let approved = json!({ "requestId": request["requestId"] });
    owner.get("device.pair.approve", approved).await;
    owner.ask("node.invoke", eval(&device, "k2")).await;
    assert_eq!(super::request(&mut phone).await["command"], "canvas.eval");
    edge.stopped().await;
}
