//! A runner before a scripted provider, and streams to script it with.

use std::sync::Arc;

use serde_json::json;
use tidegate_core::ManualClock;
use tidegate_core::runner::AgentRunner;
use tidegate_runners::Api;

use crate::common::{KEY, NOW_MS, Said, run, runner, turn};
use crate::fake::{Fake, Step};

pub(crate) const BOTH: [Api; 2] = [Api::OpenAi, Api::Anthropic];

pub(crate) fn fixture(name: &str) -> String {
    std::fs::read_to_string(format!(
        "{}/tests/fixtures/{name}.sse",
        env!("CARGO_MANIFEST_DIR")
    ))
    .unwrap()
}

/// A good stream, in pieces that end anywhere.
pub(crate) fn answer(api: Api) -> Vec<String> {
    let stream = match api {
        Api::OpenAi => fixture("openai_plain"),
        Api::Anthropic => fixture("anthropic_plain"),
    };
    let chars: Vec<char> = stream.chars().collect();
    chars
        .chunks(37)
        .map(|piece| piece.iter().collect())
        .collect()
}

/// The first words of an answer, and no more.
pub(crate) fn beginning(api: Api, words: &str) -> Vec<String> {
    vec![match api {
        Api::OpenAi => format!(
            "data: {}\n\n",
            json!({ "choices": [{ "index": 0, "delta": { "content": words } }] })
        ),
        Api::Anthropic => format!(
            "event: content_block_delta\ndata: {}\n\n",
            json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "text_delta", "text": words } })
        ),
    }]
}

pub(crate) fn error(status: u16, headers: &'static str) -> Step {
    Step::Reply(
        status,
        headers,
        json!({ "error": { "message": format!("no, {KEY}") } }).to_string(),
    )
}

pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(NOW_MS))
}

pub(crate) struct Bench {
    pub(crate) fake: Fake,
    pub(crate) runner: Arc<dyn AgentRunner>,
    pub(crate) clock: Arc<ManualClock>,
}

pub(crate) async fn bench(api: Api, script: impl IntoIterator<Item = Step>) -> Bench {
    let (fake, clock) = (Fake::start(script).await, clock());
    let runner = runner(api, &format!("{}/v1", fake.url), &clock, Vec::new());
    Bench {
        fake,
        runner,
        clock,
    }
}

pub(crate) async fn once(api: Api, script: impl IntoIterator<Item = Step>) -> (Said, usize) {
    let bench = bench(api, script).await;
    let said = run(&bench.runner, turn("Hello")).await;
    (said, bench.fake.finish().len())
}
