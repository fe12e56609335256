//! HELLO, IDENTIFY, heartbeats, RESUME, close codes.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::discord::{Privileged, Settings};
use tokio_tungstenite::connect_async;

use crate::client::{Gateway, INTENTS, Place, SOON};

#[tokio::test]
async fn ready_tells_what_a_client_needs() {
    let place = Place::new().await;
    let mut gateway = place.gateway().await;
    assert_eq!(gateway.hello().await, 41_250);
    gateway
        .identify(&format!("Bot {}", place.fake.token()), INTENTS)
        .await;
    let (number, ready) = gateway.numbered("READY").await;
    assert_eq!((number, &ready["v"]), (1, &json!(10)));
    assert_eq!(ready["user"]["id"], place.fake.bot().to_string());
    assert_eq!(
        ready["guilds"],
        json!([{ "id": place.guild, "unavailable": true }])
    );
    let (number, guild) = gateway.numbered("GUILD_CREATE").await;
    assert_eq!((number, &guild["name"]), (2, &json!("Harbour")));
    assert_eq!(guild["channels"][0]["id"], place.channel.to_string());
    gateway.send(1, json!(2)).await;
    gateway.op(11).await;
}

#[tokio::test]
async fn what_is_wrong_is_told_by_close_codes() {
    let off = Privileged {
        message_content: false,
        guild_members: false,
        guild_presences: false,
    };
    let place = Place::with(Settings {
        privileged: off,
        ..Settings::loose()
    })
    .await;
    let token = place.fake.token();
    let identify = |token: &str, intents: u64, more: Value| {
        let mut data = json!({ "token": token, "intents": intents, "properties": {} });
        for (key, value) in more.as_object().unwrap() {
            data[key] = value.clone();
        }
        json!({ "op": 2, "d": data }).to_string()
    };
    let cases = [
        (identify("wrong", 1, json!({})), 4004),
        (identify(&token, 1 << 15, json!({})), 4014),
        (identify(&token, 1 << 30, json!({})), 4013),
        (identify(&token, 1, json!({ "shard": [1, 1] })), 4010),
        (json!({ "op": 3, "d": {} }).to_string(), 4003),
        (json!({ "op": 99 }).to_string(), 4001),
        ("no json".to_owned(), 4002),
        (json!({ "op": 1, "d": "x".repeat(4096) }).to_string(), 4002),
        (
            json!({ "op": 6, "d": { "token": token, "session_id": "x" } }).to_string(),
            4007,
        ),
    ];
    for (frame, code) in cases {
        let mut gateway = place.gateway().await;
        gateway.hello().await;
        gateway.send_text(frame.clone()).await;
        assert_eq!(gateway.next().await, Err(code), "{frame}");
    }
    let mut gateway = place.gateway().await;
    gateway.hello().await;
    gateway.identify(&token, 1 << 9).await;
    gateway.event("READY").await;
    gateway.identify(&token, 1 << 9).await;
    assert_eq!(gateway.next().await, Err(4005));
}

#[tokio::test]
async fn the_address_names_version_and_encoding() {
    let place = Place::new().await;
    let root = place
        .fake
        .api_root()
        .replace("http", "ws")
        .replace("/api/v10", "");
    let mut old = Gateway::open(&format!("{root}/?v=5&encoding=json")).await;
    assert_eq!(old.next().await, Err(4012));
    for query in ["v=10&encoding=etf", "v=10&compress=zlib-stream"] {
        assert!(
            connect_async(format!("{root}/?{query}")).await.is_err(),
            "{query}"
        );
    }
}

#[tokio::test]
async fn who_keeps_quiet_is_closed() {
    let place = Place::with(Settings {
        heartbeat: Duration::from_millis(600),
        ..Settings::loose()
    })
    .await;
    let (mut gateway, ready) = place.listener().await;
    assert_eq!(gateway.next().await, Err(4009));
    let mut again = place.gateway().await;
    again.hello().await;
    again
        .resume(&place.fake.token(), &ready["session_id"], 2)
        .await;
    again.event("RESUMED").await;
}

#[tokio::test]
async fn identifying_and_talking_have_limits() {
    let settings = Settings {
        max_concurrency: 1,
        gateway_commands: 5,
        ..Settings::loose()
    };
    let place = Place::with(settings).await;
    let (mut first, _) = place.listener().await;
    let mut second = place.gateway().await;
    second.hello().await;
    second.identify(&place.fake.token(), 1).await;
    assert_eq!(second.op(9).await["d"], false);
    place.fake.clock().skew_ms(5_000);
    second.identify(&place.fake.token(), 1).await;
    second.event("READY").await;
    for _ in 0..4 {
        first.send(1, Value::Null).await;
        first.op(11).await;
    }
    first.send(1, Value::Null).await;
    // The clock went on five seconds, so the identify still counts.
    assert_eq!(first.next().await, Err(4008));
}

#[tokio::test]
async fn a_resume_brings_what_was_missed_and_nothing_else() {
    let place = Place::new().await;
    let (mut gateway, ready) = place.listener().await;
    let token = place.fake.token();
    let session = &ready["session_id"];
    place.fake.say(place.channel, place.ada, "heard").unwrap();
    let (seq, _) = gateway.numbered("MESSAGE_CREATE").await;
    gateway.close(4000).await;
    place
        .fake
        .wait_for(SOON, |fake| (fake.listeners() == 0).then_some(()))
        .await
        .unwrap();
    place.fake.say(place.channel, place.ada, "missed").unwrap();

    let mut again = Gateway::open(&format!(
        "{}?v=10",
        ready["resume_gateway_url"].as_str().unwrap()
    ))
    .await;
    again.hello().await;
    again.resume(&token, session, seq).await;
    let (missed, event) = again.numbered("MESSAGE_CREATE").await;
    assert_eq!((missed, &event["content"]), (seq + 1, &json!("missed")));
    assert_eq!(again.numbered("RESUMED").await.0, seq + 2);
    assert!(again.is_quiet().await);

    // The session follows the newest connection.
    let mut newest = place.gateway().await;
    newest.hello().await;
    newest.resume(&token, session, seq + 2).await;
    newest.event("RESUMED").await;
    assert_eq!(again.next().await, Err(1006));
    newest.close(1000).await;
    place
        .fake
        .wait_for(SOON, |fake| (fake.sessions() == 0).then_some(()))
        .await
        .unwrap();
    let mut late = place.gateway().await;
    late.hello().await;
    late.resume(&token, session, seq).await;
    assert_eq!(
        late.op(9).await["d"],
        false,
        "a close with 1000 ends the session"
    );
}

#[tokio::test]
async fn a_resume_that_cannot_be_whole_is_refused() {
    let place = Place::with(Settings {
        replay_events: 2,
        ..Settings::loose()
    })
    .await;
    let (gateway, ready) = place.listener().await;
    let (token, session) = (place.fake.token(), &ready["session_id"]);
    gateway.close(4000).await;
    for number in 0..3 {
        place
            .fake
            .say(place.channel, place.ada, &number.to_string())
            .unwrap();
    }
    let mut again = place.gateway().await;
    again.hello().await;
    again.resume(&token, session, 99).await;
    assert_eq!(again.next().await, Err(4007));
    let mut again = place.gateway().await;
    again.hello().await;
    again.resume(&token, session, 2).await;
    assert_eq!(again.op(9).await["d"], false);

    let (gateway, ready) = place.listener().await;
    gateway.close(4000).await;
    place
        .fake
        .wait_for(SOON, |fake| (fake.listeners() == 0).then_some(()))
        .await
        .unwrap();
    place.fake.clock().skew_ms(4 * 60_000);
    let mut late = place.gateway().await;
    late.hello().await;
    late.resume(&token, &ready["session_id"], 2).await;
    assert_eq!(
        late.op(9).await["d"],
        false,
        "a session lives for minutes only"
    );
}

#[tokio::test]
async fn the_last_session_start_of_a_day_costs_the_token() {
    let place = Place::with(Settings {
        session_starts: 1,
        ..Settings::loose()
    })
    .await;
    let (mut first, _) = place.listener().await;
    let mut second = place.gateway().await;
    second.hello().await;
    second.identify(&place.fake.token(), 1).await;
    assert_eq!(second.next().await, Err(4004));
    assert_eq!(first.next().await, Err(4004));
    assert_eq!(place.call("GET", "/users/@me", Value::Null).await.0, 401);
}
