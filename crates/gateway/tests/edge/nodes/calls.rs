//! Commands and their ends.

use std::time::Duration;

use serde_json::{Value, json};

use super::{eval, node, owner, request, with};
use crate::common::{Client, Device, Edge, asks, jump, settle};

/// What a caller is told when the node answers so.
async fn told(operator: &mut Client, phone: &mut Client, key: &str, answer: &Value) -> Value {
    let device = Device::number(1);
    let id = operator.ask("node.invoke", eval(&device, key)).await;
    let sent = request(phone).await;
    let result = with(json!({ "id": sent["id"], "nodeId": device.id() }), answer);
    assert_eq!(
        phone.get("node.invoke.result", result).await,
        json!({ "ok": true })
    );
    operator.answer(&id).await
}

#[tokio::test]
async fn a_command_goes_there_and_its_answer_comes_back_as_in_january() {
    let edge = Edge::start().await;
    let (mut operator, mut phone) = (owner(&edge).await, node(&edge, 1, 3).await);
    let device = Device::number(1);
    let id = operator.ask("node.invoke", eval(&device, "k")).await;
    let sent = request(&mut phone).await;
    assert_eq!(
        sent,
        json!({
            "id": sent["id"], "nodeId": device.id(), "command": "canvas.eval",
            "paramsJSON": "{\"js\":\"1+1\"}", "timeoutMs": 4000, "idempotencyKey": "k",
        })
    );
    let answer = json!({ "id": sent["id"], "nodeId": device.id(), "ok": true, "payloadJSON": "{\"result\":2}" });
    phone.get("node.invoke.result", answer).await;
    assert_eq!(
        operator.answer(&id).await["payload"],
        json!({
            "ok": true, "nodeId": device.id(), "command": "canvas.eval",
            "payload": { "result": 2 }, "payloadJSON": "{\"result\":2}",
        })
    );
    let value =
        json!({ "ok": true, "payload": { "result": 3 }, "payloadJSON": null, "error": null });
    let heard = told(&mut operator, &mut phone, "k2", &value).await;
    assert_eq!(heard["payload"]["payload"], json!({ "result": 3 }));
    assert_eq!(heard["payload"]["payloadJSON"], Value::Null);
    let odd = json!({ "ok": true, "payloadJSON": { "x": 1 } });
    let heard = told(&mut operator, &mut phone, "k3", &odd).await;
    assert_eq!(heard["payload"]["payload"], json!({ "x": 1 }));
    let failed =
        json!({ "ok": false, "error": { "code": "CAMERA_DISABLED", "message": "camera off" } });
    let heard = told(&mut operator, &mut phone, "k4", &failed).await;
    assert_eq!(
        heard["error"],
        json!({
            "code": "UNAVAILABLE", "message": "camera off",
            "details": { "nodeError": { "code": "CAMERA_DISABLED", "message": "camera off" } },
        })
    );
    let silent = told(&mut operator, &mut phone, "k5", &json!({ "ok": false })).await;
    assert_eq!(silent["error"]["message"], "node invoke failed");
    let garbage = json!({ "ok": true, "payloadJSON": "not json" });
    let heard = told(&mut operator, &mut phone, "k6", &garbage).await;
    assert_eq!(heard["error"]["details"]["nodeError"]["code"], "BAD_ANSWER");
    edge.stopped().await;
}

#[tokio::test]
async fn refusals_have_the_words_and_details_of_january() {
    let edge = Edge::start().await;
    let (mut operator, mut phone) = (owner(&edge).await, node(&edge, 1, 3).await);
    let device = Device::number(1);
    let mut refused = async |change: Value| {
        let answer = operator
            .call(
                "node.invoke",
                with(eval(&device, &change.to_string()), &change),
            )
            .await;
        answer["error"].clone()
    };
    let not_allowed = |reason: &str, command: &str| {
        json!({
            "code": "INVALID_REQUEST", "message": "node command not allowed",
            "details": { "reason": reason, "command": command },
        })
    };
    assert_eq!(
        refused(json!({ "nodeId": "missing" })).await,
        json!({ "code": "UNAVAILABLE", "message": "node not connected", "details": { "code": "NOT_CONNECTED" } })
    );
    assert_eq!(
        refused(json!({ "command": "camera.snap" })).await,
        not_allowed("command not allowlisted", "camera.snap")
    );
    assert_eq!(
        refused(json!({ "command": "canvas.hide" })).await,
        not_allowed("command not declared by node", "canvas.hide")
    );
    let invalid = refused(json!({ "params": { "js": 1 } })).await;
    let text = invalid["message"].as_str().unwrap();
    assert!(text.starts_with("invalid canvas.eval params: "), "{text}");
    for params in [
        json!({ "js": "1", "approved": true }),
        json!({ "js": "1", "a": [{ "runId": "x" }] }),
    ] {
        let invalid = refused(json!({ "params": params })).await;
        let text = invalid["message"].as_str().unwrap();
        assert!(text.contains("is set by the gateway alone"), "{text}");
    }
    let wrong = json!({ "id": "nope", "nodeId": "other", "ok": true });
    let answer = phone.call("node.invoke.result", wrong).await;
    assert_eq!(answer["error"]["message"], "nodeId mismatch");
    let unknown = json!({ "id": "nope", "nodeId": device.id(), "ok": true });
    assert_eq!(
        phone.get("node.invoke.result", unknown).await,
        json!({ "ok": true, "ignored": true })
    );
    edge.stopped().await;
}

#[tokio::test]
async fn time_and_the_end_of_a_socket_end_a_command() {
    let edge = Edge::start().await;
    let (mut operator, mut phone) = (owner(&edge).await, node(&edge, 1, 3).await);
    let device = Device::number(1);
    let id = operator.ask("node.invoke", eval(&device, "k")).await;
    let sent = request(&mut phone).await;
    jump(Duration::from_secs(4)).await;
    assert_eq!(
        operator.answer(&id).await["error"],
        json!({
            "code": "UNAVAILABLE", "message": "node invoke timed out",
            "details": { "nodeError": { "code": "TIMEOUT", "message": "node invoke timed out" } },
        })
    );
    let late = json!({ "id": sent["id"], "nodeId": device.id(), "ok": true });
    assert_eq!(
        phone.get("node.invoke.result", late).await,
        json!({ "ok": true, "ignored": true })
    );
    let id = operator.ask("node.invoke", eval(&device, "k2")).await;
    request(&mut phone).await;
    phone.leave().await;
    assert_eq!(
        operator.answer(&id).await["error"],
        json!({ "code": "UNAVAILABLE", "message": "Error: node disconnected (canvas.eval)" })
    );
    let list = operator.get("node.list", json!({})).await;
    let row = &list["nodes"][0];
    assert_eq!(
        (&row["connected"], &row["paired"]),
        (&json!(false), &json!(true))
    );
    assert_eq!((&row["commands"], &row["caps"]), (&json!([]), &json!([])));
    edge.stopped().await;
}

#[tokio::test]
async fn a_socket_that_took_the_place_of_another_outlives_it() {
    let edge = Edge::start().await;
    let mut operator = owner(&edge).await;
    let device = Device::number(1);
    let mut old = node(&edge, 1, 3).await;
    let at_old = operator.ask("node.invoke", eval(&device, "a")).await;
    let old_request = request(&mut old).await;
    let mut new = node(&edge, 1, 3).await;
    let at_new = operator.ask("node.invoke", eval(&device, "b")).await;
    let new_request = request(&mut new).await;
    let forged =
        json!({ "id": old_request["id"], "nodeId": device.id(), "ok": true, "payload": {} });
    assert_eq!(
        new.get("node.invoke.result", forged).await,
        json!({ "ok": true, "ignored": true })
    );
    old.leave().await;
    let ended = operator.answer(&at_old).await;
    assert_eq!(
        ended["error"]["message"],
        "Error: node disconnected (canvas.eval)"
    );
    let good = json!({ "id": new_request["id"], "nodeId": device.id(), "ok": true, "payload": { "result": 1 } });
    new.get("node.invoke.result", good).await;
    assert_eq!(operator.answer(&at_new).await["ok"], true);
    edge.stopped().await;
}

#[tokio::test]
async fn a_device_that_is_revoked_is_sent_nothing_more() {
    let edge = Edge::start().await;
    let (mut operator, mut phone) = (owner(&edge).await, node(&edge, 1, 3).await);
    let device = Device::number(1);
    let id = operator.ask("node.invoke", eval(&device, "k")).await;
    request(&mut phone).await;
    let revoke = json!({ "deviceId": device.id(), "role": "node" });
    operator.get("device.token.revoke", revoke).await;
    let ended = operator.answer(&id).await;
    assert_eq!(
        ended["error"]["message"],
        "Error: node disconnected (canvas.eval)"
    );
    assert_eq!(phone.closed().await.unwrap().0, 1008);
    let refused = operator.call("node.invoke", eval(&device, "k2")).await;
    assert_eq!(refused["error"]["message"], "node not connected");
    edge.stopped().await;
}

#[tokio::test]
async fn rules_for_programs_are_the_owners_alone() {
    let edge = Edge::start().await;
    let _phone = node(&edge, 1, 3).await;
    let mut writer = Client::open(edge.addr).await;
    writer.connect(&asks(3, &["operator.write"])).await;
    let invoke = with(
        eval(&Device::number(1), "k"),
        &json!({ "command": "system.execApprovals.get", "params": {} }),
    );
    let refused = writer.call("node.invoke", invoke).await;
    assert_eq!(refused["error"]["message"], "missing scope: operator.admin");
    edge.stopped().await;
}

#[tokio::test]
async fn what_is_queued_waits_for_the_node_and_is_handed_over_once() {
    let edge = Edge::start().await;
    let mut operator = owner(&edge).await;
    let device = Device::number(1);
    node(&edge, 1, 3).await.leave().await;
    settle().await;
    let hide = with(
        eval(&device, "k"),
        &json!({ "command": "canvas.hide", "params": {}, "queue": true }),
    );
    let queued = operator.get("node.invoke", hide.clone()).await;
    let pending = operator.get("node.pending.list", json!({})).await["pending"].clone();
    assert_eq!(pending, json!([queued["queued"]]));
    let described = operator
        .get("node.describe", json!({ "nodeId": device.id() }))
        .await;
    assert_eq!(described["waiting"], 1);
    let other = with(hide.clone(), &json!({ "idempotencyKey": "k2" }));
    let second = operator.get("node.invoke", other).await["queued"].clone();
    let cancelled = operator
        .get("node.pending.cancel", json!({ "id": second["id"] }))
        .await;
    assert_eq!(cancelled, json!({ "ok": true, "cancelled": true }));
    // It declares `canvas.hide` now.
    let mut params = asks(3, &[]);
    params["role"] = "node".into();
    params["client"]["platform"] = "ios".into();
    params["commands"] = json!(["canvas.hide"]);
    let mut phone = Client::open(edge.addr).await;
    phone.connect_as(&device, &params).await;
    let sent = request(&mut phone).await;
    assert_eq!(sent["idempotencyKey"], "k");
    let result = json!({ "id": sent["id"], "nodeId": device.id(), "ok": true });
    phone.get("node.invoke.result", result).await;
    settle().await;
    // This is answered after all that was sent before it; presence and ticks may be among that.
    phone.get("skills.bins", json!({})).await;
    while let Some(frame) = phone.kept() {
        assert_ne!(frame["event"], "node.invoke.request", "twice: {frame}");
    }
    let told = operator.get("node.invoke", hide).await;
    assert_eq!((&told["payload"], told.get("queued")), (&Value::Null, None));
    edge.stopped().await;
}
