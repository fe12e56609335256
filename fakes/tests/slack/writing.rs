//! Posts, edits, deletions, reactions, the status line.

use serde_json::{Value, json};
use tidegate_fakes::common::FakeClock;
use tidegate_fakes::slack::names::{ALICE, ARCHIVED, BOT_USER, ELSEWHERE, GENERAL};
use tidegate_fakes::slack::{Outcome, Rules, SlackFake};

use crate::{call, call_raw};

/// A fake that takes as many posts as a test likes.
async fn patient() -> SlackFake {
    let rules = Rules {
        post_burst: 1000,
        ..Rules::default()
    };
    SlackFake::start_with(rules, FakeClock::at(1_700_000_000_123), 0)
        .await
        .unwrap()
}

async fn error_of(fake: &SlackFake, method: &str, args: Value) -> String {
    let answer = call(fake, method, args).await;
    answer["error"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn what_may_be_posted() {
    let fake = patient().await;
    let top = fake.channel_message(GENERAL, ALICE, "top").unwrap();
    let reply = fake.thread_reply(GENERAL, &top, ALICE, "reply").unwrap();
    let section = |chars: usize| json!([{"type": "section", "text": {"type": "mrkdwn", "text": "s".repeat(chars)}}]);
    let dividers = |count: usize| Value::from(vec![json!({"type": "divider"}); count]);
    let long = |chars: usize| Value::from("ü".repeat(chars));
    for (more, error) in [
        (json!({"text": "x"}), "none"),
        (json!({"text": long(40_000)}), "none"),
        (json!({"text": long(40_001)}), "msg_too_long"),
        (json!({}), "no_text"),
        (json!({"text": ""}), "no_text"),
        (json!({"blocks": dividers(50)}), "none"),
        (json!({"blocks": dividers(51)}), "invalid_blocks"),
        (json!({"blocks": section(3000)}), "none"),
        (json!({"blocks": section(3001)}), "invalid_blocks"),
        (json!({"blocks": "no json"}), "invalid_blocks_format"),
        (json!({"blocks": []}), "no_text"),
        (json!({"markdown_text": "m"}), "none"),
        (
            json!({"markdown_text": "m", "text": "t"}),
            "markdown_text_conflict",
        ),
        (
            json!({"text": "x", "metadata": {"event_type": "a"}}),
            "invalid_metadata_format",
        ),
        (json!({"text": "x", "thread_ts": top}), "none"),
        (json!({"text": "x", "thread_ts": "1.2"}), "thread_not_found"),
        (
            json!({"text": "x", "thread_ts": reply}),
            "cannot_reply_to_message",
        ),
        (json!({"text": "x", "channel": ELSEWHERE}), "not_in_channel"),
        (json!({"text": "x", "channel": ARCHIVED}), "is_archived"),
        (
            json!({"text": "x", "channel": "C0NOWHERE1"}),
            "channel_not_found",
        ),
        (
            json!({"text": "x", "channel": "#general"}),
            "channel_not_found",
        ),
    ] {
        let mut args = json!({"channel": GENERAL});
        for (name, value) in more.as_object().unwrap() {
            args[name] = value.clone();
        }
        assert_eq!(
            error_of(&fake, "chat.postMessage", args).await,
            error,
            "{more:.80}"
        );
    }
    let wide = vec![section(2900)[0].clone(); 5];
    let wide = json!({"channel": GENERAL, "blocks": wide});
    assert_eq!(
        error_of(&fake, "chat.postMessage", wide).await,
        "msg_blocks_too_long"
    );
}

#[tokio::test]
async fn a_person_is_a_place_to_post_to() {
    let fake = patient().await;
    let posted = call(
        &fake,
        "chat.postMessage",
        json!({"channel": ALICE, "text": "x"}),
    )
    .await;
    let channel = posted["channel"].as_str().unwrap();
    assert!(channel.starts_with('D'));
    assert_eq!(fake.messages(channel)[0].user, BOT_USER);
    assert!(posted["ts"].as_str().unwrap().starts_with("1700000000."));
    assert_eq!(fake.dm(ALICE, "y").unwrap().0, channel);
}

#[tokio::test]
async fn a_channel_takes_a_few_posts_and_then_one_a_second() {
    let fake = SlackFake::start().await.unwrap();
    let post = |channel: &str| json!({"channel": channel, "text": "x"});
    let mut refused = None;
    for _ in 0..10 {
        let reply = call_raw(&fake, "chat.postMessage", post(GENERAL))
            .await
            .unwrap();
        if reply.status == 429 {
            refused = Some(reply);
        }
    }
    assert_eq!(refused.unwrap().header("retry-after"), Some("1"));
    let stored = fake.messages(GENERAL).len();
    assert!((4..10).contains(&stored), "{stored}");
    assert_eq!(
        error_of(&fake, "chat.postMessage", post(ALICE)).await,
        "none"
    );
    let limited = fake
        .calls()
        .into_iter()
        .filter(|call| call.outcome == Outcome::TooMany(1));
    assert_eq!(limited.count() + stored, 10);
}

#[tokio::test]
async fn only_own_messages_change() {
    let fake = patient().await;
    let blocks = json!([{"type": "divider"}]);
    let metadata = json!({"event_type": "run", "event_payload": {"id": "7"}});
    let post = json!({
        "channel": GENERAL, "text": "a", "blocks": blocks, "metadata": metadata,
    });
    let posted = call(&fake, "chat.postMessage", post).await;
    let own = posted["ts"].clone();
    let other = fake.channel_message(GENERAL, ALICE, "hers").unwrap();
    let with = |ts: &Value, text: &str| json!({"channel": GENERAL, "ts": ts, "text": text});
    for (method, args, error) in [
        (
            "chat.update",
            with(&json!(other), "x"),
            "cant_update_message",
        ),
        ("chat.update", with(&json!("1.2"), "x"), "message_not_found"),
        ("chat.update", with(&own, ""), "no_text"),
        ("chat.update", with(&own, &"x".repeat(4001)), "msg_too_long"),
        ("chat.update", with(&own, "b"), "none"),
        (
            "chat.delete",
            with(&json!(other), ""),
            "cant_delete_message",
        ),
    ] {
        assert_eq!(error_of(&fake, method, args).await, error, "{method}");
    }
    let changed = fake.messages(GENERAL).remove(0);
    assert_eq!((changed.text, changed.blocks), ("b".to_owned(), blocks));
    assert_eq!(changed.metadata, metadata);
    assert_eq!(error_of(&fake, "chat.delete", with(&own, "")).await, "none");
    assert_eq!(
        error_of(&fake, "chat.delete", with(&own, "")).await,
        "message_not_found"
    );
    assert_eq!(fake.messages(GENERAL).len(), 1);
}

#[tokio::test]
async fn reactions_come_and_go_once() {
    let fake = patient().await;
    let ts = fake.channel_message(GENERAL, ALICE, "x").unwrap();
    fake.react(GENERAL, &ts, ALICE, "eyes").unwrap();
    let with = |ts: &str, name: &str| json!({"channel": GENERAL, "timestamp": ts, "name": name});
    for (method, args, error) in [
        ("reactions.add", with(&ts, "eyes"), "none"),
        ("reactions.add", with(&ts, "eyes"), "already_reacted"),
        ("reactions.add", with(&ts, "👀"), "invalid_name"),
        ("reactions.add", with("yesterday", "eyes"), "bad_timestamp"),
        ("reactions.add", with("1.2", "eyes"), "message_not_found"),
        (
            "reactions.add",
            json!({"name": "eyes"}),
            "no_item_specified",
        ),
        ("reactions.remove", with(&ts, "eyes"), "none"),
        ("reactions.remove", with(&ts, "eyes"), "no_reaction"),
    ] {
        assert_eq!(error_of(&fake, method, args).await, error, "{method}");
    }
    assert_eq!(fake.messages(GENERAL)[0].reactions[0].users, [ALICE]);
}

#[tokio::test]
async fn a_status_line_goes_with_the_next_post() {
    let fake = patient().await;
    let (dm, ts) = fake.dm(ALICE, "think").unwrap();
    let status = |word: &str| json!({"channel_id": dm, "thread_ts": ts, "status": word});
    let method = "assistant.threads.setStatus";
    assert_eq!(
        error_of(&fake, method, status("is thinking…")).await,
        "none"
    );
    assert_eq!(fake.status(&dm, &ts).unwrap(), "is thinking…");
    let post = json!({"channel": dm, "thread_ts": ts, "text": "done"});
    call(&fake, "chat.postMessage", post).await;
    assert_eq!(fake.status(&dm, &ts), None);
    call(&fake, method, status("again")).await;
    fake.skew_ms(121_000);
    assert_eq!(fake.status(&dm, &ts), None);
    fake.skew_ms(0);
    call(&fake, method, status("")).await;
    assert_eq!(fake.status(&dm, &ts), None);
}
