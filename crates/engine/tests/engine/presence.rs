//! Presence: who is here, told at a bounded rate.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use tidegate_engine::{Beacon, PresenceGuard};
use tidegate_protocol::api::health::PresenceEntry;

use crate::world::{NOW_MS, Plan, World, settle};

const TTL_MS: u64 = 5 * 60 * 1000;

fn entry(host: &str, ts: u64) -> PresenceEntry {
    PresenceEntry {
        host: Some(host.into()),
        reason: Some("connect".into()),
        ts,
        ..PresenceEntry::default()
    }
}

fn join(world: &World, name: &str) -> PresenceGuard {
    let now = world.engine.now_ms();
    world.engine.presence().join(Some(name), entry(name, now))
}

fn hosts(world: &World) -> Vec<String> {
    world
        .engine
        .presence()
        .list()
        .0
        .into_iter()
        .filter_map(|entry| entry.host)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn the_gateway_stands_first_and_the_newest_next() {
    let world = Plan::default().start().await;
    let first = join(&world, "first");
    world.clock.advance_ms(10);
    let second = join(&world, "second");
    assert_eq!(hosts(&world), ["Host", "second", "first"]);
    let own = &world.engine.presence().list().0[0];
    assert_eq!(
        (own.reason.as_deref(), own.mode.as_deref()),
        (Some("self"), Some("gateway"))
    );
    drop((first, second));
}

#[tokio::test(start_paused = true)]
async fn who_is_connected_stays_and_who_left_falls_off_after_five_minutes() {
    let world = Plan::default().start().await;
    let here = join(&world, "here");
    let left = join(&world, "left");
    world
        .engine
        .system_event(Beacon {
            text: "Node: beacon".into(),
            ..Beacon::default()
        })
        .unwrap();
    world.clock.advance_ms(60_000);
    drop(left);
    world.clock.advance_ms(TTL_MS - 60_000);
    assert_eq!(
        hosts(&world),
        ["Host", "left", "here"],
        "the beacon is five minutes old"
    );
    world.clock.advance_ms(60_000);
    assert_eq!(hosts(&world), ["Host", "here"]);
    world.clock.advance_ms(100 * TTL_MS);
    assert_eq!(hosts(&world), ["Host", "here"]);
    assert_eq!(world.engine.presence().connections(), 1);
    drop(here);
    assert_eq!(world.engine.presence().connections(), 0);
}

#[tokio::test(start_paused = true)]
async fn two_connections_of_one_client_are_one_entry() {
    let world = Plan::default().start().await;
    let first = join(&world, "Laptop");
    let second = join(&world, "laptop");
    assert_eq!(world.engine.presence().list().1, 2);
    assert_eq!(world.engine.presence().connections(), 2);
    drop(first);
    let reason = |world: &World| world.engine.presence().list().0[1].reason.clone();
    assert_eq!(
        reason(&world).as_deref(),
        Some("connect"),
        "one of them is still here"
    );
    drop(second);
    assert_eq!(reason(&world).as_deref(), Some("disconnect"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_not_listed_is_counted_only() {
    let world = Plan::default().start().await;
    let probe = world.engine.presence().join(None, entry("probe", NOW_MS));
    assert_eq!(
        (hosts(&world).len(), world.engine.presence().connections()),
        (1, 1)
    );
    settle().await;
    drop(probe);
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(world.heard.named("presence").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_joins_are_told_once_and_then_once_a_second() {
    let world = Plan::default().start().await;
    let guards: Vec<_> = (0..100)
        .map(|number| join(&world, &format!("client {number}")))
        .collect();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let told = world.heard.named("presence");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].payload["presence"].as_array().unwrap().len(), 101);
    // Somebody comes or goes every 50 ms for 5 s.
    for guard in guards {
        drop(guard);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let told = world.heard.named("presence");
    assert!((5..=7).contains(&told.len()), "{}", told.len());
    for pair in told.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_secs(1));
    }
    let ticks = world.heard.named("tick");
    assert_eq!(ticks.len(), told.len(), "a tick follows each presence");
}

#[tokio::test(start_paused = true)]
async fn presence_costs_all_clients_together_a_mib_a_second() {
    let world = Plan::default().start().await;
    let text = "x".repeat(1_000);
    let fat = |name: String| {
        let entry = PresenceEntry {
            text: text.clone(),
            ..entry(&name, NOW_MS)
        };
        world.engine.presence().join(Some(&name), entry)
    };
    let mut guards: Vec<_> = (0..400)
        .map(|number| fat(format!("client {number}")))
        .collect();
    for number in 0..300 {
        guards.push(fat(format!("late {number}")));
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    let told = world.heard.named("presence");
    assert!(told.len() > 2, "{}", told.len());
    assert!(
        told.iter()
            .all(|told| told.payload["presence"].as_array().unwrap().len() == 200)
    );
    for pair in told.windows(2) {
        let seconds = (pair[1].at - pair[0].at).as_secs() + 1;
        let sent = pair[0].bytes as u64 * 400;
        assert!(sent <= seconds * 1024 * 1024, "{sent} bytes in {seconds} s");
    }
    assert_eq!(world.engine.presence().list().1, 701, "the true count");
}

#[tokio::test(start_paused = true)]
async fn a_beacon_is_an_entry_and_a_changed_one_a_line_for_the_main_session() {
    let world = Plan::default().start().await;
    let beacon = |text: &str| {
        world.engine.system_event(Beacon {
            text: text.into(),
            ..Beacon::default()
        })
    };
    assert_eq!(beacon("  \n").unwrap_err().to_string(), "text required");
    beacon("Node: pad (10.0.0.5) · app 1.2.3 · last input 5s ago · mode ui · reason launch")
        .unwrap();
    beacon("Node: pad (10.0.0.5) · app 1.2.3 · last input 9s ago · mode ui · reason periodic")
        .unwrap();
    assert_eq!(
        world.engine.queued_system_events(),
        ["Node: pad · app 1.2.3 · mode ui · reason launch"]
    );
    let entry = world.engine.presence().list().0[1].clone();
    assert_eq!(
        (entry.host.as_deref(), entry.last_input_seconds),
        (Some("pad"), Some(9))
    );
    beacon("the bell rang").unwrap();
    beacon("the bell rang").unwrap();
    assert_eq!(
        world.engine.queued_system_events().len(),
        2,
        "no line twice in a row"
    );
    for number in 0..50 {
        beacon(&format!("line {number}")).unwrap();
    }
    let lines = world.engine.queued_system_events();
    assert_eq!(
        (lines.len(), lines[0].as_str()),
        (20, "line 30"),
        "the newest twenty"
    );
}

proptest! {
    /// Whatever comes and goes: the gateway is first, the list is bounded, versions only grow.
    #[test]
    fn the_list_holds_its_form(steps in prop::collection::vec((0..3_u8, 0..12_u8, 0..400_000_u64), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let world = Plan::default().start().await;
            let presences = Arc::clone(world.engine.presence());
            let mut guards: Vec<(String, PresenceGuard)> = Vec::new();
            let mut version = presences.version();
            for (what, who, pause_ms) in steps {
                let name = format!("n{who}");
                match what {
                    0 => guards.push((name.clone(), join(&world, &name))),
                    1 if !guards.is_empty() => drop(guards.remove(usize::from(who) % guards.len())),
                    _ => drop(presences.beacon(Beacon { text: format!("Node: {name}"), ..Beacon::default() })),
                }
                assert!(presences.version() > version);
                version = presences.version();
                world.clock.advance_ms(pause_ms);
                let (list, total) = presences.list();
                assert_eq!(list[0].reason.as_deref(), Some("self"));
                assert_eq!(list.len() as u64, total);
                assert_eq!(presences.connections(), guards.len() as u64);
                let shown: Vec<_> = list.iter().filter_map(|entry| entry.host.clone()).collect();
                assert!(guards.iter().all(|(name, _)| shown.contains(name)), "somebody who is connected is missing");
                assert!(list[1..].windows(2).all(|pair| pair[0].ts >= pair[1].ts));
            }
        });
    }
}
