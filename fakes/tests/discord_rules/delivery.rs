//! Which events come, with what in them.

use serde_json::{Value, json};
use tidegate_fakes::discord::{Post, Settings};

use crate::client::{INTENTS, Place};

#[tokio::test]
async fn events_come_only_to_who_asked() {
    let place = Place::new().await;
    let mut gateway = place.gateway().await;
    gateway.hello().await;
    gateway.identify(&place.fake.token(), 1 << 12).await;
    gateway.event("READY").await;
    place
        .fake
        .say(place.channel, place.ada, "not asked for")
        .unwrap();
    place.fake.dm(place.ada, "asked for").unwrap();
    let event = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(event["content"], "asked for");
    assert!(event.get("guild_id").is_none() && event.get("member").is_none());
    assert_eq!(event["channel_type"], 1);
}

#[tokio::test]
async fn content_is_empty_without_its_intent() {
    let place = Place::new().await;
    let mut gateway = place.gateway().await;
    gateway.hello().await;
    gateway
        .identify(&place.fake.token(), INTENTS & !(1 << 15))
        .await;
    gateway.event("READY").await;
    gateway.event("GUILD_CREATE").await;
    let hidden = place.fake.say(place.channel, place.ada, "hidden").unwrap();
    let event = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&event["content"], &event["author"]["username"]),
        (&json!(""), &json!("ada"))
    );
    place
        .fake
        .mention(place.channel, place.ada, "seen")
        .unwrap();
    assert!(
        gateway.event("MESSAGE_CREATE").await["content"]
            .as_str()
            .unwrap()
            .ends_with("seen")
    );
    place.fake.dm(place.ada, "private").unwrap();
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], "private");
    let own = place.post("own words").await;
    assert_eq!(
        gateway.event("MESSAGE_CREATE").await["content"],
        "own words"
    );
    let own = tidegate_fakes::discord::Snowflake::parse(own["id"].as_str().unwrap()).unwrap();
    let reply = Post {
        reply_to: Some(own),
        ..Post::text("a reply counts as a mention")
    };
    place.fake.post(place.channel, place.ada, reply).unwrap();
    let event = gateway.event("MESSAGE_CREATE").await;
    assert!(event["content"].as_str().unwrap().starts_with("a reply"));
    let quiet = Post {
        reply_to: Some(hidden),
        without_ping: true,
        ..Post::text("to each other")
    };
    place.fake.post(place.channel, place.ada, quiet).unwrap();
    let event = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&event["content"], &event["referenced_message"]["content"]),
        (&json!(""), &json!(""))
    );
}

#[tokio::test]
async fn rest_hides_content_that_the_portal_does_not_grant() {
    let mut settings = Settings::loose();
    settings.privileged.message_content = false;
    let place = Place::with(settings).await;
    place.fake.say(place.channel, place.ada, "hidden").unwrap();
    place.post("own").await;
    let (_, page) = place.call("GET", &place.messages(), Value::Null).await;
    assert_eq!(
        (&page[0]["content"], &page[1]["content"]),
        (&json!("own"), &json!(""))
    );
}

#[tokio::test]
async fn the_bot_hears_itself_with_its_nonce() {
    let place = Place::new().await;
    let (mut gateway, _) = place.listener().await;
    place
        .call(
            "POST",
            &place.messages(),
            json!({ "content": "x", "nonce": 42 }),
        )
        .await;
    let event = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&event["nonce"], &event["author"]["bot"]),
        (&json!("42"), &json!(true))
    );
}

#[tokio::test]
async fn every_change_is_told() {
    let place = Place::new().await;
    let (mut gateway, _) = place.listener().await;
    let said = place.fake.say(place.channel, place.ada, "one").unwrap();
    gateway.event("MESSAGE_CREATE").await;
    place.fake.unfurl(place.channel, said).unwrap();
    let update = gateway.event("MESSAGE_UPDATE").await;
    assert!(update["edited_timestamp"].is_null(), "a preview is no edit");
    place.fake.edit(place.channel, said, "two").unwrap();
    let update = gateway.event("MESSAGE_UPDATE").await;
    assert!(update["edited_timestamp"].is_string() && update["content"] == "two");
    place
        .fake
        .react(place.channel, said, place.ada, "🚀")
        .unwrap();
    let reaction = gateway.event("MESSAGE_REACTION_ADD").await;
    assert_eq!(
        (&reaction["emoji"]["name"], &reaction["message_author_id"]),
        (&json!("🚀"), &json!(place.ada))
    );
    place
        .fake
        .unreact(place.channel, said, place.ada, "🚀")
        .unwrap();
    gateway.event("MESSAGE_REACTION_REMOVE").await;
    place.fake.type_as(place.channel, place.ada).unwrap();
    gateway.event("TYPING_START").await;
    place
        .fake
        .start_thread(place.channel, said, place.ada, "side")
        .unwrap();
    assert_eq!(
        gateway.event("THREAD_CREATE").await["parent_id"],
        place.channel.to_string()
    );
    assert_eq!(
        gateway.event("MESSAGE_UPDATE").await["thread"]["id"],
        said.to_string()
    );
    assert_eq!(gateway.event("MESSAGE_CREATE").await["type"], 21);
    place.fake.delete(place.channel, said).unwrap();
    assert_eq!(
        gateway.event("MESSAGE_DELETE").await["id"],
        said.to_string()
    );
    place.fake.delete_channel(place.channel);
    gateway.event("CHANNEL_DELETE").await;
}

#[tokio::test]
async fn events_come_twice_or_swapped_if_a_test_wants_it() {
    let place = Place::new().await;
    let (mut gateway, _) = place.listener().await;
    place.fake.duplicate_dispatches(1);
    place.fake.say(place.channel, place.ada, "twice").unwrap();
    let (first, one) = gateway.numbered("MESSAGE_CREATE").await;
    let (second, two) = gateway.numbered("MESSAGE_CREATE").await;
    assert_eq!((second, &one["id"]), (first + 1, &two["id"]));
    place.fake.swap_next_dispatches();
    place.fake.say(place.channel, place.ada, "a").unwrap();
    place.fake.say(place.channel, place.ada, "b").unwrap();
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], "b");
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], "a");
}

#[tokio::test]
async fn members_are_listed_by_their_ids() {
    let place = Place::new().await;
    let (mut gateway, _) = place.listener().await;
    let wanted = json!({ "guild_id": place.guild, "user_ids": [place.ada, "9"], "nonce": "n" });
    gateway.send(8, wanted).await;
    let chunk = gateway.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(chunk["members"][0]["user"]["username"], "ada");
    assert_eq!(
        (&chunk["not_found"], &chunk["nonce"]),
        (&json!(["9"]), &json!("n"))
    );
}

#[tokio::test]
async fn votes_are_told_to_who_asked() {
    let place = Place::new().await;
    let mut gateway = place.gateway().await;
    gateway.hello().await;
    gateway.identify(&place.fake.token(), 1 << 24).await;
    gateway.event("READY").await;
    let answers =
        json!([{ "poll_media": { "text": "red" } }, { "poll_media": { "text": "blue" } }]);
    let poll = |hours: u64| json!({ "poll": { "question": { "text": "which?" }, "answers": answers, "duration": hours } });
    let (status, message) = place.call("POST", &place.messages(), poll(1)).await;
    assert_eq!(
        (status, &message["poll"]["answers"][1]["answer_id"]),
        (200, &json!(2))
    );
    let id = tidegate_fakes::discord::Snowflake::parse(message["id"].as_str().unwrap()).unwrap();
    place.fake.vote(place.channel, id, place.ada, 2).unwrap();
    assert_eq!(gateway.event("MESSAGE_POLL_VOTE_ADD").await["answer_id"], 2);
    assert!(place.fake.vote(place.channel, id, place.ada, 3).is_err());
    assert_eq!(
        place.refusal("POST", &place.messages(), poll(769)).await,
        (400, 50035)
    );
    assert_eq!(place.fake.answer_count(place.channel), 1);
}
