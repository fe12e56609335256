//! The runners change places: what listeners hear differs in the words only.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tidegate_core::ManualClock;
use tidegate_runners::OfflineRunner;

use crate::script::{Step, say};
use crate::world::{NOW_MS, Plan, World};

/// The pause of the offline runner between two words.
const PAUSE: Duration = Duration::from_millis(15);

/// Puts words and numbers of tokens out of the way; everything else is the same for everyone.
fn masked(mut payload: Value) -> Value {
    fn mask(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, value) in fields {
                    match name.as_str() {
                        "text" | "delta" | "deltaText" => *value = "words".into(),
                        "input" | "output" | "totalTokens" => *value = "tokens".into(),
                        _ => mask(value),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(mask),
            _ => {}
        }
    }
    mask(&mut payload);
    payload
}

fn heard(world: &World, run: &str) -> Vec<(String, Value, u128)> {
    let told = world.heard.of_run(run);
    let began = told[0].at;
    told.into_iter()
        .map(|told| {
            (
                told.kind(),
                masked(told.payload.clone()),
                (told.at - began).as_millis(),
            )
        })
        .collect()
}

/// Asks, lets the answer come, stops the next one in the middle; gives the number of words too.
async fn conversation(
    mut world: World,
    words: Option<usize>,
) -> (Vec<(String, Value, u128)>, usize) {
    let first = world.say("hello").await;
    if let Some(words) = words {
        let pieces = (0..words).flat_map(|_| [say("other "), Step::Pause(PAUSE)]);
        world.call().await.play(pieces.chain([Step::End]));
    }
    world.ended(&first).await;
    let command = world.say("/help").await;
    world.ended(&command).await;
    let second = world.say("and again").await;
    if words.is_some() {
        world
            .call()
            .await
            .play((0..99).flat_map(|_| [say("other "), Step::Pause(PAUSE)]));
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    world
        .engine
        .abort(&world.session("main"), Some(&second))
        .await
        .unwrap();
    world.ended(&second).await;
    let said = world.transcript("main").await[1].body.text();
    let all = [first, command, second]
        .iter()
        .flat_map(|run| heard(&world, run.as_str()))
        .collect();
    (all, said.split_whitespace().count())
}

#[tokio::test(start_paused = true)]
async fn the_offline_runner_is_heard_like_any_other() {
    let clock = Arc::new(ManualClock::at(NOW_MS));
    let offline = Plan {
        runner: Some(Arc::new(OfflineRunner::new(clock))),
        ..Plan::default()
    }
    .start()
    .await;
    let (with_offline, words) = conversation(offline, None).await;
    let (with_other, _) = conversation(Plan::default().start().await, Some(words)).await;
    assert!(
        with_offline
            .iter()
            .filter(|(kind, ..)| kind == "agent assistant")
            .count()
            > 5
    );
    assert!(with_offline.iter().any(|(kind, ..)| kind == "chat aborted"));
    for (ours, other) in with_offline.iter().zip(&with_other) {
        assert_eq!(ours, other);
    }
    assert_eq!(with_offline.len(), with_other.len());
}
