//! The end of the gateway: told, waited for, and never silent (F12).

use std::time::Duration;

use serde_json::json;

use super::{SCOPES, agent, chat, end_of, hold, turns};
use crate::common::{Client, Edge, Setup, asks, settle};

#[tokio::test]
async fn a_stop_is_told_the_run_at_work_may_end_and_then_1012() {
    let mut edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    let mut idle = edge.join(&asks(3, &[])).await;
    let mut unknown = Client::open(edge.addr).await;
    let id = client.ask("agent", agent("k1", "hello")).await;
    client.answer(&id).await;
    turns(&edge, 1).await;
    edge.stop.cancel();
    let told = json!({ "reason": "gateway stopping", "restartExpectedMs": null });
    assert_eq!(client.event("shutdown").await["payload"], told);
    let busy = client.call("chat.send", chat("k2", "one more")).await["error"].clone();
    assert_eq!(
        (&busy["code"], &busy["retryable"]),
        (&json!("UNAVAILABLE"), &json!(true)),
        "{busy}"
    );
    assert_eq!(busy["details"]["reason"], "draining");
    assert!(
        busy["retryAfterMs"].as_u64().is_some_and(|ms| ms > 0),
        "{busy}"
    );
    assert_eq!(
        client.call("health", json!({})).await["ok"],
        true,
        "reading goes on"
    );
    gate.add_permits(1);
    assert_eq!(client.answer(&id).await["payload"]["status"], "ok");
    let restart = Some((1012, "service restart".to_owned()));
    assert_eq!(client.closed().await, restart);
    assert_eq!(idle.event("shutdown").await["payload"], told);
    assert_eq!(idle.closed().await, restart);
    assert_eq!(unknown.closed().await.map(|(code, _)| code), Some(1013));
    edge.has_stopped().await;
    assert!(
        tokio::net::TcpStream::connect(edge.addr).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn a_run_that_lasts_longer_than_the_drain_is_interrupted_and_stored_so() {
    let mut edge = Edge::with(Setup {
        drain: Duration::ZERO,
        ..Setup::default()
    })
    .await;
    hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    let id = client.ask("agent", agent("k1", "hello")).await;
    client.answer(&id).await;
    turns(&edge, 1).await;
    client.get("chat.send", chat("k2", "waits")).await;
    edge.stop.cancel();
    client.event("shutdown").await;
    let end = end_of(&mut client, "k1").await;
    assert_eq!(
        (&end["state"], &end["stopReason"]),
        (&json!("aborted"), &json!("shutdown"))
    );
    let last = client.answer(&id).await;
    assert_eq!(
        (&last["ok"], &last["error"]["code"]),
        (&json!(false), &json!("UNAVAILABLE")),
        "{last}"
    );
    assert_eq!(
        client.closed().await,
        Some((1012, "service restart".into()))
    );
    edge.has_stopped().await;

    let key = edge.engine.session_key("main").unwrap();
    let query = tidegate_core::store::HistoryQuery {
        before: None,
        limit: 10,
        max_bytes: 10_000,
    };
    let history = edge.engine.history(&key, query).await.unwrap();
    let said: Vec<_> = history
        .page
        .messages
        .iter()
        .map(|message| (message.body.text(), message.body.stop))
        .collect();
    let interrupted = Some(tidegate_core::transcript::StopReason::Interrupted);
    assert_eq!(
        said,
        [
            ("hello".to_owned(), None),
            ("a word".to_owned(), interrupted)
        ]
    );
    let waits = edge
        .engine
        .run(&tidegate_protocol::RunId::new("k2"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        waits.state,
        tidegate_core::run::RunState::Queued,
        "taken up after the next start"
    );
}

#[tokio::test]
async fn whoever_connects_while_the_gateway_stops_is_told_to_come_back() {
    let mut edge = Edge::start().await;
    let gate = hold(&edge);
    let mut client = edge.owner(SCOPES).await;
    let mut late = Client::open(edge.addr).await;
    client.get("chat.send", chat("k1", "hello")).await;
    turns(&edge, 1).await;
    edge.stop.cancel();
    client.event("shutdown").await;
    settle().await;
    let answer = late.connect(&asks(4, SCOPES)).await;
    assert_eq!(
        answer["ok"], true,
        "during the drain state can still be read: {answer}"
    );
    gate.add_permits(1);
    for joined in [&mut client, &mut late] {
        assert_eq!(joined.closed().await.map(|(code, _)| code), Some(1012));
    }
    edge.has_stopped().await;
}
