//! History, threads, conversations, people.

use serde_json::{Value, json};
use tidegate_fakes::slack::SlackFake;
use tidegate_fakes::slack::names::{ALICE, ARCHIVED, BOT_USER, ELSEWHERE, GENERAL};

use crate::{call, call_form};

fn texts(answer: &Value) -> Vec<&str> {
    let messages = answer["messages"].as_array().unwrap();
    messages
        .iter()
        .map(|one| one["text"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn history_comes_in_pages_newest_first() {
    let fake = SlackFake::start().await.unwrap();
    let all: Vec<_> = (0..5)
        .map(|n| {
            fake.channel_message(GENERAL, ALICE, &n.to_string())
                .unwrap()
        })
        .collect();
    fake.thread_reply(GENERAL, &all[0], ALICE, "in the thread")
        .unwrap();
    let ask = async |more: &str| {
        let form = format!("channel={GENERAL}{more}");
        call_form(&fake, "conversations.history", &form).await
    };
    let first = ask("&limit=3").await;
    assert_eq!(texts(&first), ["4", "3", "2"]);
    assert_eq!(first["has_more"], true);
    let cursor = first["response_metadata"]["next_cursor"].as_str().unwrap();
    let second = ask(&format!("&limit=3&cursor={cursor}")).await;
    assert_eq!(texts(&second), ["1", "0"]);
    assert_eq!(second["has_more"], false);
    assert_eq!(second["messages"][1]["reply_count"], 1);

    let since = ask(&format!("&oldest={}", all[3])).await;
    assert_eq!(texts(&since), ["4"]);
    let since = ask(&format!("&oldest={}&inclusive=true", all[3])).await;
    assert_eq!(texts(&since), ["4", "3"]);
    assert_eq!(ask("&cursor=mine").await["error"], "invalid_cursor");
    assert_eq!(ask("&oldest=monday").await["error"], "invalid_ts_oldest");
    let elsewhere = format!("channel={ELSEWHERE}");
    let elsewhere = call_form(&fake, "conversations.history", &elsewhere).await;
    assert_eq!(elsewhere["error"], "not_in_channel");
}

#[tokio::test]
async fn metadata_is_shown_to_who_asks_for_it() {
    let fake = SlackFake::start().await.unwrap();
    let post = json!({
        "channel": GENERAL, "text": "x",
        "metadata": {"event_type": "tidegate", "event_payload": {"part": "7"}},
    });
    call(&fake, "chat.postMessage", post).await;
    let plain = format!("channel={GENERAL}");
    let plain = call_form(&fake, "conversations.history", &plain).await;
    assert_eq!(plain["messages"][0].get("metadata"), None);
    let all = format!("channel={GENERAL}&include_all_metadata=true");
    let all = call_form(&fake, "conversations.history", &all).await;
    assert_eq!(all["messages"][0]["metadata"]["event_payload"]["part"], "7");
}

#[tokio::test]
async fn a_thread_is_its_parent_and_its_replies() {
    let fake = SlackFake::start().await.unwrap();
    let ts = fake.channel_message(GENERAL, ALICE, "parent").unwrap();
    let first = fake.thread_reply(GENERAL, &ts, ALICE, "one").unwrap();
    let broadcast = json!({
        "channel": GENERAL, "text": "two", "thread_ts": ts, "reply_broadcast": true,
    });
    call(&fake, "chat.postMessage", broadcast).await;
    for ts in [&ts, &first] {
        let form = format!("channel={GENERAL}&ts={ts}");
        let thread = call_form(&fake, "conversations.replies", &form).await;
        assert_eq!(texts(&thread), ["parent", "one", "two"]);
    }
    let form = format!("channel={GENERAL}&ts=1.2");
    let none = call_form(&fake, "conversations.replies", &form).await;
    assert_eq!(none["error"], "thread_not_found");
    let form = format!("channel={GENERAL}");
    let history = call_form(&fake, "conversations.history", &form).await;
    assert_eq!(texts(&history), ["two", "parent"]);
    assert_eq!(history["messages"][0]["subtype"], "thread_broadcast");
}

#[tokio::test]
async fn conversations_are_opened_shown_and_listed() {
    let fake = SlackFake::start().await.unwrap();
    fake.put_private_channel("C0PRIVATE1", "secret", &[ALICE]);
    let first = call(&fake, "conversations.open", json!({"users": ALICE})).await;
    let again = call(
        &fake,
        "conversations.open",
        json!({"users": ALICE, "return_im": true}),
    )
    .await;
    assert_eq!(again["already_open"], true);
    assert_eq!(again["channel"]["id"], first["channel"]["id"]);
    assert_eq!(again["channel"]["user"], ALICE);
    for (args, error) in [
        (json!({"users": "U0NOBODY01"}), "user_not_found"),
        (json!({}), "users_list_not_supplied"),
        (
            json!({"channel": GENERAL}),
            "method_not_supported_for_channel_type",
        ),
        (json!({"channel": "D0NOTHING1"}), "channel_not_found"),
    ] {
        assert_eq!(
            call(&fake, "conversations.open", args).await["error"],
            error
        );
    }
    let ids = async |form: &str| {
        let answer = call_form(&fake, "conversations.list", form).await;
        let channels = answer["channels"].as_array().unwrap();
        let ids = channels
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [ARCHIVED, ELSEWHERE, GENERAL]);
    assert_eq!(
        ids("types=public_channel,private_channel&exclude_archived=true").await,
        [ELSEWHERE, GENERAL, "C0PRIVATE1"]
    );
    assert_eq!(
        ids("types=im").await,
        [first["channel"]["id"].as_str().unwrap()]
    );
}

#[tokio::test]
async fn a_name_is_nobodys_own() {
    let fake = SlackFake::start().await.unwrap();
    fake.put_user("U0MALLORY1", "alice");
    let shown = call_form(&fake, "users.info", "user=U0MALLORY1").await;
    assert_eq!(shown["user"]["profile"]["display_name"], "alice");
    let bot = call_form(&fake, "users.info", &format!("user={BOT_USER}")).await;
    assert_eq!(bot["user"]["is_bot"], true);
    let nobody = call_form(&fake, "users.info", "user=U0NOBODY01").await;
    assert_eq!(nobody["error"], "user_not_found");
}
