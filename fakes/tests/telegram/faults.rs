//! What goes wrong on purpose.

use std::time::Duration;

use serde_json::json;
use tidegate_fakes::common::{DialError, Fault, Request, dial};
use tokio::time::Instant;

use crate::bot::{ANN, Bot, ann};

/// Long enough for a call that works, short enough to wait for one that never does.
const NEVER: Duration = Duration::from_millis(300);

async fn text(bot: &Bot, deadline: Duration) -> Result<u16, DialError> {
    let body = json!({ "chat_id": ANN, "text": "x" }).to_string();
    let reply = dial(&Request {
        method: "POST",
        url: &bot.url("sendMessage"),
        headers: &[("Content-Type", "application/json")],
        body: body.as_bytes(),
        deadline,
    })
    .await?;
    Ok(reply.status)
}

#[tokio::test]
async fn refusals_store_nothing_and_pass() {
    let bot = Bot::with_ann().await;
    let retry_after = Duration::from_secs(7);
    bot.fake
        .fail_next("sendMessage", Fault::TooMany { retry_after });
    bot.fake.fail_next("sendMessage", Fault::Status(502));
    let params = json!({ "chat_id": ANN, "text": "x" });
    let answered = bot.call("sendMessage", params.clone()).await;
    assert_eq!(answered.envelope["parameters"]["retry_after"], 7);
    bot.refused("sendMessage", params.clone(), 502, "Bad Gateway")
        .await;
    assert!(bot.fake.bot_messages(ANN).is_empty());
    bot.result("sendMessage", params).await;
    bot.fake.revoke_token();
    bot.refused("getMe", json!({}), 401, "Unauthorized").await;
}

#[tokio::test]
async fn a_line_is_cut_before_or_after_storing() {
    let bot = Bot::with_ann().await;
    bot.fake.fail_next("sendMessage", Fault::CutBeforeStoring);
    text(&bot, NEVER).await.unwrap_err();
    assert_eq!(bot.fake.bot_messages(ANN).len(), 0);
    bot.fake.fail_next("sendMessage", Fault::CutAfterStoring);
    let error = text(&bot, Duration::from_secs(20)).await.unwrap_err();
    assert!(!matches!(error, DialError::Late), "{error}");
    assert_eq!(bot.fake.bot_messages(ANN).len(), 1);
    bot.fake
        .fail_next("sendMessage", Fault::CutInAnswer { after_bytes: 150 });
    let error = text(&bot, Duration::from_secs(20)).await.unwrap_err();
    assert!(matches!(error, DialError::Broken), "{error}");
    assert_eq!(bot.fake.bot_messages(ANN).len(), 2);
    assert_eq!(text(&bot, Duration::from_secs(20)).await.unwrap(), 200);
}

#[tokio::test]
async fn a_dead_line_stays_open_and_says_nothing() {
    let bot = Bot::with_ann().await;
    bot.fake.fail_next("sendMessage", Fault::Silence);
    assert!(matches!(text(&bot, NEVER).await, Err(DialError::Late)));
    assert_eq!(bot.fake.bot_messages(ANN).len(), 0);
    bot.fake
        .fail_next("sendMessage", Fault::SilenceAfterStoring);
    assert!(matches!(text(&bot, NEVER).await, Err(DialError::Late)));
    assert_eq!(bot.fake.bot_messages(ANN).len(), 1);
}

#[tokio::test]
async fn headers_may_be_slow() {
    let bot = Bot::with_ann().await;
    bot.fake.fail_next("sendMessage", Fault::SlowHeaders(NEVER));
    let begun = Instant::now();
    assert_eq!(text(&bot, Duration::from_secs(20)).await.unwrap(), 200);
    assert!(begun.elapsed() >= NEVER);
}

#[tokio::test]
async fn the_end_of_the_fake_ends_its_lines() {
    let bot = Bot::with_ann().await;
    let root = bot.fake.root();
    bot.fake.fail_next("sendMessage", Fault::Silence);
    let url = bot.url("sendMessage");
    let mut calls = tokio::task::JoinSet::new();
    calls.spawn(async move {
        let request = Request {
            method: "POST",
            url: &url,
            headers: &[("Content-Type", "application/json")],
            body: b"{}",
            deadline: Duration::from_secs(20),
        };
        dial(&request).await.map(|reply| reply.status)
    });
    let seen = bot
        .fake
        .wait_for(Duration::from_secs(20), |fake| fake.calls().pop());
    seen.await.unwrap();
    drop(bot);
    let ended = calls.join_next().await.unwrap().unwrap();
    assert!(!matches!(ended, Ok(_) | Err(DialError::Late)), "{ended:?}");
    let address = root.strip_prefix("http://").unwrap();
    tokio::net::TcpStream::connect(address).await.unwrap_err();
}

#[tokio::test]
async fn a_server_that_was_down_comes_back_with_what_it_had() {
    let mut bot = Bot::with_ann().await;
    bot.send(ANN, "before").await;
    bot.fake.go_down().await;
    assert!(matches!(text(&bot, NEVER).await, Err(DialError::Io(_))));
    bot.fake.come_back().await.unwrap();
    bot.send(ANN, "after").await;
    let texts: Vec<_> = bot
        .fake
        .bot_messages(ANN)
        .into_iter()
        .map(|it| it.text)
        .collect();
    assert_eq!(texts, ["before", "after"]);
}

#[tokio::test]
async fn a_skewed_clock_shows_in_dates() {
    let bot = Bot::start().await;
    let clock = bot.fake.clock();
    let before = clock.now_s();
    clock.skew_ms(-3_600_000);
    bot.fake.say(ANN, &ann(), "an hour ago");
    let updates = bot.result("getUpdates", json!({})).await;
    let date = updates[0]["message"]["date"].as_i64().unwrap();
    assert!(
        (before - 3_600..before - 3_500).contains(&date),
        "{before} {date}"
    );
}
