//! Two generations of clients on one port: which protocol is spoken, what hello-ok carries, what
//! each may send, and what is never accepted twice (T13).

use serde_json::{Value, json};

use super::connect;
use crate::common::{Edge, Raw, TEXT, TOKEN, asks, frame, get};

const READ: &[&str] = &["operator.read"];

#[tokio::test]
async fn the_highest_common_number_is_spoken_with_its_limits() {
    let edge = Edge::start().await;
    for (min, max, spoken, payload, buffered) in [
        (3, 3, 3, 512 * 1024, 1_536 * 1024),
        (1, 3, 3, 512 * 1024, 1_536 * 1024),
        (3, 4, 4, 25 * 1024 * 1024, 8 * 1024 * 1024),
        (4, 4, 4, 25 * 1024 * 1024, 8 * 1024 * 1024),
        (1, 99, 4, 25 * 1024 * 1024, 8 * 1024 * 1024),
    ] {
        let mut params = asks(max, &["operator.write"]);
        params["minProtocol"] = min.into();
        let hello = connect(&edge, &[], |_| params).await.answer["payload"].clone();
        assert_eq!(hello["protocol"], spoken, "{min}..{max}");
        let policy = json!({ "maxPayload": payload, "maxBufferedBytes": buffered, "tickIntervalMs": 30_000 });
        assert_eq!(hello["policy"], policy);
    }
    edge.stopped().await;
}

#[tokio::test]
async fn hello_carries_what_clients_of_both_generations_read() {
    let edge = Edge::start().await;
    let hello = connect(&edge, &[], |_| asks(3, READ)).await.answer["payload"].clone();
    assert_eq!(hello["type"], "hello-ok");
    for text in [
        "/server/version",
        "/server/connId",
        "/server/host",
        "/server/bootId",
        "/snapshot/configPath",
    ] {
        assert!(
            hello.pointer(text).is_some_and(Value::is_string),
            "{text}: {hello}"
        );
    }
    let defaults = json!({
        "defaultAgentId": "main", "mainKey": "main", "mainSessionKey": "agent:main:main", "scope": "per-sender",
        "modelConfigured": true,
    });
    assert_eq!(hello["snapshot"]["sessionDefaults"], defaults);
    assert_eq!(hello["snapshot"]["health"]["ok"], true);
    assert_eq!(hello["snapshot"]["presence"][0]["reason"], "self");
    assert!(
        hello["snapshot"]["stateVersion"]["presence"].is_u64()
            && hello["snapshot"]["stateVersion"]["health"].is_u64()
    );
    assert_eq!(hello["auth"], json!({ "role": "operator", "scopes": READ }));
    let absent = [
        "/canvasHostUrl",
        "/auth/deviceToken",
        "/snapshot/presence/0/ip",
    ];
    assert!(
        absent.iter().all(|path| hello.pointer(path).is_none()),
        "absent is left out, never null: {hello}"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn unknown_fields_are_refused_from_january_and_ignored_and_counted_later() {
    let edge = Edge::start().await;
    let odd = |newest| {
        let mut params = asks(newest, READ);
        params["modelCatalog"] = json!({ "x": [1, 2] });
        params["client"]["buildId"] = "b1".into();
        params["auth"]["somethingNew"] = true.into();
        params
    };
    let refused = connect(&edge, &[], |_| odd(3)).await;
    assert!(
        refused
            .text()
            .contains("at root: unexpected property 'modelCatalog'"),
        "{}",
        refused.text()
    );
    assert!(
        refused
            .text()
            .contains("at /client: unexpected property 'buildId'"),
        "{}",
        refused.text()
    );
    assert_eq!(connect(&edge, &[], |_| odd(4)).await.scopes(), READ);
    let mut stranger = asks(4, READ);
    stranger["client"]["id"] = "my-own-client".into();
    stranger["client"]["mode"] = "my-own-mode".into();
    assert_eq!(
        connect(&edge, &[], |_| stranger).await.scopes(),
        READ,
        "ids are no rights"
    );
    let metrics = get(
        edge.addr,
        "/metrics",
        &[("authorization", &format!("Bearer {TOKEN}"))],
    )
    .await
    .body;
    assert!(
        metrics.contains("gateway_connect_unknown_fields_total 2\n"),
        "{metrics}"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn codes_in_details_are_told_from_protocol_4_on() {
    let edge = Edge::start().await;
    let mut wrong = asks(3, READ);
    wrong["auth"]["token"] = "wrong".into();
    assert!(
        connect(&edge, &[], |_| wrong.clone())
            .await
            .error()
            .get("details")
            .is_none()
    );
    wrong["maxProtocol"] = 4.into();
    assert_eq!(
        connect(&edge, &[], |_| wrong).await.code(),
        "AUTH_TOKEN_MISMATCH"
    );
    edge.stopped().await;
}

#[tokio::test]
async fn connect_counts_once_and_only_as_the_first_frame() {
    let edge = Edge::start().await;
    for (newest, scopes, text) in [
        (
            3,
            &["operator.admin"][..],
            "connect is only valid as the first request",
        ),
        (
            4,
            &["operator.admin"],
            "connect is only valid as the first request",
        ),
        (3, READ, "missing scope: operator.admin"),
    ] {
        let mut client = edge.join(&asks(newest, scopes)).await;
        let mut again = asks(newest, &["operator.admin", "operator.write"]);
        again["role"] = "node".into();
        let answer = client.call("connect", again).await;
        assert_eq!(answer["error"]["message"], text);
        assert_eq!(
            client.call("sessions.list", json!({})).await["ok"],
            true,
            "the connection goes on as it was"
        );
        client.leave().await;
    }
    edge.stopped().await;
}

fn request(id: &str, method: &str, params: &Value) -> Vec<u8> {
    let text = json!({ "type": "req", "id": id, "method": method, "params": params }).to_string();
    frame(TEXT, text.as_bytes())
}

#[tokio::test]
async fn frames_sent_in_one_piece_with_connect_wait_for_it() {
    let edge = Edge::start().await;
    let connect = request("c", "connect", &asks(4, READ));
    let health = request("h", "health", &json!({}));

    let mut raw = Raw::upgraded(edge.addr).await;
    raw.write(&[connect.clone(), health.clone(), health.clone()].concat())
        .await;
    assert_eq!(raw.json().await["payload"]["type"], "hello-ok");
    for _ in 0..2 {
        let answer = raw.reply("h").await;
        assert_eq!(answer["ok"], true, "{answer}");
    }

    let mut raw = Raw::upgraded(edge.addr).await;
    raw.write(&[health, connect.clone()].concat()).await;
    assert_eq!(
        raw.json().await["error"]["message"],
        "invalid handshake: first request must be connect"
    );
    let end = Some((
        1008,
        "invalid handshake: first request must be connect".into(),
    ));
    assert_eq!(
        raw.closed().await,
        end,
        "and the connect behind it is not looked at"
    );

    let mut raw = Raw::upgraded(edge.addr).await;
    let node = request("n", "connect", &{
        let mut params = asks(4, &[]);
        params["role"] = "node".into();
        params
    });
    raw.write(&[connect, node].concat()).await;
    assert_eq!(raw.json().await["payload"]["auth"]["role"], "operator");
    assert_eq!(raw.reply("n").await["ok"], false);
    drop(raw);
    edge.stopped().await;
}
