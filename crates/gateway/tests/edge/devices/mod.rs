//! Devices over the wire: who decides, how it is taken back, and that an owner is never locked out.

mod codes;
mod cuts;
mod decisions;
mod lock_outs;
mod upgrades;

use serde_json::{Value, json};

use crate::common::{Client, Device, Edge, FORWARDED, asks};

const PAIRING: &[&str] = &["operator.pairing"];
const READ: &[&str] = &["operator.read"];
const EVERYTHING: &[&str] = &["operator.admin", "operator.pairing"];

/// A `connect` with only this in `auth`.
fn with_auth(scopes: &[&str], auth: Value) -> Value {
    let mut params = asks(4, scopes);
    params["auth"] = auth;
    params
}

fn as_node() -> Value {
    let mut params = asks(4, &[]);
    params["role"] = "node".into();
    params
}

/// A device that connects from another machine.
async fn from_elsewhere(edge: &Edge, device: &Device, params: &Value) -> (Client, Value) {
    let mut client = Client::open_with(edge.addr, &[FORWARDED]).await;
    let answer = client.connect_as(device, params).await;
    (client, answer)
}

/// A device that connects from this machine.
async fn from_here(edge: &Edge, device: &Device, params: &Value) -> (Client, Value) {
    let mut client = Client::open(edge.addr).await;
    let answer = client.connect_as(device, params).await;
    (client, answer)
}

/// The owner pairs a device on this machine; gives its connection and its token.
async fn paired(edge: &Edge, device: &Device, scopes: &[&str]) -> (Client, String) {
    let (client, answer) = from_here(edge, device, &asks(4, scopes)).await;
    (client, token(&answer))
}

fn token(answer: &Value) -> String {
    let token = &answer["payload"]["auth"]["deviceToken"];
    token.as_str().unwrap_or_else(|| panic!("{answer}")).into()
}

fn scopes(answer: &Value) -> &Value {
    assert_eq!(answer["ok"], true, "{answer}");
    &answer["payload"]["auth"]["scopes"]
}

fn code(answer: &Value) -> &str {
    assert_eq!(answer["ok"], false, "{answer}");
    answer["error"]["details"]["code"]
        .as_str()
        .unwrap_or("none")
}

/// Asks to be let in from elsewhere, and gives the id of the request.
async fn ask(edge: &Edge, device: &Device, params: &Value) -> String {
    let (_, answer) = from_elsewhere(edge, device, params).await;
    assert_eq!(code(&answer), "PAIRING_REQUIRED");
    let id = &answer["error"]["details"]["requestId"];
    id.as_str().unwrap().to_owned()
}

fn request(id: &str) -> Value {
    json!({ "requestId": id })
}

/// Makes both events of devices.
pub(crate) async fn ask_and_answer(edge: &Edge, client: &mut Client) {
    let id = ask(edge, &Device::number(41), &asks(4, READ)).await;
    client.get("device.pair.reject", request(&id)).await;
}

/// A good call of every method, and what it is answered.
pub(crate) async fn every_answer(edge: &Edge, client: &mut Client) -> Vec<(&'static str, Value)> {
    let phone = Device::number(42);
    let id = phone.id();
    let first = ask(edge, &Device::number(43), &asks(4, READ)).await;
    let second = ask(edge, &phone, &asks(4, READ)).await;
    let mut answers = Vec::new();
    for (method, params) in [
        ("device.pair.list", json!({})),
        ("device.pair.reject", request(&first)),
        ("device.pair.approve", request(&second)),
        (
            "device.pair.rename",
            json!({ "deviceId": id, "label": "Anna" }),
        ),
        (
            "device.trust.set",
            json!({ "deviceId": id, "trust": "verified" }),
        ),
        ("device.pair.setupCode", json!({})),
        (
            "device.pair.setupCode",
            json!({ "publicUrl": "ws://10.0.0.5" }),
        ),
    ] {
        answers.push((method, client.get(method, params).await));
    }
    let (mut device, _) = paired(edge, &phone, READ).await;
    let wanted = json!({ "scopes": ["operator.write"] });
    let asked = device.get("device.scopes.requestUpgrade", wanted).await;
    let upgrade = json!({ "requestId": asked["requestId"] });
    answers.push(("device.scopes.requestUpgrade", asked));
    client.get("device.pair.approve", upgrade.clone()).await;
    let outcome = device.get("device.scopes.waitUpgrade", upgrade).await;
    answers.push(("device.scopes.waitUpgrade", outcome));
    let role = json!({ "deviceId": id, "role": "operator" });
    for (method, params) in [
        ("device.token.rotate", role.clone()),
        ("device.token.revoke", role),
        ("device.pair.list", json!({})),
        ("device.pair.remove", json!({ "deviceId": id })),
    ] {
        answers.push((method, client.get(method, params).await));
    }
    answers
}
