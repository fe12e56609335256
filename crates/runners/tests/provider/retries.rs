//! What is tried again, how often, and what is said when it was in vain (SECURITY F11).

use serde_json::json;
use tidegate_core::run::FailureKind;
use tidegate_core::runner::RunUpdate;
use tidegate_core::transcript::{Part, StopReason};
use tidegate_runners::Api;
use tokio_util::sync::CancellationToken;

use crate::bench::{BOTH, answer, beginning, bench, error, fixture, once};
use crate::common::{run, run_with, turn};
use crate::fake::Step;

#[tokio::test]
async fn passing_failures_are_tried_again() {
    for api in BOTH {
        for status in [408, 409, 425, 429, 500, 502, 503, 504, 529] {
            let script = [
                error(status, "retry-after-ms: 1\r\n"),
                Step::Stream(answer(api)),
            ];
            let (said, requests) = once(api, script).await;
            assert_eq!(
                (said.outcome().stop, requests),
                (StopReason::Stop, 2),
                "{status}"
            );
        }
        let reset = [Step::Reset, Step::Stream(answer(api))];
        assert_eq!(once(api, reset).await.0.text(), "Hello, Wörld 🌊!");
        let cut = [
            Step::Half(vec![": hello\n\n".into()]),
            Step::Stream(answer(api)),
        ];
        assert_eq!(once(api, cut).await.0.text(), "Hello, Wörld 🌊!");
    }
    let busy = [
        Step::Stream(vec![fixture("anthropic_overloaded")]),
        Step::Stream(answer(Api::Anthropic)),
    ];
    assert_eq!(
        once(Api::Anthropic, busy).await.0.text(),
        "Hello, Wörld 🌊!"
    );
}

#[tokio::test]
async fn three_tries_are_all() {
    for api in BOTH {
        let script = [429, 500, 429].map(|status| error(status, "retry-after: 0\r\n"));
        let (said, requests) = once(api, script).await;
        assert_eq!((said.error().kind, requests), (FailureKind::RateLimit, 3));
        assert!(
            said.error()
                .message
                .starts_with("mine is limiting requests (429) (3 tries)."),
            "{}",
            said.error()
        );
        assert!(said.updates.contains(&RunUpdate::Progress));
        assert_eq!(said.text(), "");
    }
}

#[tokio::test]
async fn a_long_wait_ends_at_once_and_says_until_when() {
    for (header, until, ms) in [
        ("retry-after: 3600\r\n", "at 11:00:00 UTC", 3_600_000),
        (
            "Retry-After: Sat, 24 Jan 2026 10:05:00 GMT\r\n",
            "at 10:05:00 UTC",
            300_000,
        ),
        ("retry-after-ms: 90000\r\n", "at 10:01:30 UTC", 90_000),
    ] {
        let (said, requests) = once(Api::Anthropic, [error(429, header)]).await;
        assert!(
            said.error()
                .message
                .contains(&format!("It takes requests again {until}.")),
            "{}",
            said.error()
        );
        assert_eq!((said.error().retry_after_ms, requests), (Some(ms), 1));
    }
}

#[tokio::test]
async fn lasting_failures_are_not_tried_again() {
    for api in BOTH {
        for (status, kind) in [
            (400, FailureKind::Unknown),
            (401, FailureKind::Auth),
            (403, FailureKind::Auth),
            (404, FailureKind::Unknown),
            (413, FailureKind::ContextLength),
            (501, FailureKind::Unknown),
        ] {
            let (said, requests) = once(api, [error(status, "retry-after: 1\r\n")]).await;
            assert_eq!((said.error().kind, requests), (kind, 1), "{status}");
            assert!(
                said.error().message.ends_with("It said: \"no, [key]\""),
                "{}",
                said.error()
            );
        }
    }
    let (said, _) = once(Api::OpenAi, [Step::Stream(vec![fixture("openai_filter")])]).await;
    assert_eq!(
        (said.error().kind, said.text().as_str()),
        (FailureKind::Refusal, "I")
    );
    let (said, _) = once(
        Api::Anthropic,
        [Step::Stream(vec![fixture("anthropic_refusal")])],
    )
    .await;
    assert_eq!(
        (said.error().kind, said.text().as_str()),
        (FailureKind::Refusal, "I")
    );
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_begun_again() {
    for api in BOTH {
        for step in [
            Step::Half(beginning(api, "It was")),
            Step::Stream(beginning(api, "It was")),
        ] {
            let (said, requests) = once(api, [step]).await;
            assert_eq!((said.text().as_str(), requests), ("It was", 1));
            assert!(
                said.error().message.contains("broke off in the middle"),
                "{}",
                said.error()
            );
        }
    }
    let (said, _) = once(Api::OpenAi, [Step::Stream(vec![fixture("openai_error")])]).await;
    assert!(
        said.error().message.contains("Sorry about that!"),
        "{}",
        said.error()
    );
    let (said, _) = once(
        Api::Anthropic,
        [Step::Stream(vec![fixture("anthropic_cut")])],
    )
    .await;
    assert_eq!(said.text(), "It was a");
    assert!(
        said.error().message.contains("broke off"),
        "{}",
        said.error()
    );
}

#[tokio::test]
async fn a_wait_is_heard_of() {
    let stop = CancellationToken::new();
    let bench = bench(Api::OpenAi, [error(503, "retry-after: 15\r\n")]).await;
    // The first progress comes from the wait: the response had no stream.
    let said = run_with(&bench.runner, turn("Hello"), &stop, |_| stop.cancel()).await;
    assert_eq!(said.updates, [RunUpdate::Progress]);
    bench.fake.finish();
}

#[tokio::test]
async fn a_provider_that_fails_again_and_again_is_left_alone() {
    let api = Api::Anthropic;
    let mut script = vec![Step::Half(beginning(api, "It")); 5];
    script.extend([
        Step::Half(beginning(api, "It")),
        Step::Stream(answer(api)),
        Step::Stream(answer(api)),
    ]);
    let bench = bench(api, script).await;
    for _ in 0..5 {
        run(&bench.runner, turn("Hello")).await.error();
    }
    for until in ["10:00:30", "10:01:00"] {
        let said = run(&bench.runner, turn("Hello")).await;
        assert!(
            said.error()
                .message
                .contains(&format!("asked again at {until} UTC")),
            "{}",
            said.error()
        );
        assert_eq!(said.error().retry_after_ms, Some(30_000));
        bench.clock.advance_ms(30_000);
        if until == "10:00:30" {
            // One run tries, and fails: shut again.
            assert!(
                run(&bench.runner, turn("Hello"))
                    .await
                    .error()
                    .message
                    .contains("broke off")
            );
        }
    }
    for _ in 0..2 {
        run(&bench.runner, turn("Hello")).await.outcome();
    }
    assert_eq!(bench.fake.finish().len(), 8);
}

#[tokio::test]
async fn nothing_of_a_failed_try_is_left() {
    let events = [
        json!({ "type": "message_start", "message": { "usage": { "input_tokens": 999, "output_tokens": 1 } } }),
        json!({ "type": "content_block_start", "index": 0, "content_block": { "type": "thinking", "thinking": "" } }),
        json!({ "type": "content_block_delta", "index": 0, "delta": { "type": "signature_delta", "signature": "P" } }),
    ];
    let first = events
        .iter()
        .map(|event| format!("data: {event}\n\n"))
        .collect();
    let mut second = beginning(Api::Anthropic, "Hi!");
    second.push("data: {\"type\":\"message_stop\"}\n\n".into());
    let (said, requests) = once(Api::Anthropic, [Step::Half(first), Step::Stream(second)]).await;
    assert_eq!(said.outcome().parts, [Part::Text { text: "Hi!".into() }]);
    assert_eq!((said.outcome().usage.input, requests), (2, 2));
}
