//! Who is here (D5): each client sees itself join, nobody is told too often, and whoever is
//! connected stays listed.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::common::{Client, Edge, asks, jump};

const READ: &[&str] = &["operator.read"];

/// A client with an instance id, which the list keeps apart.
fn named(name: &str) -> Value {
    let mut params = asks(4, READ);
    params["client"]["instanceId"] = name.into();
    params
}

fn find<'a>(list: &'a Value, name: &str) -> Option<&'a Value> {
    list.as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["instanceId"] == name)
}

#[tokio::test]
async fn fifty_clients_each_see_connect_presence_tick_within_a_second() {
    let edge = Edge::start().await;
    let mut clients = Vec::new();
    for number in 0..50 {
        let name = format!("window-{number}");
        let client = edge.join(&named(&name)).await;
        clients.push((name, client, Instant::now()));
    }
    for (name, client, joined) in &mut clients {
        let presence = client
            .event_where(|event| {
                assert_ne!(event["event"], "tick", "presence comes first");
                event["event"] == "presence"
            })
            .await;
        assert!(
            find(&presence["payload"]["presence"], name).is_some(),
            "{name} is in its first presence"
        );
        assert!(
            presence["stateVersion"]["presence"].is_u64()
                && presence["stateVersion"]["health"].is_u64()
        );
        let next = client.event_where(|event| event["event"] != "health").await;
        assert_eq!(next["event"], "tick");
        assert!(
            joined.elapsed() <= Duration::from_millis(1_100),
            "{name} waited {:?}",
            joined.elapsed()
        );
    }
    drop(clients);
    edge.stopped().await;
}

#[tokio::test]
async fn however_many_come_and_go_presence_is_told_once_a_second() {
    let edge = Edge::start().await;
    let mut watcher = edge.join(&named("watcher")).await;
    watcher.event("presence").await;
    let began = Instant::now();
    // Ten seconds with a join and a leave in each quarter of them.
    for number in 0..40 {
        let client = edge.join(&named(&format!("guest-{number}"))).await;
        jump(Duration::from_millis(125)).await;
        client.leave().await;
        jump(Duration::from_millis(125)).await;
    }
    let mut told = 0;
    while watcher.pending().await {
        told += u64::from(watcher.any().await["event"] == "presence");
    }
    let seconds = began.elapsed().as_secs() + 1;
    assert!((8..=seconds).contains(&told), "{told} in {seconds} s");
    drop(watcher);
    edge.stopped().await;
}

#[tokio::test]
async fn all_clients_together_get_a_mebibyte_of_presence_a_second() {
    const CLIENTS: usize = 10;
    let edge = Edge::start().await;
    let mut owner = edge.owner(&["operator.admin"]).await;
    let mut clients = Vec::new();
    for number in 0..CLIENTS - 1 {
        clients.push(edge.join(&named(&format!("window-{number}"))).await);
    }
    let beacon = |number: usize, size| json!({ "text": format!("Node: {:x<size$}", number), "instanceId": number.to_string() });
    for number in 0..180 {
        owner.get("system-event", beacon(number, 1_000)).await;
    }
    jump(Duration::from_secs(5)).await;
    while clients[0].pending().await {
        clients[0].any().await;
    }
    let mut told = Vec::new();
    for quarter in 0..80 {
        owner.get("system-event", beacon(quarter, 1_000)).await;
        jump(Duration::from_millis(250)).await;
        while clients[0].pending().await {
            let event = clients[0].any().await;
            if event["event"] == "presence" {
                told.push(event.to_string().len());
            }
        }
    }
    // The last one is paid for by the pause that follows it.
    told.pop();
    let rate = told.iter().sum::<usize>() * CLIENTS / 20;
    assert!((1..=1024 * 1024).contains(&rate), "{rate} bytes a second");
    drop((owner, clients));
    edge.stopped().await;
}

#[tokio::test]
async fn reading_causes_no_event() {
    let edge = Edge::start().await;
    let mut watcher = edge.join(&named("watcher")).await;
    watcher.event("tick").await;
    let mut reader = edge.owner(READ).await;
    watcher.event("tick").await;
    jump(Duration::from_secs(2)).await;
    while watcher.pending().await {
        watcher.any().await;
    }
    for method in [
        "health",
        "status",
        "system-presence",
        "last-heartbeat",
        "sessions.list",
        "agents.list",
        "models.list",
    ] {
        for _ in 0..3 {
            reader.get(method, json!({})).await;
        }
    }
    jump(Duration::from_secs(2)).await;
    assert!(!watcher.pending().await, "{}", watcher.any().await);
    drop((watcher, reader));
    edge.stopped().await;
}

#[tokio::test]
async fn a_connected_client_stays_listed_and_one_that_left_goes_after_five_minutes() {
    let edge = Edge::start().await;
    let mut watcher = edge.join(&named("stays")).await;
    let guest = edge.join(&named("leaves")).await;
    let list = watcher.get("system-presence", json!({})).await;
    assert_eq!(find(&list, "leaves").unwrap()["reason"], "connect");
    guest.leave().await;
    let gone = watcher
        .event_where(|event| {
            event["event"] == "presence"
                && find(&event["payload"]["presence"], "leaves")
                    .is_some_and(|entry| entry["reason"] == "disconnect")
        })
        .await;
    assert!(find(&gone["payload"]["presence"], "stays").is_some());
    edge.clock.advance_ms(299_000);
    let list = watcher.get("system-presence", json!({})).await;
    assert!(find(&list, "leaves").is_some());
    edge.clock.advance_ms(3_600_000);
    let list = watcher.get("system-presence", json!({})).await;
    assert!(find(&list, "leaves").is_none(), "{list}");
    assert!(
        find(&list, "stays").is_some(),
        "an hour without a beacon, and still connected: {list}"
    );
    assert_eq!(list[0]["reason"], "self", "the gateway is first");
    drop(watcher);
    edge.stopped().await;
}

#[tokio::test]
async fn command_lines_are_not_listed() {
    let edge = Edge::start().await;
    let mut params = named("one-shot");
    params["client"]["mode"] = "cli".into();
    let mut client = edge.join(&params).await;
    let list = client.get("system-presence", json!({})).await;
    assert_eq!(list.as_array().unwrap().len(), 1, "{list}");
    assert_eq!(client.get("status", json!({})).await["presenceCount"], 1);
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn beacons_of_one_machine_are_one_entry() {
    let edge = Edge::start().await;
    let mut client = edge.owner(&["operator.admin"]).await;
    let line = "Node: attic (10.0.0.5) · app 1.2.3 · last input 5s ago · mode ui · reason periodic";
    client
        .get(
            "system-event",
            json!({ "text": line, "roles": ["node"], "tags": ["a"] }),
        )
        .await;
    client.get("system-event", json!({ "text": "Node: attic", "host": "attic", "mode": "idle", "roles": ["operator"] })).await;
    let list = client.get("system-presence", json!({})).await;
    let attic: Vec<&Value> = list
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["host"] == "attic")
        .collect();
    assert_eq!(attic.len(), 1, "{list}");
    let expected = json!({
        "host": "attic", "ip": "10.0.0.5", "version": "1.2.3", "mode": "idle", "lastInputSeconds": 5,
        "reason": "periodic", "tags": ["a"], "text": "Node: attic", "ts": crate::common::NOW_MS,
        "roles": ["node", "operator"],
    });
    assert_eq!(*attic[0], expected, "newer fields overwrite, roles add up");
    let told = client
        .event_where(|event| event["payload"]["presence"].to_string().contains("attic"))
        .await;
    assert_eq!(told["event"], "presence");
    drop(client);
    edge.stopped().await;
}

#[tokio::test]
async fn the_list_ends_at_two_hundred_and_the_status_counts_on() {
    let edge = Edge::start().await;
    let mut client: Client = edge.owner(&["operator.admin"]).await;
    for number in 0..250 {
        let beacon =
            json!({ "text": format!("Node: host-{number}"), "instanceId": format!("i{number}") });
        client.get("system-event", beacon).await;
        edge.clock.advance_ms(1);
    }
    let mut late = edge.join(&named("late")).await;
    let list = client.get("system-presence", json!({})).await;
    assert_eq!(list.as_array().unwrap().len(), 200);
    assert_eq!(list[0]["reason"], "self");
    assert!(
        find(&list, "late").is_some(),
        "whoever is connected has a place"
    );
    assert!(
        find(&list, "i249").is_some() && find(&list, "i0").is_none(),
        "then whoever was heard of last"
    );
    // The gateway, the owner, the late one and the beacons.
    assert_eq!(client.get("status", json!({})).await["presenceCount"], 253);
    let event = late.event("presence").await;
    assert_eq!(event["payload"]["presence"].as_array().unwrap().len(), 200);
    drop((client, late));
    edge.stopped().await;
}
