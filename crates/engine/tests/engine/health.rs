//! Health: told when something that matters changes, never because somebody looks.

use std::time::Duration;

use serde_json::Value;

use crate::script::Step;
use crate::world::{Plan, World};

fn events(world: &World) -> usize {
    world.heard.named("health").len()
}

/// Longer than changes are gathered, shorter than the timer.
const A_WHILE: Duration = Duration::from_secs(2);

#[tokio::test(start_paused = true)]
async fn a_read_causes_nothing() {
    let world = Plan::default().start().await;
    tokio::time::sleep(A_WHILE).await;
    world.heard.clear();
    let first = world.engine.health().unwrap();
    for _ in 0..1_000 {
        let again = world.engine.health().unwrap();
        assert!(
            std::sync::Arc::ptr_eq(&first.json, &again.json),
            "computed by a reader"
        );
        world.engine.state_version();
        world.engine.presence().list();
    }
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(world.heard.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_timer_alone_tells_nothing_new() {
    let world = Plan::default().start().await;
    let told = events(&world);
    let before = world.engine.health().unwrap();
    world.clock.advance_ms(600_000);
    tokio::time::sleep(Duration::from_mins(10)).await;
    let after = world.engine.health().unwrap();
    assert_eq!(after.summary.ts - before.summary.ts, 600_000, "it is fresh");
    assert_eq!(events(&world), told, "and nobody was told");
    let json: Value = serde_json::from_str(&after.json).unwrap();
    assert_eq!(json, serde_json::to_value(&*after.summary).unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_new_session_is_told_once_and_another_message_in_it_is_not() {
    let mut world = Plan::default().start().await;
    tokio::time::sleep(A_WHILE).await;
    let told = events(&world);
    let version = world.engine.state_version().health;
    for round in 0..3 {
        let id = world.say(&format!("message {round}")).await;
        world.call().await.play([Step::End]);
        world.ended(&id).await;
        tokio::time::sleep(A_WHILE).await;
        assert_eq!(events(&world), told + 1);
        assert_eq!(world.engine.state_version().health, version + 1);
    }
    let health = world.engine.health().unwrap();
    assert_eq!(
        (health.summary.sessions.count, health.summary.ok),
        (1, true)
    );
    assert_eq!(
        world.heard.named("health").last().unwrap().payload["sessions"]["count"],
        1
    );
}

#[tokio::test(start_paused = true)]
async fn many_changes_at_once_are_one_event() {
    let mut world = Plan::default().start().await;
    tokio::time::sleep(A_WHILE).await;
    let told = events(&world);
    for number in 0..20 {
        let id = world
            .ask(&format!("session {number}"), &format!("m{number}"))
            .await
            .unwrap()
            .run
            .id;
        world.call().await.play([Step::End]);
        world.ended(&id).await;
    }
    tokio::time::sleep(A_WHILE).await;
    assert_eq!(events(&world), told + 1);
    assert_eq!(world.engine.health().unwrap().summary.sessions.count, 20);
}

#[tokio::test(start_paused = true)]
async fn a_problem_makes_it_red_from_the_start() {
    let problem = "tidegate.json is broken".to_owned();
    let world = Plan {
        problems: vec![problem.clone()],
        ..Plan::default()
    }
    .start()
    .await;
    let health = world.engine.health().unwrap();
    assert_eq!(
        (health.summary.ok, &health.summary.problems),
        (false, &vec![problem])
    );
}
