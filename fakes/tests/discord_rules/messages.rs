//! Posting, reading, editing, reacting.

use serde_json::{Value, json};

use crate::client::Place;

#[tokio::test]
async fn who_is_not_the_bot_is_refused() {
    let place = Place::new().await;
    let bare = place.fake.token();
    for token in ["", "Bot wrong", &bare] {
        let reply = place
            .raw("GET", "/users/@me", &[("authorization", token)], b"")
            .await
            .unwrap();
        assert_eq!(reply.status, 401);
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(body, json!({ "message": "401: Unauthorized", "code": 0 }));
    }
    assert_eq!(place.fake.invalid_requests(), 3);
    assert_eq!(
        place.call("GET", "/users/@me", Value::Null).await.1["id"],
        place.fake.bot().to_string()
    );
    assert_eq!(
        place.refusal("GET", "/nowhere", Value::Null).await,
        (404, 0)
    );
    assert_eq!(
        place.refusal("PUT", "/users/@me", Value::Null).await,
        (405, 0)
    );
}

#[tokio::test]
async fn a_message_has_2000_characters_at_most_and_one_at_least() {
    let place = Place::new().await;
    let send = |text: String| {
        let place = &place;
        async move {
            place
                .refusal("POST", &place.messages(), json!({ "content": text }))
                .await
        }
    };
    assert_eq!(send("ä".repeat(2000)).await, (200, -1));
    assert_eq!(send("ä".repeat(2001)).await, (400, 50035));
    assert_eq!(send(" \n ".to_owned()).await, (400, 50006));
    assert_eq!(
        place.refusal("POST", &place.messages(), json!({})).await,
        (400, 50006)
    );
    let (_, error) = place
        .call(
            "POST",
            &place.messages(),
            json!({ "content": "x".repeat(2001) }),
        )
        .await;
    assert_eq!(
        error["errors"]["content"]["_errors"][0]["code"],
        "BASE_TYPE_MAX_LENGTH"
    );
    let reply = place
        .raw(
            "POST",
            &place.messages(),
            &[
                ("authorization", &format!("Bot {}", place.fake.token())),
                ("content-type", "application/json"),
            ],
            b"{",
        )
        .await
        .unwrap();
    assert!(String::from_utf8_lossy(&reply.body).contains("50109"));
    assert_eq!(place.post("  kept  ").await["content"], "kept");
}

#[tokio::test]
async fn places_that_are_closed_say_so() {
    let place = Place::new().await;
    let send = json!({ "content": "x" });
    assert_eq!(
        place
            .refusal("POST", "/channels/5/messages", send.clone())
            .await,
        (404, 10003)
    );
    place.fake.set_writable(place.channel, false);
    assert_eq!(
        place.refusal("POST", &place.messages(), send.clone()).await,
        (403, 50013)
    );
    place.fake.set_visible(place.channel, false);
    assert_eq!(
        place.refusal("POST", &place.messages(), send.clone()).await,
        (403, 50001)
    );
    assert_eq!(
        place.refusal("GET", &place.messages(), Value::Null).await,
        (403, 50001)
    );

    let peer = json!({ "recipient_id": place.ada });
    let (_, dm) = place
        .call("POST", "/users/@me/channels", peer.clone())
        .await;
    let (_, same) = place.call("POST", "/users/@me/channels", peer).await;
    assert_eq!(dm["id"], same["id"]);
    let path = format!("/channels/{}/messages", dm["id"].as_str().unwrap());
    assert_eq!(place.refusal("POST", &path, send.clone()).await, (200, -1));
    place.fake.close_dms(place.ada);
    assert_eq!(place.refusal("POST", &path, send).await, (403, 50007));
    let nobody = json!({ "recipient_id": "7" });
    assert_eq!(
        place.refusal("POST", "/users/@me/channels", nobody).await,
        (400, 50033)
    );
}

#[tokio::test]
async fn a_nonce_makes_a_post_repeatable() {
    let place = Place::new().await;
    let body = json!({ "content": "once", "nonce": "n-1", "enforce_nonce": true });
    let (_, first) = place.call("POST", &place.messages(), body.clone()).await;
    let other = json!({ "content": "other words", "nonce": "n-1", "enforce_nonce": true });
    let (_, second) = place.call("POST", &place.messages(), other).await;
    assert_eq!(
        (&first["id"], &first["nonce"]),
        (&second["id"], &json!("n-1"))
    );
    assert_eq!(second["content"], "once");
    let lax = json!({ "content": "twice", "nonce": "n-1" });
    let (_, third) = place.call("POST", &place.messages(), lax).await;
    assert_ne!(
        first["id"], third["id"],
        "without enforce_nonce it is a label"
    );
    place.fake.clock().skew_ms(6 * 60_000);
    let (_, late) = place.call("POST", &place.messages(), body).await;
    assert_ne!(third["id"], late["id"], "forgotten after some minutes");
    let long = json!({ "content": "x", "nonce": "x".repeat(26) });
    assert_eq!(
        place.refusal("POST", &place.messages(), long).await,
        (400, 50035)
    );
    let (_, page) = place.call("GET", &place.messages(), Value::Null).await;
    assert_eq!(page[0].get("nonce"), None, "history does not know it");
}

#[tokio::test]
async fn a_reply_needs_its_message() {
    let place = Place::new().await;
    let asked = place
        .fake
        .say(place.channel, place.ada, "question")
        .unwrap();
    let reply = |reference: Value| json!({ "content": "answer", "message_reference": reference });
    let (_, good) = place
        .call(
            "POST",
            &place.messages(),
            reply(json!({ "message_id": asked })),
        )
        .await;
    assert_eq!(
        (&good["type"], &good["referenced_message"]["content"]),
        (&json!(19), &json!("question"))
    );
    let gone = json!({ "message_id": "77" });
    let (status, error) = place.call("POST", &place.messages(), reply(gone)).await;
    assert_eq!(
        (
            status,
            &error["errors"]["message_reference"]["_errors"][0]["code"]
        ),
        (400, &json!("MESSAGE_REFERENCE_UNKNOWN_MESSAGE"))
    );
    let lax = json!({ "message_id": "77", "fail_if_not_exists": false });
    assert_eq!(
        place.call("POST", &place.messages(), reply(lax)).await.1["type"],
        0
    );
    let elsewhere = json!({ "message_id": asked, "channel_id": "1" });
    assert_eq!(
        place
            .refusal("POST", &place.messages(), reply(elsewhere))
            .await,
        (400, 50035)
    );
}

#[tokio::test]
async fn only_who_is_allowed_is_notified() {
    let place = Place::new().await;
    let text = format!("<@{}> @everyone", place.ada);
    let send = |allowed: Value| json!({ "content": text, "allowed_mentions": allowed });
    let (_, all) = place
        .call("POST", &place.messages(), json!({ "content": text }))
        .await;
    assert_eq!(
        (
            all["mentions"].as_array().unwrap().len(),
            &all["mention_everyone"]
        ),
        (1, &json!(true))
    );
    let (_, none) = place
        .call("POST", &place.messages(), send(json!({ "parse": [] })))
        .await;
    assert_eq!(
        (&none["mentions"], &none["mention_everyone"]),
        (&json!([]), &json!(false))
    );
    let both = json!({ "parse": ["users"], "users": [place.ada] });
    assert_eq!(
        place.refusal("POST", &place.messages(), send(both)).await,
        (400, 50035)
    );
}

#[tokio::test]
async fn only_own_messages_are_changed() {
    let place = Place::new().await;
    let theirs = place.fake.say(place.channel, place.ada, "theirs").unwrap();
    let path = format!("{}/{theirs}", place.messages());
    assert_eq!(
        place
            .refusal("PATCH", &path, json!({ "content": "x" }))
            .await,
        (403, 50005)
    );
    assert_eq!(
        place.refusal("DELETE", &path, Value::Null).await,
        (403, 50013)
    );
    let dm = place.fake.dm_channel(place.ada);
    let said = place.fake.dm(place.ada, "hi").unwrap();
    assert_eq!(
        place
            .refusal(
                "DELETE",
                &format!("/channels/{dm}/messages/{said}"),
                Value::Null
            )
            .await,
        (403, 50003)
    );

    let mine = place.post("mine").await;
    let path = format!("{}/{}", place.messages(), mine["id"].as_str().unwrap());
    let (_, edited) = place
        .call("PATCH", &path, json!({ "content": "better" }))
        .await;
    assert_eq!(edited["content"], "better");
    assert!(edited["edited_timestamp"].is_string() && mine["edited_timestamp"].is_null());
    assert_eq!(
        place
            .refusal("PATCH", &path, json!({ "content": "" }))
            .await,
        (400, 50006)
    );
    assert_eq!(
        place
            .refusal("PATCH", &path, json!({ "content": "x".repeat(2001) }))
            .await,
        (400, 50035)
    );
    assert_eq!(place.refusal("DELETE", &path, Value::Null).await, (204, -1));
    assert_eq!(
        place
            .refusal("PATCH", &path, json!({ "content": "x" }))
            .await,
        (404, 10008)
    );
    assert_eq!(place.refusal("GET", &path, Value::Null).await, (404, 10008));
}

#[tokio::test]
async fn history_turns_its_pages() {
    let place = Place::new().await;
    let ids: Vec<_> = (1..=5)
        .map(|number| {
            place
                .fake
                .say(place.channel, place.ada, &number.to_string())
                .unwrap()
        })
        .collect();
    let page = |query: String| {
        let place = &place;
        async move {
            let (_, page) = place
                .call("GET", &format!("{}?{query}", place.messages()), Value::Null)
                .await;
            let texts = page
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["content"].as_str().unwrap().to_owned());
            texts.collect::<String>()
        }
    };
    assert_eq!(page("limit=2".to_owned()).await, "54");
    assert_eq!(page(format!("limit=2&before={}", ids[3])).await, "32");
    assert_eq!(page(format!("limit=2&after={}", ids[1])).await, "43");
    assert_eq!(page(format!("limit=3&around={}", ids[2])).await, "432");
    for query in ["limit=0", "limit=101", "limit=x", "after=x"] {
        let path = format!("{}?{query}", place.messages());
        assert_eq!(
            place.refusal("GET", &path, Value::Null).await,
            (400, 50035),
            "{query}"
        );
    }
}

#[tokio::test]
async fn reactions_are_put_once_and_twenty_at_most() {
    let place = Place::new().await;
    let said = place.fake.say(place.channel, place.ada, "hi").unwrap();
    let react = |emoji: String| {
        let place = &place;
        let path = format!("{}/{said}/reactions/{emoji}/@me", place.messages());
        async move { place.refusal("PUT", &path, Value::Null).await }
    };
    assert_eq!(react("%F0%9F%91%8D".to_owned()).await, (204, -1));
    assert_eq!(react("%F0%9F%91%8D".to_owned()).await, (204, -1));
    assert_eq!(react("ok".to_owned()).await, (400, 10014));
    assert_eq!(react("blob:5".to_owned()).await, (400, 10014));
    let blob = place.fake.add_emoji(place.guild, "blob");
    assert_eq!(react(format!("blob%3A{blob}")).await, (204, -1));
    let seen = place.fake.messages(place.channel)[0].reactions.clone();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].users, [place.fake.bot()]);
    for low in 0x80..0x92 {
        assert_eq!(react(format!("%F0%9F%98%{low:X}")).await, (204, -1));
    }
    assert_eq!(react("%F0%9F%9A%80".to_owned()).await, (400, 30010));
    let path = format!("{}/{said}/reactions/%F0%9F%91%8D/@me", place.messages());
    assert_eq!(place.refusal("DELETE", &path, Value::Null).await, (204, -1));
    assert_eq!(place.fake.messages(place.channel)[0].reactions.len(), 19);
}
