//! The Events API: signed, verified, repeated.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tidegate_fakes::common::{FakeClock, Recorder, Server, form};
use tidegate_fakes::slack::names::{ALICE, GENERAL};
use tidegate_fakes::slack::{Rules, SlackFake, Step, signature};

use crate::SOON;

/// An app that answers as it is told and keeps what came.
#[derive(Default)]
struct App {
    got: Recorder<(HeaderMap, Bytes)>,
    answers: Mutex<Vec<Response>>,
}

impl App {
    /// The last answer is given first.
    fn answer(&self, answers: Vec<Response>) {
        *self.answers.lock().unwrap() = answers;
    }

    async fn got(&self, count: usize) -> Vec<(HeaderMap, Bytes)> {
        let all = |got: &[(HeaderMap, Bytes)]| (got.len() >= count).then(|| got.to_vec());
        self.got.wait_for(SOON, all).await.unwrap()
    }
}

async fn take(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    app.got.push((headers, body.clone()));
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    if let Some(challenge) = said["challenge"].as_str() {
        return json!({"challenge": challenge}).to_string().into_response();
    }
    let planned = app.answers.lock().unwrap().pop();
    planned.unwrap_or_else(|| StatusCode::OK.into_response())
}

/// A fake that tells an app by webhook; the first thing that the app got is the challenge.
async fn told(rules: Rules) -> (SlackFake, Arc<App>, Server) {
    let app = Arc::new(App::default());
    let router = Router::new()
        .route("/events", post(take))
        .with_state(Arc::clone(&app));
    let server = Server::start(router).await.unwrap();
    let fake = SlackFake::start_with(rules, FakeClock::at(1_700_000_000_000), 0)
        .await
        .unwrap();
    let url = format!("{}/events", server.root());
    fake.deliver_events_to(&url).await.unwrap();
    (fake, app, server)
}

fn header<'a>(got: &'a (HeaderMap, Bytes), name: &str) -> Option<&'a str> {
    got.0.get(name).map(|value| value.to_str().unwrap())
}

fn check_signature(fake: &SlackFake, got: &(HeaderMap, Bytes)) -> i64 {
    let at: i64 = header(got, "x-slack-request-timestamp")
        .unwrap()
        .parse()
        .unwrap();
    let signed = signature(fake.signing_secret(), at, &got.1);
    assert_eq!(header(got, "x-slack-signature"), Some(&*signed));
    at
}

#[tokio::test]
async fn only_a_url_that_repeats_the_challenge_is_told() {
    let fake = SlackFake::start().await.unwrap();
    let stranger = Router::new().route("/events", post(async || "hello"));
    let stranger = Server::start(stranger).await.unwrap();
    let url = format!("{}/events", stranger.root());
    assert_eq!(
        fake.deliver_events_to(&url).await.unwrap_err(),
        "200 without the challenge"
    );
    let (fake, app, _server) = told(Rules::default()).await;
    let first = app.got(1).await.remove(0);
    check_signature(&fake, &first);
}

#[tokio::test]
async fn events_are_signed_with_the_vendors_time() {
    let (fake, app, _server) = told(Rules::default()).await;
    let ts = fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    let got = app.got(2).await.remove(1);
    assert_eq!(check_signature(&fake, &got) / 100, 17_000_000);
    assert_eq!(header(&got, "content-type"), Some("application/json"));
    assert_eq!(header(&got, "x-slack-retry-num"), None);
    let said: Value = serde_json::from_slice(&got.1).unwrap();
    assert_eq!(
        (&said["type"], &said["event"]["ts"]),
        (&json!("event_callback"), &json!(ts))
    );
    fake.skew_ms(-400_000);
    fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    let old = app.got(3).await.remove(2);
    assert!(check_signature(&fake, &old) < 1_699_999_700);
}

#[tokio::test]
async fn a_bad_answer_brings_the_event_again() {
    let rules = Rules {
        retry_after: vec![Duration::ZERO; 3],
        ..Rules::default()
    };
    let (fake, app, _server) = told(rules).await;
    let bad = || StatusCode::BAD_GATEWAY.into_response();
    app.answer(vec![StatusCode::OK.into_response(), bad(), bad()]);
    fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    let got = app.got(4).await;
    let retries: Vec<_> = got[1..]
        .iter()
        .map(|one| {
            (
                header(one, "x-slack-retry-num"),
                header(one, "x-slack-retry-reason"),
            )
        })
        .collect();
    let again = |number| (Some(number), Some("http_error"));
    assert_eq!(retries, [(None, None), again("1"), again("2")]);
    assert!(got[2..].iter().all(|one| one.1 == got[1].1));
}

#[tokio::test]
async fn the_app_may_forbid_another_attempt() {
    let (fake, app, _server) = told(Rules::default()).await;
    let no_more = [("X-Slack-No-Retry", "1")];
    app.answer(vec![
        (StatusCode::INTERNAL_SERVER_ERROR, no_more).into_response(),
    ]);
    fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    let given_up = |fake: &SlackFake| {
        let steps = fake.steps();
        steps
            .iter()
            .any(|step| matches!(step, Step::GivenUp { .. }))
            .then_some(())
    };
    fake.wait_for(SOON, given_up).await.unwrap();
    assert_eq!(app.got(2).await.len(), 2);
}

#[tokio::test]
async fn an_app_that_is_gone_is_given_up() {
    let rules = Rules {
        retry_after: vec![Duration::ZERO],
        ..Rules::default()
    };
    let (fake, _app, server) = told(rules).await;
    drop(server);
    fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    let failed = |fake: &SlackFake| {
        let steps = fake.steps();
        let failed = |step: &&Step| {
            matches!(
                step,
                Step::Unacked {
                    reason: "connection_failed",
                    ..
                }
            )
        };
        (steps.iter().filter(failed).count() == 2).then_some(())
    };
    fake.wait_for(SOON, failed).await.unwrap();
}

#[tokio::test]
async fn commands_are_forms_and_answered_in_the_same_breath() {
    let (fake, app, _server) = told(Rules::default()).await;
    let visible = json!({"text": "all is well", "response_type": "in_channel"});
    app.answer(vec![visible.to_string().into_response()]);
    fake.slash_command(GENERAL, ALICE, "/status", "a & b")
        .unwrap();
    let got = app.got(2).await.remove(1);
    check_signature(&fake, &got);
    let fields = form(&got.1);
    assert!(fields.contains(&("command".to_owned(), "/status".to_owned())));
    assert!(fields.contains(&("text".to_owned(), "a & b".to_owned())));
    let posted = |fake: &SlackFake| fake.messages(GENERAL).pop();
    assert_eq!(
        fake.wait_for(SOON, posted).await.unwrap().text,
        "all is well"
    );
}
