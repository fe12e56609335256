//! Signs of life: ticks for clients, pings for the gateway (F05).

use std::time::Duration;

use crate::common::{Edge, PING, Raw, asks, frame, jump};

const PONG: u8 = 0x8a;

#[tokio::test]
async fn there_is_a_tick_every_thirty_seconds() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&[]).await;
    client.event("tick").await;
    for _ in 0..3 {
        while client.pending().await {
            client.any().await;
        }
        jump(Duration::from_secs(29)).await;
        assert!(!client.pending().await, "{}", client.any().await);
        jump(Duration::from_secs(1)).await;
        let tick = client.any().await;
        assert_eq!(tick["event"], "tick");
        assert!(tick["payload"]["ts"].is_u64());
    }
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn a_peer_that_answers_no_ping_is_dead_after_a_minute() {
    let edge = Edge::start().await;
    let mut dead = Raw::joined(edge.addr, &asks(4, &[])).await;
    for _ in 0..54 {
        jump(Duration::from_secs(1)).await;
    }
    assert_eq!(edge.engine.presence().connections(), 1);
    for _ in 0..4 {
        jump(Duration::from_secs(1)).await;
    }
    let mut pings = 0;
    let end = loop {
        match dead.next().await.unwrap() {
            (PING, _) => pings += 1,
            (0x88, payload) => break payload,
            _ => {}
        }
    };
    assert_eq!(pings, 1);
    assert_eq!(
        end,
        [&1008u16.to_be_bytes()[..], b"no sign of life"].concat()
    );
    drop(dead);
    edge.stopped().await;
}

#[tokio::test]
async fn a_quiet_client_that_answers_pings_lives_for_hours() {
    let edge = Edge::start().await;
    let mut quiet = Raw::joined(edge.addr, &asks(4, &[])).await;
    let mut pings = 0;
    while pings < 100 {
        for (first, payload) in quiet.all_now().await {
            if first == PING {
                quiet.write(&frame(PONG, &payload)).await;
                pings += 1;
            }
        }
        jump(Duration::from_secs(5)).await;
    }
    assert_eq!(edge.engine.presence().connections(), 1);
    drop(quiet);
    edge.stopped().await;
}
