//! `getUpdates`: confirming, waiting, one poller, what is wanted, what is too old.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::telegram::{Incoming, Limits, Order, Setup};
use tokio::time::Instant;

use crate::bot::{ANN, Bot, SOON, ann};

fn ids(updates: &Value) -> Vec<i64> {
    let list = updates.as_array().unwrap();
    list.iter()
        .map(|update| update["update_id"].as_i64().unwrap())
        .collect()
}

#[tokio::test]
async fn an_offset_confirms_what_is_before_it() {
    let bot = Bot::start().await;
    for n in 0..5 {
        bot.fake.say(ANN, &ann(), &format!("{n}"));
    }
    let first = bot.result("getUpdates", json!({ "limit": 2 })).await;
    assert_eq!(first[1]["message"]["text"], "1");
    let first = ids(&first);
    assert_eq!(ids(&bot.result("getUpdates", json!({})).await).len(), 5);
    let rest = bot
        .result("getUpdates", json!({ "offset": first[1] + 1 }))
        .await;
    assert_eq!(ids(&rest).first(), Some(&(first[1] + 1)));
    assert_eq!(bot.fake.pending_updates(), 3);
    let last = bot.result("getUpdates", json!({ "offset": -1 })).await;
    assert_eq!(ids(&last), [first[0] + 4]);
    assert_eq!(bot.fake.pending_updates(), 1);
    // Far behind the end counts as no offset at all.
    let far = bot
        .result("getUpdates", json!({ "offset": first[0] + 1_000 }))
        .await;
    assert_eq!(ids(&far), [first[0] + 4]);
}

#[tokio::test]
async fn a_poll_waits_for_an_update() {
    let bot = Bot::start().await;
    let poll = async { bot.result("getUpdates", json!({ "timeout": 50 })).await };
    let say = async {
        bot.fake
            .wait_for(SOON, |fake| fake.is_polled().then_some(()))
            .await
            .unwrap();
        bot.fake.say(ANN, &ann(), "now");
    };
    let (updates, ()) = tokio::join!(poll, say);
    assert_eq!(updates[0]["message"]["text"], "now");
    assert!(!bot.fake.is_polled());
}

#[tokio::test]
async fn a_poll_ends_empty_after_its_time() {
    let bot = Bot::start().await;
    let begun = Instant::now();
    let updates = bot.result("getUpdates", json!({ "timeout": 1 })).await;
    assert_eq!(updates, json!([]));
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn the_second_poller_ends_the_first() {
    let bot = Bot::start().await;
    let first = bot.call("getUpdates", json!({ "timeout": 50 }));
    let second = async {
        bot.fake
            .wait_for(SOON, |fake| fake.is_polled().then_some(()))
            .await
            .unwrap();
        bot.call("getUpdates", json!({ "timeout": 50 })).await
    };
    let say = async {
        bot.fake
            .wait_for(SOON, |fake| {
                (fake.calls_of("getUpdates").len() == 2 && fake.is_polled()).then_some(())
            })
            .await
            .unwrap();
    };
    let ended = async {
        let first = first.await;
        bot.fake.say(ANN, &ann(), "to the second");
        first
    };
    let (first, second, ()) = tokio::join!(ended, second, say);
    assert_eq!(first.status, 409);
    assert_eq!(
        first.why(),
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance \
         is running"
    );
    assert_eq!(
        second.envelope["result"][0]["message"]["text"],
        "to the second"
    );
}

#[tokio::test]
async fn a_poller_that_hangs_up_leaves_its_place() {
    let bot = Bot::start().await;
    tokio::select! {
        _ = bot.call("getUpdates", json!({ "timeout": 50 })) => panic!("nothing happened"),
        polled = bot.fake.wait_for(SOON, |fake| fake.is_polled().then_some(())) => polled.unwrap(),
    }
    bot.fake
        .wait_for(SOON, |fake| (!fake.is_polled()).then_some(()))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_same_offset_again_at_once_is_slowed_down() {
    let limits = Limits {
        repeated_poll: Duration::from_millis(300),
        ..Limits::loose()
    };
    let bot = Bot::start_with(Setup {
        limits,
        ..Setup::default()
    })
    .await;
    bot.result("getUpdates", json!({})).await;
    let begun = Instant::now();
    bot.result("getUpdates", json!({})).await;
    assert!(begun.elapsed() >= Duration::from_millis(250));
}

#[tokio::test]
async fn reactions_are_told_only_to_who_names_them() {
    let bot = Bot::start().await;
    let said = bot.fake.say(ANN, &ann(), "hi");
    let react = || {
        bot.fake
            .react(ANN, said.message_id, &ann(), &["👍"])
            .unwrap()
    };
    assert_eq!(react().update_id, None);
    let kinds = json!(["message", "message_reaction"]);
    bot.result("getUpdates", json!({ "allowed_updates": kinds }))
        .await;
    // Remembered, also when it is not said again.
    bot.result("getUpdates", json!({})).await;
    let told = react().update_id.unwrap();
    let updates = bot.result("getUpdates", json!({ "offset": told })).await;
    let reaction = &updates[0]["message_reaction"];
    assert_eq!(
        reaction["new_reaction"],
        json!([{ "type": "emoji", "emoji": "👍" }])
    );
    assert_eq!(reaction["user"]["id"], ANN);
    // What is not named is not told.
    assert_eq!(
        bot.fake.edit(ANN, said.message_id, "ho").unwrap().update_id,
        None
    );
    bot.result("getUpdates", json!({ "allowed_updates": [] }))
        .await;
    assert_eq!(react().update_id, None);
    assert!(
        bot.fake
            .edit(ANN, said.message_id, "ha")
            .unwrap()
            .update_id
            .is_some()
    );
}

#[tokio::test]
async fn updates_come_twice_and_out_of_order_when_told_to() {
    let bot = Bot::start().await;
    bot.fake.hold_updates();
    let said = bot.fake.say(ANN, &ann(), "one");
    assert_eq!(said.update_id, None);
    bot.fake.edit(ANN, said.message_id, "two");
    bot.fake.release_updates(Order::Reversed);
    let updates = bot.result("getUpdates", json!({})).await;
    assert_eq!(updates[0]["edited_message"]["text"], "two");
    assert_eq!(updates[1]["message"]["text"], "one");
    let ids = ids(&updates);
    let none = bot
        .result("getUpdates", json!({ "offset": ids[1] + 1 }))
        .await;
    assert_eq!(none, json!([]));
    assert!(bot.fake.redeliver(ids[0]));
    assert!(!bot.fake.redeliver(1));
    let again = bot
        .result("getUpdates", json!({ "offset": ids[1] + 1 }))
        .await;
    assert_eq!(again[0], updates[0]);
}

#[tokio::test]
async fn everything_that_people_send_is_told() {
    let bot = Bot::start().await;
    for incoming in [
        Incoming::voice(4, &b"OggS"[..]),
        Incoming::sticker("🐳"),
        Incoming::location(1.5, 2.5),
        Incoming::photo(&b"\xff\xd8\xff"[..]),
    ] {
        bot.fake.send(ANN, &ann(), &incoming);
    }
    let updates = bot.result("getUpdates", json!({})).await;
    let message = |at: usize| &updates[at]["message"];
    assert_eq!(message(0)["voice"]["duration"], 4);
    assert_eq!(message(1)["sticker"]["emoji"], "🐳");
    assert_eq!(message(2)["location"]["longitude"], 2.5);
    assert!(message(3)["photo"][1]["file_id"].is_string());
    assert_eq!(message(0)["chat"]["type"], "private");
    assert_eq!(message(0)["from"]["username"], "ann_b");
}
