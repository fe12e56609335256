//! Silence, floods, nonsense and redirects (SECURITY F10, T45, T46).

use std::time::Duration;

use serde_json::json;
use tidegate_core::run::FailureKind;
use tidegate_core::runner::RunUpdate;
use tidegate_core::transcript::{Part, StopReason, Usage};
use tidegate_runners::Api;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::bench::{BOTH, beginning, bench, clock, error, once};
use crate::common::{run, run_with, runner, turn};
use crate::fake::{Fake, Step};

#[tokio::test]
async fn nobody_at_the_address() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let said = run(
        &runner(Api::OpenAi, &url, &clock(), Vec::new()),
        turn("Hello"),
    )
    .await;
    let message = &said.error().message;
    for words in [
        &*url,
        "Connection refused",
        "(3 tries)",
        "models.providers.mine.baseUrl",
    ] {
        assert!(message.contains(words), "{message}");
    }
}

#[tokio::test]
async fn silence_is_silent_and_stop_stops_it() {
    for api in BOTH {
        let bench = bench(api, [Step::Hang(beginning(api, "It was"))]).await;
        let (out, mut inbox) = mpsc::channel(8);
        let stop = CancellationToken::new();
        let watch = async {
            assert_eq!(inbox.recv().await, Some(RunUpdate::Progress));
            assert_eq!(inbox.recv().await, Some(RunUpdate::Text("It was".into())));
            assert!(
                timeout(Duration::from_millis(300), inbox.recv())
                    .await
                    .is_err(),
                "alive, but nothing came"
            );
            stop.cancel();
        };
        let (end, ()) = tokio::join!(bench.runner.run(turn("Hello"), out, stop.clone()), watch);
        let outcome = end.unwrap();
        assert_eq!(outcome.stop, StopReason::Aborted);
        assert_eq!(
            outcome.parts,
            [Part::Text {
                text: "It was".into()
            }]
        );
        assert_eq!(
            outcome.usage,
            Usage {
                input: 2,
                output: 2,
                ..Usage::default()
            }
        );
        bench.fake.finish();
    }
}

#[tokio::test]
async fn stop_ends_a_wait_and_a_request_without_answer() {
    for step in [error(429, "retry-after: 15\r\n"), Step::Silence] {
        let stop = CancellationToken::new();
        let bench = bench(Api::OpenAi, [step]).await;
        let asked = async {
            while bench.fake.requests().is_empty() {
                tokio::task::yield_now().await;
            }
            stop.cancel();
        };
        let run = run_with(&bench.runner, turn("Hello"), &stop, |_| {});
        let (said, ()) = timeout(Duration::from_secs(5), async { tokio::join!(run, asked) })
            .await
            .unwrap();
        assert_eq!(
            (said.outcome().stop, said.outcome().parts.len()),
            (StopReason::Aborted, 0)
        );
        bench.fake.finish();
    }
}

#[tokio::test]
async fn pings_are_progress() {
    let comments = vec![": ping\n\n".to_owned(); 3];
    let pings = vec!["event: ping\ndata: {\"type\":\"ping\"}\n\n".to_owned(); 3];
    for (api, pieces) in [(Api::OpenAi, comments), (Api::Anthropic, pings)] {
        let bench = bench(api, [Step::Hang(pieces)]).await;
        let (stop, mut seen) = (CancellationToken::new(), 0);
        let said = run_with(&bench.runner, turn("Hello"), &stop, |_| {
            seen += 1;
            if seen == 4 {
                stop.cancel();
            }
        });
        assert_eq!(said.await.updates, vec![RunUpdate::Progress; 4]);
    }
}

#[tokio::test]
async fn a_run_ends_when_nobody_listens() {
    let bench = bench(
        Api::OpenAi,
        [Step::Endless(beginning(Api::OpenAi, "x").concat())],
    )
    .await;
    let (out, inbox) = mpsc::channel(1);
    drop(inbox);
    let end = bench
        .runner
        .run(turn("Hello"), out, CancellationToken::new())
        .await;
    assert_eq!(end.unwrap().stop, StopReason::Aborted);
}

#[tokio::test]
async fn what_is_too_large_is_cut_off() {
    for api in BOTH {
        for piece in [
            format!("data: {}", "x".repeat(60_000)),
            beginning(api, &"x".repeat(60_000)).concat(),
        ] {
            let (said, _) = once(api, [Step::Endless(piece)]).await;
            assert!(
                said.error()
                    .message
                    .contains("more than an answer can hold"),
                "{}",
                said.error()
            );
            assert!(said.text().len() <= 512 * 1024);
        }
        let (said, _) = once(api, [Step::Reply(400, "", "y ".repeat(2_000_000))]).await;
        assert!(
            said.error().message.chars().count() < 500,
            "{}",
            said.error()
        );
    }
}

#[tokio::test]
async fn what_is_no_stream_is_named() {
    for api in BOTH {
        let json = "content-type: application/json\r\n";
        let (said, _) = once(api, [Step::Reply(200, json, "{\"ok\":true}".into())]).await;
        assert!(
            said.error()
                .message
                .contains(&format!("is not {}", api.as_str())),
            "{}",
            said.error()
        );
        let (said, _) = once(api, [Step::Stream(vec!["data: {oops\n\n".into()])]).await;
        assert!(
            said.error()
                .message
                .contains(&format!("is not {}", api.as_str())),
            "{}",
            said.error()
        );
        let error = json!({ "error": { "type": "invalid_request_error", "message": "prompt is too long" } });
        let (said, _) = once(api, [Step::Reply(200, json, error.to_string())]).await;
        assert_eq!(said.error().kind, FailureKind::ContextLength);
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for api in BOTH {
        let (said, requests) = once(api, [error(302, "location: /elsewhere\r\n")]).await;
        assert_eq!(requests, 1);
        assert!(
            said.error()
                .message
                .contains("sends requests elsewhere (302)"),
            "{}",
            said.error()
        );
        assert!(!said.error().message.contains("/elsewhere"));
    }
}

#[tokio::test]
async fn tls_is_set_up() {
    // The fake speaks no TLS: a client without a crypto provider would panic before it hears that.
    let fake = Fake::start([]).await;
    let url = format!("{}/v1", fake.url.replace("http", "https"));
    let said = run(
        &runner(Api::Anthropic, &url, &clock(), Vec::new()),
        turn("Hello"),
    )
    .await;
    assert!(
        said.error()
            .message
            .contains(&format!("cannot be reached at {url}")),
        "{}",
        said.error()
    );
    assert_eq!(fake.requests().len(), 0);
}
