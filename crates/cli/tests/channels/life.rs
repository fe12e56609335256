//! A stranger is let in, messages are answered, and where they went can be asked.

use serde_json::json;

use crate::house::{House, OWNER, STRANGER};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_is_let_in_and_answered() {
    let mut house = House::open(&[]).await.unwrap();
    house.say(STRANGER, "hello");
    let told = house
        .answer(STRANGER, |text| text.contains("pairing approve"))
        .await
        .expect("the code");
    house.say(STRANGER, "hello?");
    let waiting = house
        .call("channels.pairing.list", json!({}))
        .await
        .unwrap();
    let code = waiting["requests"][0]["code"].as_str().unwrap().to_owned();
    assert!(told.text.contains(&code), "{} {code}", told.text);
    let params = json!({ "channel": "telegram", "code": code });
    house
        .call("channels.pairing.approve", params)
        .await
        .unwrap();
    house
        .answer(STRANGER, |text| text.contains("let in"))
        .await
        .expect("a welcome");
    house.say(STRANGER, "now answer me");
    let answer = house
        .answer(STRANGER, |text| text.contains("now answer me"))
        .await
        .expect("an answer");
    house.say(STRANGER, "/new");
    house
        .answer(STRANGER, |text| text.contains("operator.admin"))
        .await
        .expect("a refusal");
    // The owner's words of the same kind are carried out.
    house.say(OWNER, "/new");
    house
        .answer(OWNER, |text| text.contains("new conversation"))
        .await
        .expect("a new conversation");
    let traced = house
        .call("messages.trace", json!({ "id": answer.id.to_string() }))
        .await
        .unwrap();
    let text = traced.to_string();
    assert!(text.contains("\"answered\""), "{text}");
    assert!(house.daemon.stop().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_network_is_not_called_live() {
    let mut house = House::open(&[]).await.unwrap();
    house.say(OWNER, "/status");
    house
        .answer(OWNER, |text| text.contains("Tidegate"))
        .await
        .expect("an answer");
    let state = |status: &serde_json::Value| {
        status["channelAccounts"]["telegram"][0]["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let status = house.call("channels.status", json!({})).await.unwrap();
    assert_eq!(state(&status), "live", "{status}");
    house.fake.go_down().await;
    let mut client = house.owner().await.unwrap();
    let left = client.wait_event("channels.changed", |_| true).await;
    left.unwrap();
    let status = house.call("channels.status", json!({})).await.unwrap();
    assert_ne!(state(&status), "live", "{status}");
    house.fake.come_back().await.unwrap();
    house.say(OWNER, "are you there?");
    house
        .answer(OWNER, |text| text.contains("are you there?"))
        .await
        .expect("an answer after the network came back");
}
