//! Two agents with folders of their own, each behind a chat: who is told what.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_fakes::telegram::{Setup, TelegramFake};
use tidegate_testkit::{MockProvider, Reply};

use crate::house::{House, OWNER, PATIENCE};

/// Let in, and bound to the second agent.
const GUEST: i64 = 8;
/// Each file of a workspace, and what is written into it.
const FILES: [(&str, &str); 3] = [
    ("AGENTS.md", "manners"),
    ("USER.md", "home address"),
    ("MEMORY.md", "old story"),
];

fn write_words(dir: &Path, of: &str) {
    for (file, words) in FILES {
        std::fs::write(dir.join(file), format!("The {words} of {of}.")).unwrap();
    }
}

/// A model that repeats the last words to it.
async fn echo() -> MockProvider {
    let provider = MockProvider::start(|words| Reply::Words {
        pieces: vec![format!("heard {words}")],
        pause: Duration::ZERO,
        usage: (10, 4),
    });
    provider.await.unwrap()
}

fn agents(config: &mut Value, model: &str, bobs: &Path) {
    config["models"] = json!({ "providers": { "mock": {
        "api": "openai", "baseUrl": model, "models": [{ "id": "mock-1" }],
    } } });
    config["agents"] = json!({ "list": [{ "id": "ana" }, { "id": "bob", "workspace": bobs }] });
    let guest = json!({ "kind": "direct", "id": GUEST.to_string() });
    config["bindings"] =
        json!([{ "agentId": "bob", "match": { "channel": "telegram", "peer": guest } }]);
    config["channels"]["telegram"]["allowFrom"] = json!([OWNER.to_string(), GUEST.to_string()]);
}

/// What the model was told about itself in the turn that answered these words.
fn told(provider: &MockProvider, words: &str) -> String {
    let requests = provider.requests();
    let asked = requests.iter().rev().find(|request| {
        let last = request["messages"].as_array().and_then(|all| all.last());
        last.is_some_and(|message| message["content"].to_string().contains(words))
    });
    let messages = &asked.unwrap()["messages"];
    assert_eq!(messages[0]["role"], "system", "{messages}");
    messages[0]["content"].as_str().unwrap().to_owned()
}

/// Says something on the network and gives what the model was told about itself.
async fn asks(house: &House, provider: &MockProvider, who: i64, words: &str) -> String {
    house.say(who, words);
    let answer = house.answer(who, |text| text.contains(words)).await;
    assert!(answer.is_some(), "no answer to {words}");
    told(provider, words)
}

/// The same from the page.
async fn types(house: &House, provider: &MockProvider, key: &str, words: &str) -> String {
    let mut client = house.owner().await.unwrap();
    let params = json!({ "sessionKey": key, "message": words, "idempotencyKey": words });
    client.request("chat.send", params).await.unwrap();
    let ended = client.wait_event("chat", |chat| chat["state"] == "final");
    tokio::time::timeout(PATIENCE, ended)
        .await
        .unwrap()
        .unwrap();
    told(provider, words)
}

fn has(told: &str, of: &str) -> [bool; 3] {
    FILES.map(|(_, words)| told.contains(&format!("The {words} of {of}.")))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_agent_is_told_its_own_words_and_guests_hear_nothing_of_the_owner() {
    let provider = echo().await;
    let fake = TelegramFake::start_with(Setup::default()).await.unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let bobs = elsewhere.path().join("bob");
    let mut house = House::around(fake, &[], |config| {
        agents(config, &provider.base_url(), &bobs);
    })
    .await
    .unwrap();
    let anas = house.daemon.state_dir().join("workspaces/ana");
    for dir in [&anas, &bobs] {
        let mode = std::fs::metadata(dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", dir.display());
        assert_eq!(std::fs::read_dir(dir).unwrap().count(), 0);
    }
    write_words(&anas, "Ana");
    write_words(&bobs, "Bob");

    let told = asks(&house, &provider, OWNER, "one").await;
    assert_eq!(
        (has(&told, "Ana"), has(&told, "Bob")),
        ([true; 3], [false; 3])
    );
    let told = asks(&house, &provider, GUEST, "two").await;
    let for_guests = [true, false, false];
    assert_eq!(
        (has(&told, "Ana"), has(&told, "Bob")),
        ([false; 3], for_guests)
    );

    // The owner's own conversation with the second agent, and the guest's, where he looks in.
    let told = types(&house, &provider, "agent:bob:main", "three").await;
    assert_eq!(has(&told, "Bob"), [true; 3], "{told}");
    let key = format!("agent:bob:telegram:dm:{GUEST}");
    let told = types(&house, &provider, &key, "four").await;
    assert_eq!(has(&told, "Bob"), for_guests, "{told}");

    // Read anew at each turn.
    write_words(&anas, "Anastasia");
    std::fs::remove_file(anas.join("USER.md")).unwrap();
    let told = asks(&house, &provider, OWNER, "five").await;
    assert_eq!(has(&told, "Anastasia"), [true, false, true], "{told}");
    assert!(house.daemon.stop().await.unwrap().success());
}
