//! `/metrics`: the names are a golden file, and each metric moves when its thing happens.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use expect_test::expect_file;
use serde_json::json;

use crate::common::{
    Client, Device, Edge, PING, Paper, Raw, Setup, Step, TEXT, TOKEN, asks, frame, get, head, jump,
    metric, networks, request, settle,
};

async fn metrics(edge: &Edge) -> String {
    get(
        edge.addr,
        "/metrics",
        &[("Authorization", &format!("Bearer {TOKEN}"))],
    )
    .await
    .body
}

/// Every sample's value by its name with its labels.
type Samples = BTreeMap<String, String>;

fn samples(text: &str) -> Samples {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

#[tokio::test]
async fn names_kinds_and_labels_are_those_of_the_golden_file() {
    let edge = Edge::with(Setup {
        networks: networks(&[Paper::new("default")], None),
        ..Setup::default()
    })
    .await;
    let text = metrics(&edge).await;
    let mut lines = BTreeSet::new();
    for line in text.lines().filter(|line| line.starts_with("# TYPE ")) {
        lines.insert(line.trim_start_matches("# TYPE ").to_owned());
    }
    let mut labels = BTreeSet::new();
    for name in samples(&text).keys() {
        if let Some((name, rest)) = name.split_once('{') {
            let keys: Vec<&str> = rest
                .trim_end_matches('}')
                .split(',')
                .filter_map(|pair| pair.split('=').next())
                .collect();
            labels.insert(format!("{name} {{{}}}", keys.join(",")));
        }
    }
    let golden: Vec<String> = lines.into_iter().chain(labels).collect();
    expect_file!["../golden/metrics.txt"].assert_eq(&(golden.join("\n") + "\n"));
    edge.stopped().await;
}

#[tokio::test]
async fn everything_is_there_at_zero_from_the_start_and_no_label_appears_later() {
    let edge = Edge::start().await;
    let before = samples(&metrics(&edge).await);
    make_everything_happen(&edge).await;
    let after = samples(&metrics(&edge).await);
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    let at_once = ["gateway_tcp_accepted_total"];
    for (name, value) in before {
        let may_count =
            at_once.contains(&name.as_str()) || name.starts_with("gateway_events_published_total");
        assert!(
            matches!(value.as_str(), "0" | "0.0") || may_count,
            "{name} is {value}"
        );
    }
    edge.stopped().await;
}

#[tokio::test]
async fn each_metric_moves() {
    let edge = Edge::start().await;
    let before = samples(&metrics(&edge).await);
    let during = make_everything_happen(&edge).await;
    let after = samples(&metrics(&edge).await);
    let family = |name: &str| name.split(['{', ' ']).next().unwrap().to_owned();
    let all: BTreeSet<String> = before.keys().map(|name| family(name)).collect();
    let changed = |now: &Samples| {
        now.iter()
            .filter(|(name, value)| before[*name] != **value)
            .map(|(name, _)| family(name))
            .collect::<BTreeSet<_>>()
    };
    let moved: BTreeSet<String> = changed(&after).union(&changed(&during)).cloned().collect();
    let still: Vec<&String> = all.difference(&moved).collect();
    assert!(still.is_empty(), "nothing moves {still:?}");

    assert_ne!(
        after["gateway_requests_total{method=\"health\",outcome=\"ok\"}"],
        "0"
    );
    assert_eq!(
        after["gateway_requests_total{method=\"sessions.list\",outcome=\"invalid\"}"],
        "1"
    );
    assert_eq!(
        after["gateway_schema_refusals_total{method=\"sessions.list\"}"],
        "1"
    );
    assert_eq!(
        after["gateway_requests_total{method=\"config.get\",outcome=\"denied\"}"],
        "1"
    );
    assert_eq!(
        after["gateway_requests_total{method=\"agent.wait\",outcome=\"busy\"}"],
        "1"
    );
    assert_eq!(
        after["gateway_requests_total{method=\"agent\",outcome=\"failed\"}"],
        "1"
    );
    assert_eq!(after["gateway_unknown_methods_total"], "1");
    for reason in ["host", "origin", "handshake", "rate", "room"] {
        let name = format!("gateway_refusals_total{{reason=\"{reason}\"}}");
        assert_ne!(after[&name], "0", "{name}");
    }
    for code in [1000, 1002, 1005, 1007, 1008, 1009] {
        let name = format!("gateway_closes_total{{code=\"{code}\"}}");
        assert_ne!(after[&name], "0", "{name}");
    }
    edge.stopped().await;
}

/// A node that answers what it was never asked; it stays.
async fn node_that_lies(edge: &Edge) -> Client {
    let device = Device::number(9);
    let mut params = asks(3, &[]);
    params["role"] = "node".into();
    let mut node = Client::open(edge.addr).await;
    node.connect_as(&device, &params).await;
    let answer = json!({ "id": "never-asked", "nodeId": device.id(), "ok": true });
    node.get("node.invoke.result", answer).await;
    node
}

/// Gives the samples of a moment when things wait.
async fn make_everything_happen(edge: &Edge) -> Samples {
    let addr = edge.addr;
    let host = addr.to_string();
    request(addr, "GET", "/", &[("Host", "evil.example")]).await;
    request(
        addr,
        "GET",
        "/",
        &[("Host", &host), ("Origin", "https://evil.example")],
    )
    .await;
    for _ in 0..11 {
        get(addr, "/metrics", &[("Authorization", "Bearer wrong")]).await;
    }
    let mut stranger = asks(4, &[]);
    stranger["somethingNew"] = 1.into();
    edge.join(&stranger).await.leave().await;

    let mut client = edge.owner(&["operator.read", "operator.write"]).await;
    client.get("health", json!({})).await;
    for (method, params) in [
        ("sessions.list", json!({ "limit": 0 })),
        ("config.get", json!({})),
        ("no.such", json!({})),
    ] {
        assert_eq!(client.call(method, params).await["ok"], false);
    }
    for number in 0..64 {
        client
            .ask(
                "agent.wait",
                json!({ "runId": format!("u{number}"), "timeoutMs": 1_000 }),
            )
            .await;
    }
    assert_eq!(
        client
            .call("agent.wait", json!({ "runId": "one more" }))
            .await["ok"],
        false
    );
    let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    edge.runner.next([
        Step::Say("x"),
        Step::Hold(std::sync::Arc::clone(&gate)),
        Step::Fail(tidegate_core::run::FailureKind::Unknown, "no"),
    ]);
    jump(Duration::from_secs(1)).await;
    for _ in 0..64 {
        client.any_answer().await;
    }
    let run = client
        .ask(
            "agent",
            json!({ "sessionKey": "main", "message": "x", "idempotencyKey": "k1" }),
        )
        .await;
    client.answer(&run).await;
    client
        .get(
            "chat.send",
            json!({ "sessionKey": "main", "message": "x", "idempotencyKey": "k2" }),
        )
        .await;
    settle().await;
    let during = samples_with_backlog(edge).await;
    gate.add_permits(1);
    assert_eq!(client.answer(&run).await["ok"], false);
    client.leave().await;

    for bytes in [b"no json".to_vec(), b"{}".to_vec()] {
        let mut raw = Raw::upgraded(addr).await;
        raw.write(&frame(TEXT, &bytes)).await;
        raw.closed().await;
    }
    let read = asks(4, &["operator.read"]);
    for broken in [
        head(TEXT, 1 << 40, true),
        frame(TEXT, &[0xff]),
        frame(0x83, b""),
        frame(PING, b"").repeat(50),
    ] {
        let mut raw = Raw::joined(addr, &read).await;
        raw.write(&broken).await;
        raw.closed().await;
    }
    drop_an_event(edge).await;
    let mut crowd = Vec::new();
    for _ in 0..70 {
        crowd.push(Raw::dial(addr).await);
        settle().await;
    }
    drop(crowd);
    settle().await;
    during
}

/// The samples while a client has not taken what waits for it.
async fn samples_with_backlog(edge: &Edge) -> Samples {
    for number in 0..10 {
        edge.remember(number, "x".repeat(600 * 1024)).await;
    }
    let mut slow = Raw::narrow(edge.addr).await;
    slow.upgrade(edge.addr).await;
    slow.join(&asks(4, &["operator.read"])).await;
    for id in ["a", "b", "c"] {
        slow.ask(id, "chat.history", &json!({ "sessionKey": "main" }))
            .await;
    }
    settle().await;
    let liar = node_that_lies(edge).await;
    let during = samples(&metrics(edge).await);
    liar.leave().await;
    drop(slow);
    settle().await;
    during
}

/// Makes the presence list larger than a client of protocol 3 lets wait.
async fn drop_an_event(edge: &Edge) {
    let old = edge.join(&asks(3, &[])).await;
    let mut owner = edge.owner(&["operator.admin"]).await;
    for number in 0..210 {
        let beacon =
            json!({ "text": format!("Node: {:x<8000}", number), "instanceId": number.to_string() });
        owner.get("system-event", beacon).await;
    }
    for _ in 0..4 {
        jump(Duration::from_secs(1)).await;
    }
    settle().await;
    drop((old, owner));
}

#[tokio::test]
async fn connections_are_counted_while_they_last() {
    let edge = Edge::start().await;
    let connections = async |edge: &Edge| metric(&metrics(edge).await, "gateway_connections");
    assert_eq!(connections(&edge).await, 0);
    let one = edge.owner(&[]).await;
    let two = edge.owner(&[]).await;
    let unknown = Client::open(edge.addr).await;
    assert_eq!(
        connections(&edge).await,
        2,
        "whoever has not said connect is none"
    );
    one.leave().await;
    drop((two, unknown));
    settle().await;
    assert_eq!(connections(&edge).await, 0);
    edge.stopped().await;
}
