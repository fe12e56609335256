//! Everything that a test can break.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::common::Fault;
use tidegate_fakes::discord::{Opening, routes};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::connect_async;

use crate::client::{Place, SOON};

#[tokio::test]
async fn calls_break_before_or_after_they_are_stored() {
    let place = Place::new().await;
    let body = json!({ "content": "x" });
    let faults = [
        (Fault::CutBeforeStoring, 0),
        (Fault::CutAfterStoring, 1),
        (Fault::CutInAnswer { after_bytes: 40 }, 2),
    ];
    for (fault, stored) in faults {
        place.fake.faults().next(routes::SEND, fault.clone());
        let answer = place.try_call("POST", &place.messages(), &body).await;
        assert!(answer.is_err(), "{fault:?}");
        assert_eq!(place.fake.answers(place.channel).len(), stored, "{fault:?}");
    }
    assert_eq!(place.call("GET", "/users/@me", Value::Null).await.0, 200);
}

#[tokio::test]
async fn silence_is_silent_and_slow_is_slow() {
    let place = Place::new().await;
    let body = json!({ "content": "x" });
    for (fault, stored) in [(Fault::Silence, 0), (Fault::SilenceAfterStoring, 1)] {
        place.fake.faults().next(routes::SEND, fault);
        let path = place.messages();
        let asked = place.try_call("POST", &path, &body);
        assert!(timeout(Duration::from_millis(200), asked).await.is_err());
        assert_eq!(place.fake.answers(place.channel).len(), stored);
    }
    place
        .fake
        .faults()
        .next(routes::SEND, Fault::SlowHeaders(Duration::from_millis(150)));
    let from = Instant::now();
    place.post("late").await;
    assert!(from.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn refusals_have_the_vendors_form() {
    let place = Place::new().await;
    let wait = Duration::from_millis(1500);
    place
        .fake
        .faults()
        .next(routes::ME, Fault::TooMany { retry_after: wait });
    let limited = place
        .try_call("GET", "/users/@me", &Value::Null)
        .await
        .unwrap();
    let body: Value = serde_json::from_slice(&limited.body).unwrap();
    assert_eq!(
        (
            limited.status,
            limited.header("retry-after"),
            &body["retry_after"]
        ),
        (429, Some("2"), &json!(1.5))
    );
    for status in [500, 502, 503] {
        place.fake.faults().next(routes::ME, Fault::Status(status));
        assert_eq!(place.call("GET", "/users/@me", Value::Null).await.0, status);
    }
    assert_eq!(place.call("GET", "/users/@me", Value::Null).await.0, 200);
    place.fake.revoke_token();
    assert_eq!(
        place.refusal("GET", "/users/@me", Value::Null).await,
        (401, 0)
    );
}

#[tokio::test]
async fn gateway_connections_begin_badly() {
    let place = Place::new().await;
    let root = place
        .fake
        .api_root()
        .replace("http", "ws")
        .replace("/api/v10", "");
    let url = format!("{root}/?v=10");
    place.fake.next_connections(&[
        Opening::Unavailable,
        Opening::NoAnswer,
        Opening::NoHello,
        Opening::NoReady,
        Opening::CutInReady,
    ]);
    assert!(connect_async(&url).await.is_err());
    let moment = Duration::from_millis(200);
    assert!(timeout(moment, connect_async(&url)).await.is_err());
    let mut deaf = place.gateway().await;
    assert!(timeout(moment, deaf.next()).await.is_err());
    let mut unready = place.gateway().await;
    unready.hello().await;
    unready.identify(&place.fake.token(), 1).await;
    assert!(unready.is_quiet().await);
    let mut cut = place.gateway().await;
    cut.hello().await;
    cut.identify(&place.fake.token(), 1).await;
    assert_eq!(cut.next().await, Err(1006));
    place.listener().await;
}

#[tokio::test]
async fn gateway_connections_end_badly() {
    let place = Place::new().await;
    let (mut gateway, ready) = place.listener().await;
    place.fake.ask_for_heartbeat();
    gateway.op(1).await;
    place.fake.ask_to_reconnect();
    gateway.op(7).await;
    place.fake.cut_in_next_dispatch();
    place.fake.say(place.channel, place.ada, "torn").unwrap();
    assert_eq!(gateway.next().await, Err(1006));

    let resume = |seq| {
        let (place, ready) = (&place, &ready);
        async move {
            let mut gateway = place.gateway().await;
            gateway.hello().await;
            gateway
                .resume(&place.fake.token(), &ready["session_id"], seq)
                .await;
            gateway
        }
    };
    let mut gateway = resume(2).await;
    assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], "torn");
    gateway.event("RESUMED").await;
    place.fake.close_connections(4000);
    assert_eq!(gateway.next().await, Err(4000));

    place.fake.rewind_next_resume(1);
    let mut gateway = resume(3).await;
    assert_eq!(
        gateway.event("MESSAGE_CREATE").await["content"],
        "torn",
        "once more"
    );
    gateway.event("RESUMED").await;
    gateway.event("RESUMED").await;
    place.fake.swallow_connections();
    place
        .fake
        .say(place.channel, place.ada, "swallowed")
        .unwrap();
    gateway.send(1, Value::Null).await;
    assert!(
        timeout(Duration::from_millis(200), gateway.next())
            .await
            .is_err()
    );
    place
        .fake
        .commands()
        .wait_for(SOON, |all| all.iter().any(|one| one.op == 1).then_some(()))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_zombie_hears_and_does_not_answer() {
    let place = Place::new().await;
    let (mut gateway, _) = place.listener().await;
    place.fake.stop_heartbeat_acks();
    gateway.send(1, Value::Null).await;
    place
        .fake
        .commands()
        .wait_for(SOON, |all| all.iter().any(|one| one.op == 1).then_some(()))
        .await
        .unwrap();
    place
        .fake
        .say(place.channel, place.ada, "still here")
        .unwrap();
    assert_eq!(
        gateway.event("MESSAGE_CREATE").await["content"],
        "still here"
    );
}
