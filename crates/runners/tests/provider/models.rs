//! The list of models.

use serde_json::json;
use tidegate_core::runner::ModelInfo;
use tidegate_runners::Api;

use crate::bench::{bench, clock, error};
use crate::common::runner;
use crate::fake::Step;

#[tokio::test]
async fn models_are_asked_for_and_kept() {
    let openai = json!({ "object": "list", "data": [
        { "id": "a/b", "object": "model", "max_model_len": 4096 }, { "no": "id" }, 7, { "id": "c", "name": "Cee" }] });
    let anthropic = json!({ "data": [{ "type": "model", "id": "claude-x", "display_name": "Claude X" }], "has_more": false });
    for (api, list, line, names) in [
        (Api::OpenAi, openai, "GET /v1/models", vec!["a/b", "Cee"]),
        (
            Api::Anthropic,
            anthropic,
            "GET /v1/models?limit=1000",
            vec!["Claude X"],
        ),
    ] {
        let list = || Step::Reply(200, "content-type: application/json\r\n", list.to_string());
        let bench = bench(api, [list(), error(500, ""), list()]).await;
        let named = |models: Vec<ModelInfo>| {
            models
                .into_iter()
                .map(|model| model.name)
                .collect::<Vec<_>>()
        };
        for _ in 0..3 {
            assert_eq!(named(bench.runner.models().await.unwrap()), names);
        }
        bench.clock.advance_ms(5 * 60_000);
        for _ in 0..3 {
            assert!(
                bench
                    .runner
                    .models()
                    .await
                    .unwrap_err()
                    .message
                    .contains("(500)")
            );
        }
        bench.clock.advance_ms(15_000);
        assert_eq!(named(bench.runner.models().await.unwrap()), names);
        let requests = bench.fake.finish();
        assert!(requests.iter().all(|request| request.line == line));
        assert_eq!(requests.len(), 3);
    }
}

#[tokio::test]
async fn configured_models_need_no_provider() {
    let model = ModelInfo {
        id: "m".into(),
        name: "M".into(),
        context_window: None,
        reasoning: None,
        input: vec!["text".into()],
    };
    let runner = runner(
        Api::OpenAi,
        "http://127.0.0.1:9/v1",
        &clock(),
        vec![model.clone()],
    );
    assert_eq!(runner.models().await, Ok(vec![model]));
    assert_eq!(runner.provider(), "mine");
}
