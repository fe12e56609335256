//! Rounds of tools: what a transcript says of a turn that goes on, ends early or is cut off.

use serde_json::json;
use tidegate_core::run::RunStatus;
use tidegate_core::tool::ToolOutcome;
use tidegate_core::transcript::{NewMessage, Part, StopReason, ToolCallPart, ToolResultPart};

use crate::fixtures::*;

contract! {
    a_round_is_stored_in_the_turns_transcript
    a_round_of_a_run_that_is_not_at_work_changes_nothing
    a_turn_that_ends_leaves_no_call_without_a_result
    a_crash_leaves_no_call_without_a_result
    words_from_elsewhere_do_not_hide_an_open_call
}

fn call(id: &str) -> ToolCallPart {
    ToolCallPart {
        id: id.into(),
        name: "exec".into(),
        arguments: json!({ "command": ["date"] }),
    }
}

fn round(run: &str, calls: &[&str], at_ms: u64) -> NewMessage {
    let mut message = answer(run, "I look.", at_ms);
    message.id = format!("{run}-round-{at_ms}");
    message.stop = Some(StopReason::ToolUse);
    message
        .parts
        .extend(calls.iter().map(|id| Part::ToolCall(call(id))));
    message
}

fn result(run: &str, of: &str, at_ms: u64) -> NewMessage {
    let part = ToolResultPart::of(&call(of), ToolOutcome::text("noon"));
    NewMessage::tool_result(format!("{run}-{of}"), part, at_ms, id(run))
}

/// The results in a session: the call, and whether it was interrupted.
async fn results(store: &impl Store, session: &str) -> Vec<(String, bool)> {
    let page = page(store, session, EVERYTHING).await;
    let parts = page
        .messages
        .iter()
        .flat_map(|message| message.body.tool_results());
    parts
        .map(|part| (part.call_id.clone(), part.interrupted))
        .collect()
}

async fn a_round_is_stored_in_the_turns_transcript(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    let (asked, brought) = (round("r", &["c1"], 3), result("r", "c1", 4));
    assert!(store.go_on(&id("r"), asked.clone()).await.unwrap());
    assert!(store.go_on(&id("r"), brought.clone()).await.unwrap());
    store.finish(ok(&["r"], "It is noon.", 5)).await.unwrap();
    let page = page(store, "a", EVERYTHING).await;
    assert_eq!(page.messages[1].body, asked);
    assert_eq!(page.messages[2].body, brought);
    assert_eq!(page.messages.len(), 4);
}

async fn a_round_of_a_run_that_is_not_at_work_changes_nothing(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    assert!(!store.go_on(&id("r"), round("r", &["c1"], 2)).await.unwrap());
    begin(store, "r", 3).await;
    store.finish(ok(&["r"], "done", 4)).await.unwrap();
    assert!(!store.go_on(&id("r"), round("r", &["c1"], 5)).await.unwrap());
    assert_eq!(page(store, "a", EVERYTHING).await.messages.len(), 2);
}

async fn a_turn_that_ends_leaves_no_call_without_a_result(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    store
        .go_on(&id("r"), round("r", &["c1", "c2"], 3))
        .await
        .unwrap();
    store.go_on(&id("r"), result("r", "c1", 4)).await.unwrap();
    store.finish(aborted(&["r"], 5)).await.unwrap();
    let expected = [("c1".to_owned(), false), ("c2".to_owned(), true)];
    assert_eq!(results(store, "a").await, expected);
    let run = store.run(&id("r")).await.unwrap().unwrap();
    assert_eq!(run.end.unwrap().status, RunStatus::Aborted);
}

async fn a_crash_leaves_no_call_without_a_result(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    store.go_on(&id("r"), round("r", &["c1"], 3)).await.unwrap();
    store.go_on(&id("r"), result("r", "c1", 4)).await.unwrap();
    store.go_on(&id("r"), round("r", &["c2"], 5)).await.unwrap();
    store.recover(note(), 6).await.unwrap();
    store.recover(note(), 7).await.unwrap();
    let expected = [("c1".to_owned(), false), ("c2".to_owned(), true)];
    assert_eq!(results(store, "a").await, expected);
    let page = page(store, "a", EVERYTHING).await;
    let last = &page.messages.last().unwrap().body;
    assert_eq!(
        last.stop,
        Some(StopReason::Interrupted),
        "the note stands behind it"
    );
}

async fn words_from_elsewhere_do_not_hide_an_open_call(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    store.go_on(&id("r"), round("r", &["c1"], 3)).await.unwrap();
    let elsewhere = NewMessage::injected("m".into(), "a reminder".into(), 4, None);
    let asked = once("m", "h");
    store
        .deliver(asked, &key("a"), "a-id".into(), elsewhere)
        .await
        .unwrap();
    store.recover(note(), 5).await.unwrap();
    assert_eq!(results(store, "a").await, [("c1".to_owned(), true)]);
}
