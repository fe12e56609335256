//! Deadlines and tokens of interactions.

use serde_json::{Value, json};

use crate::client::{Gateway, Place};

/// A command typed, as the bot hears of it.
async fn asked(place: &Place, gateway: &mut Gateway) -> (String, String) {
    place
        .fake
        .slash(place.channel, place.ada, "status", &[])
        .unwrap();
    let event = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&event["type"], &event["data"]["name"]),
        (&json!(2), &json!("status"))
    );
    assert_eq!(event["member"]["user"]["id"], place.ada.to_string());
    let (id, token) = (
        event["id"].as_str().unwrap(),
        event["token"].as_str().unwrap(),
    );
    (
        format!("/interactions/{id}/{token}/callback"),
        format!("/webhooks/{}/{token}", place.fake.bot()),
    )
}

async fn ready() -> (Place, Gateway) {
    let place = Place::new().await;
    let path = format!("/applications/{}/commands", place.fake.bot());
    place
        .call(
            "PUT",
            &path,
            json!([{ "name": "status", "description": "d" }]),
        )
        .await;
    let (gateway, _) = place.listener().await;
    (place, gateway)
}

#[tokio::test]
async fn an_interaction_is_answered_once_and_in_time() {
    let (place, mut gateway) = ready().await;
    let answer = json!({ "type": 4, "data": { "content": "fine" } });
    let (callback, webhook) = asked(&place, &mut gateway).await;
    assert_eq!(
        place
            .refusal("POST", &webhook, json!({ "content": "early" }))
            .await,
        (404, 10015)
    );
    assert_eq!(
        place.refusal("POST", &callback, json!({ "type": 6 })).await,
        (400, 50035)
    );
    assert_eq!(
        place.refusal("POST", &callback, answer.clone()).await,
        (204, -1)
    );
    assert_eq!(
        place.refusal("POST", &callback, answer.clone()).await,
        (400, 40060)
    );
    assert_eq!(gateway.event("MESSAGE_CREATE").await["type"], 20);

    let (callback, _) = asked(&place, &mut gateway).await;
    place.fake.clock().skew_ms(3_100);
    assert_eq!(
        place.refusal("POST", &callback, answer.clone()).await,
        (404, 10062)
    );
    assert_eq!(
        place
            .refusal("POST", "/interactions/1/x/callback", answer)
            .await,
        (404, 10062)
    );
}

#[tokio::test]
async fn a_deferred_answer_is_settled_by_the_first_follow_up() {
    let (place, mut gateway) = ready().await;
    let (callback, webhook) = asked(&place, &mut gateway).await;
    assert_eq!(
        place.refusal("POST", &callback, json!({ "type": 5 })).await,
        (204, -1)
    );
    assert_eq!(place.fake.answers(place.channel)[0].flags, 128, "thinking");
    let (_, settled) = place
        .call("POST", &webhook, json!({ "content": "thought" }))
        .await;
    let (_, more) = place
        .call("POST", &webhook, json!({ "content": "more" }))
        .await;
    assert_ne!(settled["id"], more["id"]);
    let seen = place.fake.answers(place.channel);
    assert_eq!(
        (seen.len(), seen[0].flags, &*seen[0].content),
        (2, 0, "thought")
    );
    let original = format!("{webhook}/messages/@original");
    assert_eq!(
        place.call("GET", &original, Value::Null).await.1["id"],
        settled["id"]
    );
    assert_eq!(
        place
            .call("PATCH", &original, json!({ "content": "twice" }))
            .await
            .1["content"],
        "twice"
    );
    assert_eq!(
        place.refusal("DELETE", &original, Value::Null).await,
        (204, -1)
    );
    place.fake.clock().skew_ms(16 * 60_000);
    assert_eq!(
        place
            .refusal("POST", &webhook, json!({ "content": "late" }))
            .await,
        (401, 50027)
    );
}

#[tokio::test]
async fn an_answer_for_one_person_is_nobody_elses() {
    let (place, mut gateway) = ready().await;
    let (callback, _) = asked(&place, &mut gateway).await;
    let secret = json!({ "type": 4, "data": { "content": "psst", "flags": 64 } });
    assert_eq!(place.refusal("POST", &callback, secret).await, (204, -1));
    assert!(gateway.is_quiet().await);
    assert_eq!(
        place.call("GET", &place.messages(), Value::Null).await.1,
        json!([])
    );
    assert_eq!(place.fake.answers(place.channel)[0].content, "psst");
}
