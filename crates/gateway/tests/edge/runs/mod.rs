//! Runs from outside: two answers, repeats, stopping, failing, and the end of the gateway.

mod aborts;
mod answers;
mod commands;
mod failures;
mod former_agents;
mod repeats;
mod shutdown;

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::common::{Client, Edge, Step, settle};

const SCOPES: &[&str] = &["operator.read", "operator.write"];

/// `chat.send` params.
fn chat(key: &str, message: &str) -> Value {
    json!({ "sessionKey": "main", "message": message, "idempotencyKey": key })
}

/// `agent` params.
fn agent(key: &str, message: &str) -> Value {
    json!({ "sessionKey": "main", "message": message, "idempotencyKey": key })
}

/// The next turn says a word and then waits for the gate.
fn hold(edge: &Edge) -> Arc<Semaphore> {
    let gate = Arc::new(Semaphore::new(0));
    edge.runner.next([
        Step::Say("a word"),
        Step::Hold(Arc::clone(&gate)),
        Step::Say(" and another"),
    ]);
    gate
}

/// Waits until so many turns have been asked of the runner.
async fn turns(edge: &Edge, count: usize) {
    for _ in 0..1_000 {
        if edge.runner.turns().len() >= count {
            return;
        }
        settle().await;
    }
    panic!("{} turns instead of {count}", edge.runner.turns().len());
}

/// The next `chat` event of a run that is no delta.
async fn end_of(client: &mut Client, run: &str) -> Value {
    let event = client
        .event_where(|event| {
            event["event"] == "chat"
                && event["payload"]["runId"] == run
                && event["payload"]["state"] != "delta"
        })
        .await;
    event["payload"].clone()
}
