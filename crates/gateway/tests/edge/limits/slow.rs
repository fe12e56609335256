//! Slow clients: a reply never closes a connection, events do, and nobody else waits (D4, F07).

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Edge, Raw, TOKEN, asks, get, jump, metric, settle};

const SCOPES: &[&str] = &["operator.read", "operator.write"];
const MIB: usize = 1024 * 1024;

#[tokio::test]
async fn six_mebibytes_of_history_at_64_kib_a_second_reach_a_client_that_stays_connected() {
    let edge = Edge::start().await;
    for number in 0..12 {
        edge.remember(number, "x".repeat(MIB / 2 - 2_048)).await;
    }
    let mut raw = Raw::narrow(edge.addr).await;
    raw.upgrade(edge.addr).await;
    raw.join(&asks(3, SCOPES)).await;
    raw.ask("h", "chat.history", &json!({ "sessionKey": "main" }))
        .await;
    settle().await;
    // Virtual seconds: the stall limit of 30 s and the ping of 25 s have time to strike.
    let mut seconds = 0;
    while raw.gather(64 * 1024).await {
        jump(Duration::from_secs(1)).await;
        seconds += 1;
        if raw.gathered() > 6 * MIB - 100 * 1024 {
            break;
        }
    }
    assert!(seconds > 60, "{seconds} s: too fast to show anything");
    let history = raw.reply("h").await;
    assert_eq!(history["payload"]["messages"].as_array().unwrap().len(), 12);
    jump(Duration::from_secs(2)).await;
    raw.ask("s", "status", &json!({})).await;
    assert_eq!(raw.reply("s").await["ok"], true, "still connected");
    drop(raw);
    edge.stopped().await;
}

#[tokio::test]
async fn a_client_that_reads_no_replies_is_not_read_until_it_does() {
    let edge = Edge::start().await;
    edge.remember(0, "x".repeat(300 * 1024)).await;
    let mut raw = Raw::narrow(edge.addr).await;
    raw.upgrade(edge.addr).await;
    raw.join(&asks(4, SCOPES)).await;
    for number in 0..60 {
        raw.ask(
            &format!("h{number}"),
            "chat.history",
            &json!({ "sessionKey": "main" }),
        )
        .await;
    }
    settle().await;
    let metrics = get(
        edge.addr,
        "/metrics",
        &[("Authorization", &format!("Bearer {TOKEN}"))],
    )
    .await
    .body;
    let waiting: usize = metric(&metrics, "gateway_outbox_bytes").try_into().unwrap();
    assert!(
        waiting < 3 * MIB,
        "{waiting} bytes wait: 60 answers are 18 MiB"
    );
    for number in 0..60 {
        let answer = raw.reply(&format!("h{number}")).await;
        assert_eq!(answer["ok"], true);
    }
    drop(raw);
    edge.stopped().await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_for_thirty_seconds_is_ended() {
    let edge = Edge::start().await;
    for number in 0..10 {
        edge.remember(number, "x".repeat(MIB / 2)).await;
    }
    let mut raw = Raw::narrow(edge.addr).await;
    raw.upgrade(edge.addr).await;
    raw.join(&asks(4, SCOPES)).await;
    for id in ["a", "b", "c"] {
        raw.ask(id, "chat.history", &json!({ "sessionKey": "main" }))
            .await;
    }
    for _ in 0..28 {
        jump(Duration::from_secs(1)).await;
    }
    assert_eq!(edge.engine.presence().connections(), 1);
    for _ in 0..5 {
        jump(Duration::from_secs(1)).await;
    }
    assert_eq!(edge.engine.presence().connections(), 0);
    drop(raw);
    edge.stopped().await;
}

/// A message that everybody who may read hears as a `chat` event of about 100 KiB.
fn loud(number: usize) -> Value {
    json!({ "to": "main", "message": format!("{number:>6}{}", "x".repeat(100 * 1024)), "idempotencyKey": format!("k{number}") })
}

#[tokio::test]
async fn a_slow_consumer_is_closed_and_its_neighbour_hears_everything_in_order() {
    const EVENTS: usize = 100;
    let edge = Edge::start().await;
    let mut slow = Raw::narrow(edge.addr).await;
    slow.upgrade(edge.addr).await;
    slow.join(&asks(3, SCOPES)).await;
    let mut good = edge.join(&asks(3, SCOPES)).await;
    let mut speaker = edge.join(&asks(3, &["operator.write"])).await;
    let mut seq = None;
    let mut heard = 0;
    for number in 0..EVENTS {
        assert_eq!(speaker.call("send", loud(number)).await["ok"], true);
        // The neighbour has it before the next one is said.
        while heard == number {
            let event = good.any().await;
            let next = event["seq"].as_u64().unwrap();
            assert!(
                seq.is_none_or(|last| next == last + 1),
                "{seq:?}, then {next}"
            );
            seq = Some(next);
            if event["event"] == "chat" {
                let text = event
                    .pointer("/payload/message/content/0/text")
                    .and_then(Value::as_str)
                    .unwrap();
                assert_eq!(text[..6].trim().parse(), Ok(number));
                heard += 1;
            }
        }
    }
    // What it had been sent before is whole and without a hole; then comes the close.
    let mut last = 0;
    let end = loop {
        let (first, payload) = slow.next().await.expect("a close frame");
        if first == 0x88 {
            break payload;
        }
        let event: Value = serde_json::from_slice(&payload).unwrap();
        let seq = event["seq"].as_u64().unwrap();
        assert!(last == 0 || seq == last + 1, "{last}, then {seq}");
        last = seq;
    };
    assert_eq!(end, [&1008u16.to_be_bytes()[..], b"slow consumer"].concat());
    assert_eq!(good.call("health", json!({})).await["ok"], true);
    drop((good, speaker));
    edge.stopped().await;
}

#[tokio::test]
async fn an_event_that_does_not_fit_leaves_a_hole_in_seq_and_nothing_else() {
    let edge = Edge::start().await;
    let mut old = edge.join(&asks(3, SCOPES)).await;
    let mut new = edge.join(&asks(4, SCOPES)).await;
    let mut owner = edge.owner(&["operator.admin"]).await;
    // A presence list of 1.6 MiB: more than protocol 3 lets wait.
    for number in 0..210 {
        let beacon =
            json!({ "text": format!("Node: {:x<8000}", number), "instanceId": number.to_string() });
        owner.get("system-event", beacon).await;
    }
    for _ in 0..4 {
        jump(Duration::from_secs(1)).await;
    }
    for number in 0..2 {
        owner
            .get(
                "send",
                json!({ "to": "main", "message": "hi", "idempotencyKey": format!("k{number}") }),
            )
            .await;
    }
    for (client, may_have_holes) in [(&mut old, true), (&mut new, false)] {
        let (mut chats, mut holes, mut last) = (0, 0, None);
        while chats < 2 {
            let event = client.any().await;
            let seq = event["seq"].as_u64().unwrap();
            holes += last.map_or(0, |last| seq - last - 1);
            last = Some(seq);
            chats += usize::from(event["event"] == "chat");
        }
        assert_eq!(holes > 0, may_have_holes);
    }
    let metrics = get(
        edge.addr,
        "/metrics",
        &[("Authorization", &format!("Bearer {TOKEN}"))],
    )
    .await
    .body;
    assert!(metric(&metrics, "gateway_events_dropped_total{event=\"presence\"}") > 0);
    drop((old, new, owner));
    edge.stopped().await;
}
