//! Listeners hear a growing text at a bounded rate, and all of it.

use std::time::Duration;

use crate::heard::Told;
use crate::script::{Step, say};
use crate::world::Plan;

const CHAT_EVERY: Duration = Duration::from_millis(150);
const AGENT_EVERY: Duration = Duration::from_millis(40);
/// What one run may cost one listener, for each of the two event names, in bytes a second.
const BYTES_PER_S: usize = 1024 * 1024;

/// Gives everything that was told of an answer of so many pieces, one a millisecond.
async fn answer(pieces: usize, piece: &str) -> (Vec<Told>, String) {
    let mut world = Plan::default().start().await;
    let id = world.say("go on").await;
    let call = world.call().await;
    let steps = (0..pieces).flat_map(|_| [say(piece), Step::Pause(Duration::from_millis(1))]);
    call.play(steps.chain([Step::End]));
    let run = world.ended(&id).await;
    assert_eq!(run.end.as_ref().unwrap().text, piece.repeat(pieces));
    (world.heard.of_run(id.as_str()), piece.repeat(pieces))
}

fn of_kind<'t>(told: &'t [Told], kind: &str) -> Vec<&'t Told> {
    told.iter().filter(|told| told.kind() == kind).collect()
}

fn apart(told: &[&Told]) -> Duration {
    told.windows(2)
        .map(|pair| pair[1].at - pair[0].at)
        .min()
        .unwrap()
}

/// The growing parts, put together.
fn grown(told: &[&Told], path: [&str; 2]) -> String {
    let text = |told: &&Told| {
        told.payload
            .pointer(&path.map(|part| format!("/{part}")).concat())
            .cloned()
    };
    told.iter()
        .map(|told| text(told).unwrap().as_str().unwrap().to_owned())
        .collect()
}

/// The most bytes that were told within any one second.
fn most_in_a_second(told: &[&Told]) -> usize {
    let within = |from: &Told| {
        let late = from.at + Duration::from_secs(1);
        told.iter()
            .filter(|told| told.at >= from.at && told.at < late)
            .map(|told| told.bytes)
            .sum()
    };
    told.iter().map(|told| within(told)).max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn chat_deltas_are_150_ms_apart_and_agent_updates_40() {
    let (told, text) = answer(2_000, "word ").await;
    let deltas = of_kind(&told, "chat delta");
    let updates = of_kind(&told, "agent assistant");
    assert!((8..=15).contains(&deltas.len()), "{}", deltas.len());
    assert!(apart(&deltas) >= CHAT_EVERY);
    // The last update comes with the end, whenever that is.
    assert!(apart(&updates[..updates.len() - 1]) >= AGENT_EVERY);
    assert!(updates.len() > 30, "{}", updates.len());
    let whole = |told: &&Told| told.payload["data"]["text"].as_str().unwrap().to_owned();
    assert_eq!(grown(&updates, ["data", "delta"]), text);
    assert_eq!(whole(updates.last().unwrap()), text);
    for pair in updates.windows(2) {
        assert!(whole(&pair[1]).starts_with(&whole(&pair[0])));
    }
    let last = told.last().unwrap();
    assert_eq!(last.kind(), "chat final");
    assert_eq!(last.payload["message"]["content"][0]["text"], text);
    let early: String = deltas
        .iter()
        .map(|told| told.payload["deltaText"].as_str().unwrap())
        .collect();
    assert!(text.starts_with(&early));
}

#[tokio::test(start_paused = true)]
async fn a_long_answer_costs_a_listener_at_most_1_mib_a_second() {
    let (told, text) = answer(8_000, &"x".repeat(400)).await;
    assert_eq!(text.len(), 3_200_000);
    for kind in ["agent assistant", "chat delta"] {
        let mut told = of_kind(&told, kind);
        // What was left over comes with the end, whenever that is.
        told.pop();
        let most = most_in_a_second(&told);
        let largest = told.iter().map(|told| told.bytes).max().unwrap();
        // One that began before the second, and the rest at the rate.
        assert!(
            most <= BYTES_PER_S + largest,
            "{kind}: {most} bytes in one second, the largest has {largest}"
        );
        let whole: usize = told.iter().map(|told| told.bytes).sum();
        assert!(
            whole <= 8 * BYTES_PER_S + largest,
            "{kind}: {whole} bytes in 8 s"
        );
    }
    assert_eq!(
        grown(&of_kind(&told, "agent assistant"), ["data", "delta"]),
        text
    );
    assert_eq!(
        told.last().unwrap().payload["message"]["content"][0]["text"],
        text
    );
}
