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

/// Runs the command line on the daemon's own state.
async fn remove(house: &House, args: &[&str]) -> std::process::Output {
    let state = house.daemon.state_dir();
    tokio::process::Command::new(env!("CARGO_BIN_EXE_tidegate"))
        .args([
            "channels",
            "remove",
            "telegram",
            "--forget-senders",
            "--url",
        ])
        .arg(house.daemon.url())
        .arg("--token-file")
        .arg(state.join("gateway.token"))
        .args(args)
        .env_clear()
        .env("HOME", state.join("nobody"))
        .env("TIDEGATE_STATE_DIR", &state)
        .kill_on_drop(true)
        .output()
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_forgotten_with_their_account() {
    let mut house = House::open(&[]).await.unwrap();
    house.say(STRANGER, "hello");
    let shown = |text: &str| text.contains("pairing approve");
    house.answer(STRANGER, shown).await.expect("the code");
    let waiting = house.call("channels.pairing.list", json!({})).await;
    let code = waiting.unwrap()["requests"][0]["code"].clone();
    let params = json!({ "channel": "telegram", "code": code });
    let approved = house.call("channels.pairing.approve", params).await;
    approved.unwrap();
    let unknown = remove(&house, &["--account", "other"]).await;
    assert!(!unknown.status.success(), "{unknown:?}");
    let senders = async || {
        let list = house.call("channels.senders.list", json!({})).await;
        list.unwrap()["senders"].as_array().unwrap().len()
    };
    assert_eq!(senders().await, 1);
    let done = remove(&house, &[]).await;
    assert!(done.status.success(), "{done:?}");
    let words = String::from_utf8(done.stderr).unwrap();
    assert!(words.contains("forgot 1 "), "{words}");
    assert_eq!(senders().await, 0);
    assert!(house.daemon.stop().await.unwrap().success());
    // Without a gateway nobody can be forgotten, and nothing changes.
    let alone = remove(&house, &[]).await;
    assert!(!alone.status.success(), "{alone:?}");
}
