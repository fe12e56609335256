//! The door of the Web API: bodies, tokens, limits, faults.

use std::time::Duration;

use serde_json::json;
use tidegate_fakes::common::{FakeClock, Fault};
use tidegate_fakes::slack::names::{BOT_USER, GENERAL};
use tidegate_fakes::slack::{Outcome, Rules, SlackFake};

use crate::{SOON, ask, bearer, call, call_form, call_raw, read};

#[tokio::test]
async fn a_token_is_wanted_and_must_be_of_the_right_kind() {
    let fake = SlackFake::start().await.unwrap();
    for (method, token, error) in [
        ("auth.test", "", "not_authed"),
        ("auth.test", "xoxb-of-somebody", "invalid_auth"),
        ("auth.test", fake.app_token(), "not_allowed_token_type"),
        (
            "apps.connections.open",
            fake.bot_token(),
            "not_allowed_token_type",
        ),
        ("chat.postTelegram", fake.bot_token(), "unknown_method"),
    ] {
        let url = format!("{}{method}", fake.api_root());
        let token = bearer(token);
        let reply = ask("POST", &url, &[("Authorization", &token)], b"")
            .await
            .unwrap();
        assert_eq!(reply.status, 200);
        assert_eq!(read(&reply)["ok"], false);
        assert_eq!(read(&reply)["error"], error, "{method}");
    }
    let url = format!("{}auth.test", fake.api_root());
    let none = ask("POST", &url, &[], b"").await.unwrap();
    assert_eq!(read(&none)["error"], "not_authed");
    let in_query = format!("{url}?token={}", fake.bot_token());
    let in_query = ask("GET", &in_query, &[], b"").await.unwrap();
    assert_eq!(read(&in_query)["user_id"], BOT_USER);
}

#[tokio::test]
async fn bodies_are_read_as_their_type_says() {
    let rules = Rules {
        post_burst: 100,
        ..Rules::default()
    };
    let fake = SlackFake::start_with(rules, FakeClock::system(), 0)
        .await
        .unwrap();
    let url = format!("{}chat.postMessage", fake.api_root());
    let token = bearer(fake.bot_token());
    let json = format!("{{\"channel\":\"{GENERAL}\",\"text\":\"j\"}}");
    let form = format!("channel={GENERAL}&text=f+%26");
    let in_form = format!("{form}&token={}", fake.bot_token());
    let part = |name: &str, value: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let multipart = [
        part("channel", GENERAL),
        part("text", "m"),
        "--x--\r\n".into(),
    ]
    .concat();
    let auth = ("Authorization", &*token);
    let kind = |kind| ("Content-Type", kind);
    for (headers, body, error) in [
        (
            vec![auth, kind("application/json; charset=utf-8")],
            &json,
            None,
        ),
        (vec![auth, kind("application/json")], &json, None),
        (
            vec![auth, kind("application/x-www-form-urlencoded")],
            &form,
            None,
        ),
        (
            vec![kind("application/x-www-form-urlencoded")],
            &in_form,
            None,
        ),
        (
            vec![auth, kind("multipart/form-data; boundary=x")],
            &multipart,
            None,
        ),
        (vec![auth], &json, Some("missing_post_type")),
        (
            vec![auth, kind("text/html")],
            &json,
            Some("invalid_post_type"),
        ),
        (
            vec![auth, kind("application/json")],
            &form,
            Some("invalid_json"),
        ),
        (
            vec![auth, kind("application/json")],
            &"[]".to_owned(),
            Some("json_not_object"),
        ),
        (
            vec![auth, kind("multipart/form-data; boundary=y")],
            &multipart,
            Some("invalid_form_data"),
        ),
    ] {
        let reply = ask("POST", &url, &headers, body.as_bytes()).await.unwrap();
        assert_eq!(read(&reply)["error"].as_str(), error, "{headers:?}");
        if headers.contains(&kind("application/json")) && error.is_none() {
            assert_eq!(read(&reply)["warning"], "missing_charset");
        }
    }
    let texts: Vec<_> = fake
        .messages(GENERAL)
        .into_iter()
        .map(|one| one.text)
        .collect();
    assert_eq!(texts, ["j", "j", "f &amp;", "f &amp;", "m"]);
}

#[tokio::test]
async fn methods_that_read_take_no_json() {
    let fake = SlackFake::start().await.unwrap();
    let refused = call(&fake, "conversations.info", json!({"channel": GENERAL})).await;
    assert_eq!(refused["error"], "invalid_arguments");
    assert_eq!(
        refused["response_metadata"]["messages"][0],
        "[ERROR] missing required field: channel"
    );
    let upload = json!({"filename": "a", "length": 1});
    let refused = call(&fake, "files.getUploadURLExternal", upload).await;
    assert_eq!(refused["error"], "invalid_arguments");
    let form = format!("channel={GENERAL}");
    let taken = call_form(&fake, "conversations.info", &form).await;
    assert_eq!(taken["channel"]["is_member"], true);
}

#[tokio::test]
async fn faults_come_in_the_order_they_were_planned() {
    let fake = SlackFake::start().await.unwrap();
    let plan = fake.faults();
    let wait = Duration::from_millis(1500);
    plan.next("auth.test", Fault::TooMany { retry_after: wait });
    plan.next("auth.test", Fault::Status(503));
    plan.next("auth.test", Fault::CutBeforeStoring);
    plan.next("auth.test", Fault::SlowHeaders(Duration::from_millis(50)));

    let too_many = call_raw(&fake, "auth.test", json!({})).await.unwrap();
    assert_eq!(
        (too_many.status, too_many.header("retry-after")),
        (429, Some("2"))
    );
    assert_eq!(read(&too_many)["error"], "ratelimited");
    let broken = call_raw(&fake, "auth.test", json!({})).await.unwrap();
    assert_eq!(broken.status, 503);
    assert!(call_raw(&fake, "auth.test", json!({})).await.is_err());
    assert_eq!(call(&fake, "auth.test", json!({})).await["ok"], true);
    let outcomes: Vec<_> = fake.calls().into_iter().map(|call| call.outcome).collect();
    assert_eq!(
        outcomes,
        [
            Outcome::TooMany(2),
            Outcome::Status(503),
            Outcome::Dropped,
            Outcome::Done
        ]
    );
}

#[tokio::test]
async fn a_post_can_be_stored_without_an_answer() {
    let fake = SlackFake::start().await.unwrap();
    for fault in [
        Fault::CutAfterStoring,
        Fault::CutInAnswer { after_bytes: 30 },
    ] {
        fake.faults().next("chat.postMessage", fault);
        let post = json!({"channel": GENERAL, "text": "stored"});
        assert!(call_raw(&fake, "chat.postMessage", post).await.is_err());
    }
    assert_eq!(fake.messages(GENERAL).len(), 2);
    assert!(fake.calls().iter().all(|call| call.answer_lost));
}

#[tokio::test]
async fn silence_is_seen_before_anybody_gives_up() {
    let fake = SlackFake::start().await.unwrap();
    for (fault, stored) in [(Fault::Silence, 0), (Fault::SilenceAfterStoring, 1)] {
        fake.faults().next("chat.postMessage", fault);
        let post = json!({"channel": GENERAL, "text": "x"});
        let seen = fake.wait_for(SOON, |fake| {
            let calls = fake.calls();
            (calls.len() == stored + 1).then_some(())
        });
        tokio::select! {
            answered = call_raw(&fake, "chat.postMessage", post) => panic!("{answered:?}"),
            seen = seen => seen.unwrap(),
        }
        assert_eq!(fake.messages(GENERAL).len(), stored);
    }
}
