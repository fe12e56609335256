//! `POST /tools/invoke`: the same tools, the same approvals, for the owner on this machine.

use serde_json::{Value, json};
use tidegate_testkit::in_time;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::house::{DIALECTS, House, words};

/// Posts, and gives the status with the body.
async fn post(port: u16, token: &str, origin: Option<&str>, body: Value) -> (u16, Value) {
    let body = body.to_string();
    let origin = origin.map_or_else(String::new, |origin| format!("Origin: {origin}\r\n"));
    let request = format!(
        "POST /tools/invoke HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n{origin}\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let answer = in_time("the answer", exchange).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or_default())
}

#[tokio::test]
async fn the_owner_calls_a_tool_and_the_same_gate_decides() {
    let mut house = House::open(DIALECTS[0], |_| words("-")).await;
    let (port, token) = (house.daemon.port(), house.daemon.token().unwrap());
    let ask = json!({ "tool": "exec", "args": { "command": ["echo", "by hand"] } });
    let mut calls = JoinSet::new();
    let secret = token.clone();
    calls.spawn(async move { post(port, &secret, None, ask).await });
    let asked = house.asked().await;
    house.decide("approve", &asked).await;
    let (status, answer) = calls.join_next().await.unwrap().unwrap();
    assert_eq!((status, &answer["ok"]), (200, &json!(true)), "{answer}");
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("by hand"), "{text}");

    let ask = json!({ "tool": "exec", "args": { "command": ["echo", "no"] } });
    calls.spawn(async move { post(port, &token, None, ask).await });
    let asked = house.asked().await;
    house.decide("deny", &asked).await;
    let (status, answer) = calls.join_next().await.unwrap().unwrap();
    assert_eq!(
        (status, &answer["error"]["type"]),
        (400, &json!("tool_error")),
        "{answer}"
    );
}

#[tokio::test]
async fn what_it_answers_to_other_requests() {
    let house = House::open(DIALECTS[0], |_| words("-")).await;
    let (port, token) = (house.daemon.port(), house.daemon.token().unwrap());
    let cases = [
        (json!({ "tool": "teleport" }), 404, "not_found"),
        (json!({}), 400, "invalid_request"),
        (
            json!({ "tool": "exec", "args": { "comand": [] } }),
            400,
            "tool_error",
        ),
        (
            json!({ "tool": "exec", "colour": "red" }),
            400,
            "invalid_request",
        ),
    ];
    for (ask, status, kind) in cases {
        let (got, answer) = post(port, &token, None, ask.clone()).await;
        assert_eq!(
            (got, &answer["error"]["type"]),
            (status, &json!(kind)),
            "{ask}: {answer}"
        );
    }
    let dry = json!({ "tool": "exec", "dryRun": true, "args": { "command": ["reboot"] } });
    assert_eq!(
        post(port, &token, None, dry).await,
        (200, json!({ "ok": true, "dryRun": true }))
    );
    let list = json!({ "tool": "nodes", "action": "list" });
    let (status, answer) = post(port, &token, None, list).await;
    assert_eq!(status, 200, "{answer}");

    let list = json!({ "tool": "nodes", "action": "list" });
    let (status, _) = post(port, "wrong", None, list.clone()).await;
    assert_eq!(status, 401);
    // A page has no owner behind it that we know of, even our own.
    let own = format!("http://127.0.0.1:{port}");
    let (status, answer) = post(port, &token, Some(&own), list).await;
    assert_eq!(status, 403, "{answer}");
}
