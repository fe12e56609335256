//! `/readyz`, the event and the metrics of accounts.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::with;
use crate::common::{Edge, Outcome, Paper, Setup, TOKEN, get, jump, metric, networks, settle};

/// The status of `/readyz` once it is this one; else of the last look.
async fn readiness(edge: &Edge, wanted: u16) -> u16 {
    let mut status = 0;
    for _ in 0..5 {
        status = get(edge.addr, "/readyz", &[]).await.status;
        if status == wanted {
            break;
        }
        // Health gathers changes for half a second.
        jump(Duration::from_secs(1)).await;
    }
    status
}

#[tokio::test]
async fn the_gateway_is_ready_only_with_every_required_account() {
    let edge = Edge::with(Setup {
        networks: networks(&[Paper::new("default")], Some("default")),
        ..Setup::default()
    })
    .await;
    assert_eq!(readiness(&edge, 200).await, 200);
    let mut client = edge.owner(&["operator.admin"]).await;
    let params = json!({ "channel": "paper" });
    client.get("channels.logout", params).await;
    let answer = get(edge.addr, "/readyz", &[]).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, "degraded\n"));
    edge.stopped().await;
}

#[tokio::test]
async fn a_change_of_state_is_told_with_every_account() {
    let edge = with(&[Paper::new("default"), Paper::signed_out("aside")]).await;
    let mut client = edge.owner(&["operator.admin"]).await;
    client
        .get("channels.logout", json!({ "channel": "paper" }))
        .await;
    let event = client
        .event_where(|event| {
            event["event"] == "channels.changed"
                && event["payload"]["accounts"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|one| one["accountId"] == "default" && one["state"] == "needs-login")
        })
        .await;
    let accounts = event["payload"]["accounts"].as_array().unwrap();
    assert_eq!(accounts.len(), 2, "{event}");
    edge.stopped().await;
}

#[tokio::test]
async fn the_metrics_have_every_account_from_the_start_and_count() {
    let paper = Paper::new("default");
    let edge = with(&[Arc::clone(&paper)]).await;
    let metrics = async || {
        let secret = format!("Bearer {TOKEN}");
        get(edge.addr, "/metrics", &[("Authorization", &secret)])
            .await
            .body
    };
    let of = |name: &str, label: &str, value: &str| {
        format!(
            "gateway_channel_{name}{{channel=\"paper\",account=\"default\",{label}=\"{value}\"}}"
        )
    };
    let before = metrics().await;
    for (name, label, values) in [
        (
            "inbound_total",
            "outcome",
            &["taken", "known", "ignored"][..],
        ),
        ("refusals_total", "reason", &["sender", "group", "bot"]),
        ("outbound_total", "outcome", &["sent", "dead", "ambiguous"]),
        ("outbox_parts", "lot", &["open", "dead"]),
    ] {
        for value in values {
            assert_eq!(metric(&before, &of(name, label, value)), 0);
        }
    }
    assert_eq!(metric(&before, &of("state", "state", "live")), 1);
    assert_eq!(metric(&before, &of("state", "state", "backoff")), 0);

    let mut client = edge.owner(&["operator.write"]).await;
    paper.script([Outcome::Refuse]);
    for (key, well) in [("k1", false), ("k2", true)] {
        let params =
            json!({ "channel": "paper", "to": "5", "message": "x", "idempotencyKey": key });
        assert_eq!(client.call("send", params).await["ok"], well);
    }
    paper.write("1", "9", "hello?");
    for _ in 0..200 {
        let after = metrics().await;
        let heard = metric(&after, &of("inbound_total", "outcome", "taken"))
            + metric(&after, &of("inbound_total", "outcome", "ignored"));
        if heard == 1 {
            assert_ne!(metric(&after, &of("outbound_total", "outcome", "sent")), 0);
            assert_eq!(metric(&after, &of("outbound_total", "outcome", "dead")), 1);
            return edge.stopped().await;
        }
        settle().await;
    }
    panic!("nothing is counted: {}", metrics().await);
}
