//! Requests at work, and how long a message may take.

use std::time::Duration;

use serde_json::json;

use crate::common::{Edge, Raw, TEXT, asks, head, jump, settle};

const SCOPES: &[&str] = &["operator.read", "operator.write"];

#[tokio::test]
async fn sixty_four_requests_are_at_work_and_the_next_is_told_to_come_back() {
    let edge = Edge::start().await;
    let gate = edge.runner.hold_models();
    let mut client = edge.owner(SCOPES).await;
    let mut ids = Vec::new();
    for _ in 0..64 {
        ids.push(client.ask("models.list", json!({})).await);
    }
    let busy = client.call("health", json!({})).await["error"].clone();
    assert_eq!(
        (&busy["code"], &busy["retryable"]),
        (&json!("UNAVAILABLE"), &json!(true)),
        "{busy}"
    );
    assert!(
        busy["retryAfterMs"].as_u64().is_some_and(|ms| ms > 0),
        "{busy}"
    );
    let mut neighbour = edge.owner(SCOPES).await;
    assert_eq!(
        neighbour.call("health", json!({})).await["ok"],
        true,
        "the count is each connection's own"
    );
    gate.add_permits(1);
    let first = client.any_answer().await;
    assert_eq!(first["ok"], true);
    assert_eq!(
        client.call("health", json!({})).await["ok"],
        true,
        "one ended, one may begin"
    );
    gate.add_permits(63);
    for _ in 0..63 {
        let answer = client.any_answer().await;
        assert_eq!(answer["ok"], true);
        assert!(ids.iter().any(|id| answer["id"] == id.as_str()), "{answer}");
    }
    drop((client, neighbour));
    edge.stopped().await;
}

#[tokio::test]
async fn waiting_for_runs_is_counted_apart() {
    let edge = Edge::start().await;
    let mut client = edge.owner(SCOPES).await;
    for number in 0..64 {
        client
            .ask(
                "agent.wait",
                json!({ "runId": format!("unknown-{number}"), "timeoutMs": 60_000 }),
            )
            .await;
    }
    let busy = client
        .call("agent.wait", json!({ "runId": "one more" }))
        .await["error"]
        .clone();
    assert_eq!(
        (&busy["code"], &busy["retryable"]),
        (&json!("UNAVAILABLE"), &json!(true)),
        "{busy}"
    );
    assert_eq!(
        client.call("health", json!({})).await["ok"],
        true,
        "waiting is no work"
    );
    jump(Duration::from_secs(61)).await;
    for _ in 0..64 {
        assert_eq!(client.any_answer().await["payload"]["status"], "timeout");
    }
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_message_must_be_whole_in_ten_seconds_unless_it_is_large_and_moves() {
    let edge = Edge::start().await;
    let mut stuck = Raw::joined(edge.addr, &asks(4, SCOPES)).await;
    let mut moving = Raw::joined(edge.addr, &asks(4, SCOPES)).await;
    stuck
        .write(&[head(TEXT, 100, true), vec![b' '; 50]].concat())
        .await;
    let size = 1024 * 1024;
    moving.write(&head(TEXT, size, true)).await;
    let mut left = vec![b' '; usize::try_from(size).unwrap()];
    let request = br#"{"type":"req","id":"m","method":"health"}"#;
    let at = left.len() - request.len();
    left[at..].copy_from_slice(request);
    // 64 KiB a second, for sixteen seconds.
    for piece in left.chunks(64 * 1024) {
        moving.write(piece).await;
        jump(Duration::from_secs(1)).await;
    }
    assert_eq!(moving.reply("m").await["ok"], true);
    assert_eq!(
        stuck.closed().await,
        Some((1008, "message took too long".into()))
    );
    drop(moving);
    edge.stopped().await;
}

#[tokio::test]
async fn unfinished_large_messages_share_sixty_four_mebibytes() {
    const SIZE: u64 = 25 * 1024 * 1024;
    let begun = vec![b' '; 600 * 1024];
    let edge = Edge::start().await;
    let mut holders = Vec::new();
    for _ in 0..2 {
        let mut raw = Raw::joined(edge.addr, &asks(4, SCOPES)).await;
        raw.write(&head(TEXT, SIZE, true)).await;
        raw.write(&begun).await;
        holders.push(raw);
    }
    settle().await;
    let mut third = Raw::joined(edge.addr, &asks(4, SCOPES)).await;
    third.write(&head(TEXT, SIZE, true)).await;
    let no_room = Some((1013, "no room for large messages".to_owned()));
    assert_eq!(third.closed().await, no_room);
    holders.pop();
    settle().await;
    let mut fourth = Raw::joined(edge.addr, &asks(4, SCOPES)).await;
    fourth.write(&head(TEXT, SIZE, true)).await;
    fourth.write(&begun).await;
    settle().await;
    assert!(!fourth.has_ended().await, "the room was given back");
    drop((holders, fourth));
    edge.stopped().await;
}
