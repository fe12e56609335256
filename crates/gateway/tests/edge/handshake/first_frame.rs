//! Every wrong first frame: what is answered and how the connection is closed (V3 1.6, D7).

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Client, Edge, asks, jump};

/// Sends one text as the first frame: the answer, if there is one, and the close.
async fn first(edge: &Edge, text: &str) -> (Option<Value>, (u16, String)) {
    let mut client = Client::open(edge.addr).await;
    client.say(text).await;
    let close = client
        .closed()
        .await
        .unwrap_or_else(|| panic!("no close frame after {text:.80}"));
    (client.kept(), close)
}

#[tokio::test]
async fn what_is_not_json_closes_1000_without_a_word() {
    let edge = Edge::start().await;
    for text in [
        "hello",
        "",
        "{",
        "{\"type\":\"req\"",
        "{\"a\":1}}",
        "\u{feff}{}",
        "NaN",
        "{'type':'req'}",
    ] {
        assert_eq!(
            first(&edge, text).await,
            (None, (1000, String::new())),
            "{text}"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn json_that_is_no_request_closes_1008_without_a_word() {
    let edge = Edge::start().await;
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    let frames = [
        "null",
        "\"connect\"",
        "[]",
        "{}",
        "7",
        r#"["req","1","connect",{}]"#,
        r#"{"type":"event","event":"tick"}"#,
        r#"{"type":"res","id":"1","ok":true}"#,
        r#"{"type":"req","method":"connect"}"#,
        r#"{"type":"req","id":"","method":"connect"}"#,
        r#"{"type":"req","id":1,"method":"connect"}"#,
        r#"{"type":"req","id":null,"method":"connect"}"#,
        r#"{"type":"req","id":"1","method":""}"#,
        r#"{"type":"req","id":"1"}"#,
        r#"{"type":"req","id":"1","method":"connect","extra":1}"#,
        r#"{"type":"REQ","id":"1","method":"connect"}"#,
        r#"{"type":"req","id":"1","id":"2","method":"connect"}"#,
        r#"{"type":"req","id":"1","method":"connect","method":"health"}"#,
        r#"{"type":"req","id":"1","method":"connect","params":{},"params":{}}"#,
        r#"{"type":"hello","version":"1"}"#,
        &deep,
    ];
    for text in frames {
        assert_eq!(
            first(&edge, text).await,
            (None, (1008, "invalid request frame".into())),
            "{text:.80}"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn any_other_method_is_refused_by_name() {
    let edge = Edge::start().await;
    let text = "invalid handshake: first request must be connect";
    for method in ["health", "no.such.method", "CONNECT", "connect "] {
        let request = json!({ "type": "req", "id": "x7", "method": method, "params": {} });
        let (answer, close) = first(&edge, &request.to_string()).await;
        let error = json!({ "code": "INVALID_REQUEST", "message": text });
        assert_eq!(
            answer,
            Some(json!({ "type": "res", "id": "x7", "ok": false, "error": error }))
        );
        assert_eq!(close, (1008, text.into()));
    }
    edge.stopped().await;
}

#[tokio::test]
async fn bad_params_are_told_with_path_and_reason() {
    let edge = Edge::start().await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut params = asks(3, &[]);
        change(&mut params);
        params
    };
    let cases = [
        (Value::Null, "must be object"),
        (json!([]), "must be object"),
        (
            json!({}),
            "must have required property 'minProtocol'; must have required property 'maxProtocol'; must have required property 'client'",
        ),
        (
            with(&|p| p["minProtocol"] = 0.into()),
            "at /minProtocol: must be >= 1",
        ),
        (
            with(&|p| p["maxProtocol"] = "3".into()),
            "at /maxProtocol: must be integer",
        ),
        (with(&|p| p["client"]["id"] = "".into()), "at /client/id: "),
        (
            with(&|p| p["client"]["id"] = "ios-node".into()),
            "at /client/id: must be equal to constant; at /client/id: must match a schema in anyOf",
        ),
        (
            with(&|p| p["client"]["mode"] = "operator".into()),
            "at /client/mode: must be equal to constant",
        ),
        (
            with(&|p| p["client"]["odd"] = 1.into()),
            "at /client: unexpected property 'odd'",
        ),
        (
            with(&|p| p["foo"] = 1.into()),
            "at root: unexpected property 'foo'",
        ),
        (
            with(&|p| p["auth"] = Value::Null),
            "at /auth: must be object",
        ),
        (
            with(&|p| p["role"] = "".into()),
            "at /role: must NOT have fewer than 1 characters",
        ),
        (
            with(&|p| p["scopes"] = json!([1])),
            "at /scopes/0: must be string",
        ),
        (
            with(&|p| p["device"] = json!({})),
            "at /device: must have required property 'id'",
        ),
        (
            with(&|p| p["permissions"] = json!({ "camera": "yes" })),
            "at /permissions/camera: must be boolean",
        ),
    ];
    for (params, why) in cases {
        let request = json!({ "type": "req", "id": "1", "method": "connect", "params": params });
        let (answer, close) = first(&edge, &request.to_string()).await;
        let answer = answer.unwrap();
        assert_eq!(answer["error"]["code"], "INVALID_REQUEST");
        let text = answer["error"]["message"].as_str().unwrap();
        assert!(text.starts_with("invalid connect params: "), "{text}");
        assert!(text.contains(why), "{text} should contain {why}");
        let cut: String = text.chars().take(120).collect();
        assert_eq!(close, (1008, cut));
    }
    edge.stopped().await;
}

#[tokio::test]
async fn a_key_that_stands_twice_in_the_params_is_refused_at_every_level() {
    let edge = Edge::start().await;
    let good = asks(4, &[]).to_string();
    let twice = [
        good.replacen("\"role\"", "\"role\":\"node\",\"role\"", 1),
        good.replacen("\"mode\"", "\"mode\":\"ui\",\"mode\"", 1),
        good.replacen("\"token\"", "\"token\":\"x\",\"token\"", 1),
        good.replacen("\"token\"", "\"\\u0074oken\":\"x\",\"token\"", 1),
        good.replacen('{', "{\"unknown\":{\"a\":1,\"a\":2},", 1),
    ];
    for params in twice {
        let request = format!(r#"{{"type":"req","id":"1","method":"connect","params":{params}}}"#);
        let (answer, (code, _)) = first(&edge, &request).await;
        let text = answer.unwrap()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(
            text.starts_with("invalid connect params: duplicate key "),
            "{text}"
        );
        assert_eq!(code, 1008);
    }
    edge.stopped().await;
}

#[tokio::test]
async fn no_common_protocol_closes_1002_and_says_which() {
    let edge = Edge::start().await;
    for (min, max, details) in [
        (1, 2, json!({ "expectedProtocol": 3 })),
        (
            5,
            9,
            json!({ "code": "PROTOCOL_MISMATCH", "expectedProtocol": 4 }),
        ),
        (4, 3, json!({ "expectedProtocol": 4 })),
    ] {
        let mut params = asks(max, &[]);
        params["minProtocol"] = min.into();
        let request = json!({ "type": "req", "id": "1", "method": "connect", "params": params });
        let (answer, close) = first(&edge, &request.to_string()).await;
        let error = json!({ "code": "INVALID_REQUEST", "message": "protocol mismatch", "details": details });
        assert_eq!(answer.unwrap()["error"], error);
        assert_eq!(close, (1002, "protocol mismatch".into()));
    }
    edge.stopped().await;
}

#[tokio::test]
async fn silence_is_closed_after_fifteen_seconds() {
    let edge = Edge::start().await;
    let mut silent = Client::open(edge.addr).await;
    jump(Duration::from_millis(14_500)).await;
    let mut late = Client::open(edge.addr).await;
    jump(Duration::from_secs(1)).await;
    assert_eq!(silent.closed().await, Some((1000, String::new())));
    let answer = late.connect(&asks(3, &[])).await;
    assert_eq!(
        answer["ok"], true,
        "the deadline is each socket's own: {answer}"
    );
    late.leave().await;
    edge.stopped().await;
}

#[tokio::test]
async fn a_binary_message_is_read_as_text() {
    let edge = Edge::start().await;
    let mut client = Client::open(edge.addr).await;
    let request = json!({ "type": "req", "id": "b", "method": "connect", "params": asks(3, &[]) });
    client.say_bytes(request.to_string().into_bytes()).await;
    assert_eq!(client.answer("b").await["ok"], true);
    client.leave().await;
    edge.stopped().await;
}
