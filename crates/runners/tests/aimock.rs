//! Both dialects against a provider that others wrote: npm `@copilotkit/aimock`, with its chaos.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use common::{NOW_MS, Said, run, run_with, runner, turn};
use tidegate_core::ManualClock;
use tidegate_core::run::FailureKind;
use tidegate_core::runner::{AgentRunner, RunUpdate};
use tidegate_core::transcript::{Part, StopReason, Usage};
use tidegate_runners::Api;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const BOTH: [Api; 2] = [Api::OpenAi, Api::Anthropic];

/// The mock; killed when dropped.
struct Aimock {
    url: String,
    _child: Child,
    _drain: JoinSet<()>,
}

impl Aimock {
    async fn start() -> Self {
        let crate_dir = Path::new(env!("CARGO_MANIFEST_DIR"));
        let cli = crate_dir.join("../../ci/node/node_modules/@copilotkit/aimock/dist/cli.js");
        assert!(
            cli.exists(),
            "{} is missing: `cargo xtask ci` installs it",
            cli.display()
        );
        let node = std::env::var_os("TIDEGATE_NODE").unwrap_or_else(|| "node".into());
        let mut child = Command::new(&node)
            .arg(cli)
            .args([
                "--port",
                "0",
                "--host",
                "127.0.0.1",
                "--validate-on-load",
                "--strict",
                "--fixtures",
            ])
            .arg(crate_dir.join("tests/fixtures/aimock.json"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start ({error}): `cargo xtask ci` installs it",
                    node.display()
                )
            });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let listening = async {
            let mut seen = Vec::new();
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some((_, url)) = line.split_once("listening on ") {
                    return url.trim().to_owned();
                }
                seen.push(line);
            }
            panic!("aimock ended: {seen:?}");
        };
        let url = timeout(Duration::from_mins(1), listening)
            .await
            .expect("aimock does not start");
        // A program that nobody reads from stands still, or dies of it.
        let mut drain = JoinSet::new();
        drain.spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            url,
            _child: child,
            _drain: drain,
        }
    }

    fn runner(&self, api: Api) -> Arc<dyn AgentRunner> {
        let clock = Arc::new(ManualClock::at(NOW_MS));
        runner(api, &format!("{}/v1", self.url), &clock, Vec::new())
    }

    async fn ask(&self, api: Api, words: &str) -> Said {
        run(&self.runner(api), turn(words)).await
    }
}

#[tokio::test]
async fn answers_stream_with_usage() {
    let mock = Aimock::start().await;
    for api in BOTH {
        let said = mock.ask(api, "hello").await;
        let outcome = said.outcome();
        assert_eq!(
            said.text(),
            "Hello! How can I help you today? A second sentence follows."
        );
        assert!(
            said.updates
                .iter()
                .filter(|update| matches!(update, RunUpdate::Text(_)))
                .count()
                > 2
        );
        assert_eq!(
            outcome.usage,
            Usage {
                input: 12,
                output: 7,
                ..Usage::default()
            }
        );
        assert_eq!(outcome.stop, StopReason::Stop);

        let said = mock.ask(api, "think").await;
        assert_eq!(
            said.thinking(),
            "Two and two make four, as everybody knows."
        );
        assert_eq!(said.text(), "The answer is 4.");
        let signed = matches!(
            said.outcome().parts.first(),
            Some(Part::Thinking {
                signature: Some(_),
                ..
            })
        );
        assert_eq!(signed, api == Api::Anthropic);

        assert_eq!(
            mock.ask(api, "at length").await.outcome().stop,
            StopReason::Length
        );
        assert!(
            mock.runner(api)
                .models()
                .await
                .unwrap()
                .iter()
                .any(|model| model.id == "gpt-4o")
        );
    }
}

#[tokio::test]
async fn an_answer_can_be_stopped() {
    let mock = Aimock::start().await;
    for api in BOTH {
        let stop = CancellationToken::new();
        let said = run_with(&mock.runner(api), turn("hello"), &stop, |update| {
            if matches!(update, RunUpdate::Text(_)) {
                stop.cancel();
            }
        })
        .await;
        // It may have ended before it was stopped; what was said is the answer either way.
        assert!(matches!(
            said.outcome().stop,
            StopReason::Aborted | StopReason::Stop
        ));
        assert!(said.text().starts_with("Hello!"));
    }
}

#[tokio::test]
async fn every_chaos_ends_with_an_honest_text() {
    use FailureKind::{RateLimit, Unknown};
    let mock = Aimock::start().await;
    let mut runs = JoinSet::new();
    for api in BOTH {
        for (words, kind, text) in [
            (
                "be dropped",
                Unknown,
                "mine had a failure of its own (500) (3 tries).",
            ),
            ("be malformed", Unknown, "mine sent something that is not"),
            (
                "be disconnected",
                Unknown,
                "mine closed the connection before it answered (3 tries).",
            ),
            (
                "be limited",
                RateLimit,
                "mine is limiting requests (429) (3 tries). It takes requests again",
            ),
            (
                "be unknown to the fixtures",
                Unknown,
                "mine is overloaded (503) (3 tries).",
            ),
        ] {
            let runner = mock.runner(api);
            runs.spawn(async move { (run(&runner, turn(words)).await, kind, text) });
        }
    }
    for (said, kind, text) in runs.join_all().await {
        assert_eq!(said.error().kind, kind);
        assert!(said.error().message.starts_with(text), "{}", said.error());
        assert_eq!(said.text(), "");
    }
}

#[tokio::test]
async fn a_cut_answer_is_kept_and_not_begun_again() {
    let mock = Aimock::start().await;
    for api in BOTH {
        let said = mock.ask(api, "cut").await;
        assert!(
            said.error().message.contains("broke off in the middle"),
            "{}",
            said.error()
        );
        let whole = "This answer is cut in the middle of its long way to the end.";
        assert!(whole.starts_with(&said.text()), "{}", said.text());
        assert!(!said.text().is_empty());
    }
}

#[tokio::test]
async fn a_limit_that_passes_is_waited_for() {
    for api in BOTH {
        let mock = Aimock::start().await;
        let said = mock.ask(api, "recover").await;
        assert_eq!(said.outcome().stop, StopReason::Stop);
        assert_eq!(said.text(), "Here again.");
    }
}
