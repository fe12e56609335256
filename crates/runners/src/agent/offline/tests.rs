use expect_test::expect;
use tidegate_core::ManualClock;
use tidegate_core::runner::{RUN_UPDATES, RunUpdate, ThinkingLevel};
use tidegate_core::transcript::{Part, text_of};
use tidegate_protocol::RunId;
use tokio::sync::mpsc;

use super::*;
use crate::agent::fixtures::{said, text};

fn turn(words: &str) -> Turn {
    Turn {
        run_id: RunId::new("r"),
        model: "offline".into(),
        thinking: ThinkingLevel::Off,
        system_prompt: None,
        history: vec![said(Speaker::User, &[text(words)], "")],
        tools: Arc::new(tidegate_core::tool::NoTools),
    }
}

fn runner() -> OfflineRunner {
    OfflineRunner::new(Arc::new(ManualClock::at(0)))
}

#[test]
fn what_it_says() {
    expect![[r#"
        Your message arrived:

        > What is # **this**?

        No model is connected yet, so I cannot really answer: I am the offline agent and only repeat how to connect one. Put a provider into your `tidegate.json` (`tidegate config path` says where it is):

        ```json5
        {
          models: { providers: {
            anthropic: {
              api: "anthropic",
              baseUrl: "https://api.anthropic.com",
              apiKey: { env: "ANTHROPIC_API_KEY" },
              models: [{ id: "claude-sonnet-4-5" }],
            },
            ollama: {
              api: "openai",
              baseUrl: "http://127.0.0.1:11434/v1",
              models: [{ id: "llama3.2" }],
            },
          } },
          agents: { defaults: { model: { primary: "ollama/llama3.2" } } },
        }
        ```

        One of the two is enough, and `primary` chooses. llama.cpp (`http://127.0.0.1:8080/v1`) and vLLM (`http://127.0.0.1:8000/v1`) are connected like Ollama."#]].assert_eq(&answer_to(&turn("What is\n# **this**?")));
}

#[test]
fn a_long_message_is_quoted_in_part() {
    let answer = answer_to(&turn(&"ü".repeat(1000)));
    assert!(
        answer.contains(&format!("> {}…\n", "ü".repeat(200))),
        "{answer}"
    );
    assert!(!answer_to(&turn("\u{7}")).contains('>'));
}

#[tokio::test(start_paused = true)]
async fn it_streams_word_by_word() {
    let (out, mut updates) = mpsc::channel(RUN_UPDATES);
    let runner = runner();
    let run = runner.run(turn("Hello there"), out, CancellationToken::new());
    let hear = async {
        let mut words = Vec::new();
        while let Some(update) = updates.recv().await {
            let RunUpdate::Text(word) = update else {
                panic!("{update:?}")
            };
            words.push(word);
        }
        words
    };
    let (outcome, words) = tokio::join!(run, hear);
    let outcome = outcome.unwrap();
    assert_eq!(text_of(&outcome.parts), words.concat());
    assert!((60..=120).contains(&words.concat().split_whitespace().count()));
    assert_eq!(outcome.stop, StopReason::Stop);
    assert_eq!(
        (outcome.maker.api.as_str(), outcome.maker.model.as_str()),
        ("offline", "offline")
    );
    assert_eq!(outcome.usage.input, 3);
    assert_eq!(
        outcome.usage.output,
        u64::try_from(words.concat().chars().count().div_ceil(4)).unwrap()
    );
}

#[tokio::test(start_paused = true)]
async fn it_stops_at_once() {
    let (out, mut updates) = mpsc::channel(RUN_UPDATES);
    let (runner, stop) = (runner(), CancellationToken::new());
    let run = runner.run(turn("Hello there"), out, stop.clone());
    let hear = async {
        let mut words = String::new();
        while let Some(update) = updates.recv().await {
            let RunUpdate::Text(word) = update else {
                panic!("{update:?}")
            };
            words += &word;
            if words.ends_with("arrived:\n\n") {
                stop.cancel();
            }
        }
        words
    };
    let (outcome, words) = tokio::join!(run, hear);
    let outcome = outcome.unwrap();
    assert_eq!(outcome.stop, StopReason::Aborted);
    assert_eq!(
        outcome.parts,
        [Part::Text {
            text: words.clone()
        }]
    );
    assert_eq!(words, "Your message arrived:\n\n");
}

#[tokio::test(start_paused = true)]
async fn it_ends_when_nobody_listens() {
    let (out, updates) = mpsc::channel(RUN_UPDATES);
    drop(updates);
    let outcome = runner()
        .run(turn("Hello"), out, CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(
        (outcome.stop, outcome.parts.len()),
        (StopReason::Aborted, 0)
    );
}
