//! Nodes over real sockets: what an operator and a node see on the wire (V3 section 8).

mod calls;
mod events;
mod every;
mod offers;
mod pairing;

pub(crate) use every::{ask_and_answer, every_answer};

use serde_json::{Value, json};

use crate::common::{Client, Device, Edge, asks};

/// What a node offers in these tests.
const COMMANDS: &[&str] = &[
    "canvas.eval",
    "system.which",
    "camera.snap",
    " location.get ",
];

/// Connects the device of this number as a node of protocols 3 to `newest`.
async fn node(edge: &Edge, number: u8, newest: u32) -> Client {
    let mut params = asks(newest, &[]);
    params["role"] = "node".into();
    params["client"] = json!({
        "id": "clawdbot-ios", "version": "0.0.1", "platform": "ios 18.2", "mode": "node",
        "displayName": "Phone", "deviceFamily": "iPhone", "modelIdentifier": "iPhone17,1",
    });
    params["caps"] = json!(["canvas", "camera", "camera"]);
    params["commands"] = json!(COMMANDS);
    params["permissions"] = json!({ "camera": true });
    let mut client = Client::open(edge.addr).await;
    let answer = client.connect_as(&Device::number(number), &params).await;
    assert_eq!(answer["ok"], true, "{answer}");
    client
}

/// An operator that may do everything.
async fn owner(edge: &Edge) -> Client {
    let mut client = Client::open(edge.addr).await;
    let answer = client.connect(&asks(3, &["operator.admin"])).await;
    assert_eq!(answer["ok"], true, "{answer}");
    client
}

fn eval(node: &Device, key: &str) -> Value {
    json!({
        "nodeId": node.id(), "command": "canvas.eval", "params": { "js": "1+1" },
        "idempotencyKey": key, "timeoutMs": 4000,
    })
}

/// The next command that a node is sent.
async fn request(node: &mut Client) -> Value {
    let frame = node.event("node.invoke.request").await;
    assert!(frame.get("seq").is_none(), "{frame}");
    frame["payload"].clone()
}

/// The same with these fields as well.
fn with(mut value: Value, more: &Value) -> Value {
    for (name, field) in more.as_object().unwrap() {
        value[name] = field.clone();
    }
    value
}
