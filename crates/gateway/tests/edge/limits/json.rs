//! One frame has one meaning (T58): keys that stand twice, depth, numbers, and what is no request.

use serde_json::{Value, json};

use crate::common::{Client, Edge, asks};

async fn client(edge: &Edge) -> Client {
    edge.join(&asks(4, &["operator.admin"])).await
}

/// The error text that a frame gets, and the id under which it comes.
async fn said(client: &mut Client, text: &str) -> (Value, String) {
    client.say(text).await;
    let answer = client.any_answer().await;
    assert_eq!(answer["ok"], false, "{answer}");
    assert_eq!(answer["error"]["code"], "INVALID_REQUEST", "{answer}");
    (
        answer["id"].clone(),
        answer["error"]["message"].as_str().unwrap().to_owned(),
    )
}

#[tokio::test]
async fn a_key_that_stands_twice_is_refused_wherever_it_stands() {
    let edge = Edge::start().await;
    let mut client = client(&edge).await;
    let envelopes = [
        r#"{"type":"req","type":"req","id":"d","method":"health"}"#,
        r#"{"type":"req","id":"d","id":"d","method":"health"}"#,
        r#"{"type":"req","id":"d","method":"health","method":"config.get"}"#,
        r#"{"type":"req","id":"d","method":"health","m\u0065thod":"config.get"}"#,
        r#"{"type":"req","id":"d","method":"health","params":{},"params":{}}"#,
    ];
    for text in envelopes {
        let (id, why) = said(&mut client, text).await;
        assert_eq!(id, "d");
        assert!(why.starts_with("invalid request frame: "), "{text}: {why}");
    }
    let params = [
        r#"{"key":"a","key":"b"}"#,
        r#"{"key":"a","k\u0065y":"b"}"#,
        r#"{"key":"a","label":{"x":1,"x":2}}"#,
        r#"{"key":"a","label":[[{"x":1,"x":2}]]}"#,
    ];
    for params in params {
        let text =
            format!(r#"{{"type":"req","id":"d","method":"sessions.patch","params":{params}}}"#);
        let (id, why) = said(&mut client, &text).await;
        assert_eq!(id, "d");
        assert!(
            why.starts_with("invalid sessions.patch params: duplicate key "),
            "{text}: {why}"
        );
    }
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn depth_and_numbers_have_an_end() {
    let edge = Edge::start().await;
    let mut client = client(&edge).await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let params = [
        deep.as_str(),
        r#"{"limit":1e400}"#,
        r#"{"limit":5000000000}"#,
        r#"{"limit":1.5}"#,
        r#"{"limit":-1}"#,
    ];
    for params in params {
        let text =
            format!(r#"{{"type":"req","id":"n","method":"sessions.list","params":{params}}}"#);
        let (_, why) = said(&mut client, &text).await;
        assert!(
            why.starts_with("invalid sessions.list params: "),
            "{why:.200}"
        );
    }
    for params in [r#"{"limit":3.0}"#, r#"{"limit":3e0}"#, "{ }"] {
        let text =
            format!(r#"{{"type":"req","id":"n","method":"sessions.list","params":{params}}}"#);
        client.say(&text).await;
        let answer = client.any_answer().await;
        assert_eq!(
            answer["ok"], true,
            "a whole number is an integer however it is written: {answer}"
        );
    }
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn json_that_is_no_request_is_answered_under_its_own_id() {
    let edge = Edge::start().await;
    let mut client = client(&edge).await;
    for (text, id, why) in [
        ("{}", json!("invalid"), "must have required property 'type'"),
        ("[]", json!("invalid"), "must be object"),
        ("null", json!("invalid"), "must be object"),
        (
            r#"{"type":"req","id":7,"method":"health"}"#,
            json!(7),
            "at /id: must be string",
        ),
        (
            r#"{"type":"req","id":"","method":"health"}"#,
            json!(""),
            "at /id: must NOT have fewer than 1 characters",
        ),
        (
            r#"{"type":"req","id":"x","method":"health","x":1}"#,
            json!("x"),
            "at root: unexpected property 'x'",
        ),
        (
            r#"{"type":"event","id":"x","method":"health"}"#,
            json!("x"),
            "at /type: must be equal to constant",
        ),
        (
            r#"{"type":"req","id":"x","method":"health","traceparent":1}"#,
            json!("x"),
            "at /traceparent: must be string",
        ),
    ] {
        let (answered, text) = said(&mut client, text).await;
        assert_eq!(answered, id);
        assert!(
            text.starts_with("invalid request frame: ") && text.contains(why),
            "{text}"
        );
    }
    // No JSON: no answer, and the connection goes on (V3 1.7).
    for text in ["hello", "", "{", "{\"type\":\"req\",\"id\":\"x\""] {
        client.say(text).await;
    }
    client.say(r#"{"type":"req","id":"last","method":"health","traceparent":"00-x","expectedProfileId":"p"}"#).await;
    let answer = client.any_answer().await;
    assert_eq!(
        (&answer["id"], &answer["ok"]),
        (&json!("last"), &json!(true)),
        "missing params are an empty object"
    );
    drop(client);
    edge.stopped().await;
}
