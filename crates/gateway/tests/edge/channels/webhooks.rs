//! Chat networks that call us (T31, T33).

use std::sync::Arc;

use serde_json::json;

use super::{until, with};
use crate::common::{Paper, Raw, WEBHOOK_SECRET, get, metric, post, request, settle};

const PATH: &str = "/webhooks/paper/hook";
const SECRET: (&str, &str) = ("X-Fake-Secret", WEBHOOK_SECRET);

#[tokio::test]
async fn only_the_account_with_a_webhook_has_a_route() {
    let edge = with(&[Paper::new("hook"), Paper::new("default")]).await;
    for path in [
        "/webhooks/paper/default",
        "/webhooks/paper/x",
        "/webhooks/pigeon/hook",
        "/webhooks/paper/HOOK",
        "/webhooks/paper",
        "/webhooks/paper/hook/more",
        "/webhooks/paper/hook%2f",
    ] {
        let answer = post(edge.addr, path, &[SECRET], b"1").await;
        assert!(
            matches!(answer.status, 404 | 405),
            "{path}: {}",
            answer.status
        );
    }
    assert_eq!(post(edge.addr, PATH, &[SECRET], b"1").await.status, 200);
    assert_eq!(get(edge.addr, PATH, &[SECRET]).await.status, 405);
    let headers = [("Host", "evil.example"), SECRET, ("Content-Length", "0")];
    let answer = request(edge.addr, "POST", PATH, &headers).await;
    assert_eq!(answer.status, 421, "the Host is checked as everywhere");
    edge.stopped().await;
}

#[tokio::test]
async fn what_is_proved_is_stored_before_it_is_answered() {
    let paper = Paper::new("hook");
    let edge = with(&[Arc::clone(&paper)]).await;
    let answer = post(edge.addr, PATH, &[SECRET], b"m1").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "taken"));
    let mut client = edge.owner(&["operator.pairing"]).await;
    let list = until(&mut client, "channels.pairing.list", json!({}), |list| {
        list["requests"][0]["senderId"] == "77"
    })
    .await;
    assert_eq!(list["requests"][0]["accountId"], "hook");
    edge.stopped().await;
}

#[tokio::test]
async fn wrong_secrets_are_counted_and_a_right_one_is_never_refused() {
    let edge = with(&[Paper::new("hook")]).await;
    let twice = [SECRET, SECRET];
    let wrongs: [&[(&str, &str)]; 4] = [
        &[],
        &[("X-Fake-Secret", "")],
        &[("X-Fake-Secret", "guess")],
        &twice,
    ];
    let mut answers = Vec::new();
    for number in 0..16 {
        answers.push(post(edge.addr, PATH, wrongs[number % 4], b"1").await);
        let right = post(edge.addr, PATH, &[SECRET], b"1").await;
        assert_eq!(right.status, 200, "after {number} wrong ones");
    }
    let (early, late) = answers.split_at(10);
    assert!(early.iter().all(|answer| answer.status == 401));
    for answer in late {
        assert_eq!(answer.status, 429);
        assert!(answer.header("retry-after").is_some());
    }
    let secret = format!("Bearer {}", crate::common::TOKEN);
    let text = get(edge.addr, "/metrics", &[("Authorization", &secret)]).await;
    let limited = metric(&text.body, "gateway_refusals_total{reason=\"rate\"}");
    assert_eq!(limited, 6);
    edge.stopped().await;
}

#[tokio::test]
async fn a_body_has_a_bound_and_a_deadline() {
    let edge = with(&[Paper::new("hook")]).await;
    let most = vec![b'a'; 1024 * 1024];
    assert_ne!(post(edge.addr, PATH, &[SECRET], &most).await.status, 413);

    let host = edge.addr.to_string();
    let declared = [
        ("Host", host.as_str()),
        SECRET,
        ("Content-Length", "1048577"),
    ];
    let answer = request(edge.addr, "POST", PATH, &declared).await;
    assert_eq!(answer.status, 413, "before a byte of it was read");

    let mut raw = Raw::dial(edge.addr).await;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: {host}\r\nX-Fake-Secret: {WEBHOOK_SECRET}\r\nTransfer-Encoding: chunked\r\n\r\n"
    );
    raw.write(head.as_bytes()).await;
    let chunk = [b"40000\r\n".as_slice(), &vec![b'a'; 0x40000], b"\r\n"].concat();
    for _ in 0..5 {
        raw.write(&chunk).await;
    }
    let answer = raw.http_head().await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");

    let mut slow = Raw::dial(edge.addr).await;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: {host}\r\nX-Fake-Secret: {WEBHOOK_SECRET}\r\nContent-Length: 9\r\n\r\nhalf"
    );
    slow.write(head.as_bytes()).await;
    crate::common::jump(std::time::Duration::from_secs(11)).await;
    let answer = slow.http_head().await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    edge.stopped().await;
}

#[tokio::test]
async fn what_cannot_be_stored_is_to_be_sent_again() {
    let edge = with(&[Paper::new("hook")]).await;
    let answer = post(edge.addr, PATH, &[SECRET], b"full").await;
    assert_eq!(answer.status, 503);
    assert!(answer.header("retry-after").is_some());
    edge.stopped().await;
}

#[tokio::test]
async fn strangers_take_no_place_of_the_network() {
    let edge = with(&[Paper::new("hook")]).await;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: {}\r\nContent-Length: 9\r\n\r\nh",
        edge.addr
    );
    let mut strangers = Vec::new();
    for _ in 0..40 {
        let mut raw = Raw::dial(edge.addr).await;
        raw.write(head.as_bytes()).await;
        strangers.push(raw);
    }
    settle().await;
    assert_eq!(post(edge.addr, PATH, &[SECRET], b"1").await.status, 200);
    drop(strangers);
    edge.stopped().await;
}

#[tokio::test]
async fn so_many_at_once_and_no_more() {
    let edge = with(&[Paper::new("hook")]).await;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nHost: {}\r\nX-Fake-Secret: {WEBHOOK_SECRET}\r\nContent-Length: 9\r\n\r\nhalf",
        edge.addr
    );
    let mut slow = Vec::new();
    for _ in 0..32 {
        let mut raw = Raw::dial(edge.addr).await;
        raw.write(head.as_bytes()).await;
        slow.push(raw);
    }
    settle().await;
    let answer = post(edge.addr, PATH, &[SECRET], b"1").await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    drop(slow);
    settle().await;
    assert_eq!(post(edge.addr, PATH, &[SECRET], b"1").await.status, 200);
    edge.stopped().await;
}
