//! Every method and every event of nodes once, for whoever looks at their shapes.

use serde_json::{Value, json};

use super::{eval, node, request, with};
use crate::common::{Client, Device, Edge, settle};

/// The node of these calls.
const PHONE: u8 = 51;

/// A method and what it was answered.
type Answers = Vec<(&'static str, Value)>;

/// Makes the events of nodes: a name asks and is refused; gives the command that a node is sent.
pub(crate) async fn ask_and_answer(edge: &Edge, client: &mut Client) -> Value {
    let decide = asks_for_a_name(client, "n1").await.1;
    client.get("node.pair.reject", decide).await;
    let mut phone = node(edge, PHONE, 4).await;
    let id = client
        .ask("node.invoke", eval(&Device::number(PHONE), "shown"))
        .await;
    let sent = request(&mut phone).await;
    phone.get("node.invoke.result", done(&sent)).await;
    client.answer(&id).await;
    sent
}

/// A good call of every method, and what it is answered.
pub(crate) async fn every_answer(edge: &Edge, client: &mut Client) -> Answers {
    let mut phone = node(edge, PHONE, 4).await;
    let mut answers = at_the_node(client, &mut phone).await;
    answers.extend(described(client).await);
    phone.leave().await;
    settle().await;
    answers.extend(waiting(client).await);
    answers.extend(names(client).await);
    answers
}

/// What came of a command: a value.
fn done(sent: &Value) -> Value {
    json!({ "id": sent["id"], "nodeId": sent["nodeId"], "ok": true, "payload": { "result": 2 } })
}

/// The node does two commands, tells of each twice, and speaks for itself.
async fn at_the_node(client: &mut Client, phone: &mut Client) -> Answers {
    let mut answers = Vec::new();
    let text = json!({ "payload": null, "payloadJSON": "{\"result\":3}" });
    for (key, form) in [("value", json!({})), ("text", text)] {
        let id = client
            .ask("node.invoke", eval(&Device::number(PHONE), key))
            .await;
        let result = with(done(&request(phone).await), &form);
        for _ in 0..2 {
            let told = phone.get("node.invoke.result", result.clone()).await;
            answers.push(("node.invoke.result", told));
        }
        let answer = client.answer(&id).await;
        assert_eq!(answer["ok"], true, "{answer}");
        answers.push(("node.invoke", answer["payload"].clone()));
    }
    let follows = json!({ "event": "chat.subscribe", "payload": { "sessionKey": "main" } });
    for (method, params) in [("node.event", follows), ("skills.bins", json!({}))] {
        answers.push((method, phone.get(method, params).await));
    }
    answers
}

/// The node is shown and named.
async fn described(client: &mut Client) -> Answers {
    let id = Device::number(PHONE).id();
    let mut answers = Vec::new();
    for (method, params) in [
        ("node.list", json!({})),
        ("node.describe", json!({ "nodeId": id })),
        (
            "node.rename",
            json!({ "nodeId": id, "displayName": "Kitchen" }),
        ),
    ] {
        answers.push((method, client.get(method, params).await));
    }
    answers
}

/// A command waits for the node, which is away, and is given up.
async fn waiting(client: &mut Client) -> Answers {
    let device = Device::number(PHONE);
    let later = json!({ "command": "canvas.hide", "params": {}, "queue": true });
    let queued = client
        .get("node.invoke", with(eval(&device, "later"), &later))
        .await;
    let cancel = json!({ "id": queued["queued"]["id"] });
    let mut answers = vec![("node.invoke", queued)];
    for (method, params) in [
        ("node.pending.list", json!({})),
        ("node.list", json!({})),
        ("node.describe", json!({ "nodeId": device.id() })),
        ("node.pending.cancel", cancel.clone()),
        ("node.pending.cancel", cancel),
        ("node.pending.list", json!({ "nodeId": device.id() })),
    ] {
        answers.push((method, client.get(method, params).await));
    }
    answers
}

/// One name is approved and verified, another one is refused.
async fn names(client: &mut Client) -> Answers {
    let (first, approve) = asks_for_a_name(client, "n1").await;
    let (second, reject) = asks_for_a_name(client, "n2").await;
    let list = client.get("node.pair.list", json!({})).await;
    let approved = client.get("node.pair.approve", approve).await;
    let token = approved["node"]["token"].clone();
    let mut answers = vec![
        ("node.pair.request", first),
        ("node.pair.request", second),
        ("node.pair.list", list),
        ("node.pair.approve", approved),
    ];
    for (method, params) in [
        ("node.pair.reject", reject),
        (
            "node.pair.verify",
            json!({ "nodeId": "n1", "token": token }),
        ),
        (
            "node.pair.verify",
            json!({ "nodeId": "n1", "token": "wrong" }),
        ),
        ("node.pair.list", json!({})),
    ] {
        answers.push((method, client.get(method, params).await));
    }
    answers
}

/// A name asks to be paired: what it is answered, and what decides about it.
async fn asks_for_a_name(client: &mut Client, name: &str) -> (Value, Value) {
    let params = json!({
        "nodeId": name, "displayName": "One", "platform": "linux", "version": "1",
        "caps": ["canvas"], "commands": ["canvas.eval"], "remoteIp": "10.0.0.5",
    });
    let asked = client.get("node.pair.request", params).await;
    let decide = json!({ "requestId": asked["request"]["requestId"] });
    (asked, decide)
}
