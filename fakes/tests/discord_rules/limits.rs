//! Rate limits.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::discord::{Rate, Rates, Settings};

use crate::client::Place;

#[tokio::test]
async fn a_full_bucket_says_how_long_it_is_full() {
    let rates = Rates {
        send: Rate::new(2, Duration::from_mins(1)),
        ..Rates::loose()
    };
    let place = Place::with(Settings {
        rates,
        ..Settings::loose()
    })
    .await;
    let body = json!({ "content": "x" });
    let first = place
        .try_call("POST", &place.messages(), &body)
        .await
        .unwrap();
    assert_eq!(first.header("x-ratelimit-limit"), Some("2"));
    assert_eq!(first.header("x-ratelimit-remaining"), Some("1"));
    place.post("y").await;
    let full = place
        .try_call("POST", &place.messages(), &body)
        .await
        .unwrap();
    let error: Value = serde_json::from_slice(&full.body).unwrap();
    assert_eq!((full.status, &error["global"]), (429, &json!(false)));
    let seconds = error["retry_after"].as_f64().unwrap();
    assert!((50.0..=60.0).contains(&seconds), "{seconds}");
    assert_eq!(full.header("x-ratelimit-scope"), Some("user"));
    assert_eq!(
        full.header("x-ratelimit-bucket"),
        first.header("x-ratelimit-bucket")
    );
    let whole: f64 = full.header("retry-after").unwrap().parse().unwrap();
    assert!(whole >= seconds && whole < seconds + 1.0);
    assert_eq!(
        place.fake.answers(place.channel).len(),
        2,
        "nothing was posted"
    );

    let other = place.fake.add_text_channel(place.guild, "other");
    assert_eq!(
        place
            .refusal("POST", &format!("/channels/{other}/messages"), body.clone())
            .await,
        (200, -1)
    );
    place.fake.clock().skew_ms(61_000);
    assert_eq!(
        place.refusal("POST", &place.messages(), body).await,
        (200, -1)
    );
}

#[tokio::test]
async fn the_global_limit_is_told_apart() {
    let rates = Rates {
        global: Rate::new(3, Duration::from_mins(1)),
        ..Rates::loose()
    };
    let place = Place::with(Settings {
        rates,
        ..Settings::loose()
    })
    .await;
    for _ in 0..3 {
        assert_eq!(place.call("GET", "/users/@me", Value::Null).await.0, 200);
    }
    let full = place
        .try_call("GET", "/gateway/bot", &Value::Null)
        .await
        .unwrap();
    assert_eq!(
        (full.status, full.header("x-ratelimit-global")),
        (429, Some("true"))
    );
    assert_eq!(full.header("x-ratelimit-bucket"), None);
    let error: Value = serde_json::from_slice(&full.body).unwrap();
    assert_eq!(error["global"], true);
}

#[tokio::test]
async fn too_many_invalid_requests_shut_the_address_out() {
    let place = Place::with(Settings {
        invalid_requests: 3,
        ..Settings::loose()
    })
    .await;
    for _ in 0..3 {
        let reply = place
            .raw("GET", "/users/@me", &[("authorization", "Bot no")], b"")
            .await
            .unwrap();
        assert_eq!(reply.status, 401);
    }
    let out = place
        .try_call("GET", "/users/@me", &Value::Null)
        .await
        .unwrap();
    assert_eq!((out.status, &*out.body), (429, &b"error code: 1015"[..]));
    assert_eq!(out.header("retry-after"), None);
    place.fake.clock().skew_ms(11 * 60_000);
    assert_eq!(place.call("GET", "/users/@me", Value::Null).await.0, 200);
}
