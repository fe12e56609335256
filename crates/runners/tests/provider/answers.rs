//! What is asked and what is passed on.

use serde_json::json;
use tidegate_core::runner::{ThinkingLevel, Turn};
use tidegate_core::transcript::{Part, StopReason, Usage};
use tidegate_runners::Api;

use crate::bench::{BOTH, answer, bench, fixture, once};
use crate::common::{KEY, run, turn};
use crate::fake::{Fake, Step};

#[tokio::test]
async fn an_answer_is_asked_for_and_passed_on() {
    for api in BOTH {
        let bench = bench(api, [Step::Stream(answer(api)), Step::Stream(answer(api))]).await;
        for _ in 0..2 {
            let said = run(&bench.runner, turn("Hello")).await;
            let outcome = said.outcome();
            assert_eq!(
                outcome.parts,
                [Part::Text {
                    text: "Hello, Wörld 🌊!".into()
                }]
            );
            assert_eq!(outcome.stop, StopReason::Stop);
            assert_eq!(
                (outcome.maker.api.as_str(), outcome.maker.provider.as_str()),
                (api.as_str(), "mine")
            );
            let (openai, anthropic) = (
                Usage {
                    input: 195,
                    output: 10,
                    cache_read: 1024,
                    cache_write: 0,
                },
                Usage {
                    input: 25,
                    output: 15,
                    cache_read: 2048,
                    cache_write: 100,
                },
            );
            assert_eq!(
                outcome.usage,
                if api == Api::OpenAi {
                    openai
                } else {
                    anthropic
                }
            );
        }
        for request in bench.fake.finish() {
            let header = |name: &str| request.headers.get(name).map(String::as_str);
            assert_eq!(
                header("user-agent"),
                Some(concat!("tidegate/", env!("CARGO_PKG_VERSION")))
            );
            assert_eq!(header("accept-encoding"), None);
            let hello = json!([{ "role": "user", "content": "Hello" }]);
            if api == Api::OpenAi {
                assert_eq!(request.line, "POST /v1/chat/completions");
                assert_eq!(header("authorization"), Some(&*format!("Bearer {KEY}")));
                let options = json!({ "include_usage": true });
                assert_eq!(
                    request.body,
                    json!({ "model": "model-1", "stream": true, "stream_options": options, "messages": hello })
                );
            } else {
                assert_eq!(request.line, "POST /v1/messages");
                assert_eq!(
                    (header("x-api-key"), header("authorization")),
                    (Some(KEY), None)
                );
                assert_eq!(header("anthropic-version"), Some("2023-06-01"));
                assert_eq!(
                    request.body,
                    json!({ "model": "model-1", "stream": true, "max_tokens": 8192, "messages": hello })
                );
            }
        }
    }
}

#[tokio::test]
async fn thinking_is_passed_on_with_its_proof() {
    let (said, _) = once(
        Api::Anthropic,
        [Step::Stream(vec![fixture("anthropic_thinking")])],
    )
    .await;
    let thinking = Part::Thinking {
        thinking: "Two and two.".into(),
        signature: Some("EqQBCg==".into()),
    };
    assert_eq!(
        said.outcome().parts,
        [
            thinking,
            Part::Text {
                text: "Four.".into()
            }
        ]
    );
    assert_eq!(said.outcome().stop, StopReason::Length);
    let (said, _) = once(Api::OpenAi, [Step::Stream(vec![fixture("openai_ollama")])]).await;
    let thinking = Part::Thinking {
        thinking: "Two and two.".into(),
        signature: None,
    };
    assert_eq!(
        said.outcome().parts,
        [
            thinking,
            Part::Text {
                text: "Four.".into()
            }
        ]
    );
    // Nobody counted: "Hello" and "Two and two." with "Four.".
    assert_eq!(
        said.outcome().usage,
        Usage {
            input: 2,
            output: 5,
            ..Usage::default()
        }
    );
}

#[tokio::test]
async fn an_end_without_done_is_an_end() {
    let stream = fixture("openai_vllm").replace('\n', "\r\n");
    for step in [
        Step::Stream(vec![stream.clone()]),
        Step::Half(vec![stream.clone()]),
        Step::Hang(vec![stream]),
    ] {
        let (said, _) = once(Api::OpenAi, [step]).await;
        assert_eq!(
            (said.outcome().stop, said.text().as_str()),
            (StopReason::Length, "It is long")
        );
        assert_eq!(said.outcome().usage.input, 20);
    }
}

#[tokio::test]
async fn what_a_server_does_not_understand_is_left_out_and_remembered() {
    let refuse = |words: &str| {
        Step::Reply(
            400,
            "",
            json!({ "error": { "message": words } }).to_string(),
        )
    };
    let thoughtful = || Turn {
        thinking: ThinkingLevel::High,
        ..turn("Hello")
    };
    let openai = bench(
        Api::OpenAi,
        [
            refuse("unknown field stream_options"),
            refuse("reasoning_effort is not supported"),
            Step::Stream(answer(Api::OpenAi)),
            Step::Stream(answer(Api::OpenAi)),
        ],
    )
    .await;
    let anthropic = bench(
        Api::Anthropic,
        [
            refuse("thinking.type.enabled: use thinking.type.adaptive"),
            Step::Stream(answer(Api::Anthropic)),
            Step::Stream(answer(Api::Anthropic)),
        ],
    )
    .await;
    for bench in [&openai, &anthropic] {
        for _ in 0..2 {
            assert_eq!(
                run(&bench.runner, thoughtful()).await.text(),
                "Hello, Wörld 🌊!"
            );
        }
    }
    let has = |fake: Fake, field: &str| -> Vec<bool> {
        fake.finish()
            .iter()
            .map(|request| request.body.to_string().contains(field))
            .collect()
    };
    let openai: Vec<_> = openai.fake.finish();
    let with = |field: &str| {
        openai
            .iter()
            .map(|request| request.body.get(field).is_some())
            .collect::<Vec<_>>()
    };
    assert_eq!(with("stream_options"), [true, false, false, false]);
    assert_eq!(with("reasoning_effort"), [true, true, false, false]);
    assert_eq!(has(anthropic.fake, "budget_tokens"), [true, false, false]);
}
