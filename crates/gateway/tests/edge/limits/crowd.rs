//! Peers that nobody knows yet: so many sockets from one address, and the oldest give way (T56).

use crate::common::{Client, Edge, Raw, asks, settle};

#[tokio::test]
async fn of_a_hundred_silent_sockets_the_oldest_give_way_and_a_good_client_joins() {
    let edge = Edge::start().await;
    let mut known = edge.owner(&["operator.read"]).await;
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(Raw::dial(edge.addr).await);
        settle().await;
    }
    let mut good = Client::open(edge.addr).await;
    assert_eq!(good.connect(&asks(4, &["operator.read"])).await["ok"], true);
    assert_eq!(
        known.call("health", serde_json::json!({})).await["ok"],
        true,
        "who is known never gives way"
    );
    // 64 places: the good client took one for a moment.
    for (number, raw) in silent.iter_mut().enumerate() {
        let ended = raw.has_ended().await;
        assert_eq!(ended, number < 37, "socket {number}");
    }
    drop((known, good));
    edge.stopped().await;
}

#[tokio::test]
async fn an_upgraded_socket_that_gives_way_is_told_to_come_back_later() {
    let edge = Edge::start().await;
    let mut first = Raw::upgraded(edge.addr).await;
    let mut crowd = Vec::new();
    for _ in 0..64 {
        crowd.push(Raw::dial(edge.addr).await);
        settle().await;
    }
    let reason = "no room for unknown connections now";
    assert_eq!(first.closed().await, Some((1013, reason.into())));
    edge.stopped().await;
}
