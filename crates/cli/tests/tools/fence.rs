//! A program that was allowed runs as the gateway's user, and reaches none of the gateway's files.

use serde_json::json;

use crate::house::{DIALECTS, House, exec, text, words};

/// A house whose model runs what it is told, for a shell.
async fn obedient() -> House {
    House::open(DIALECTS[0], |said| match said.split_once(' ') {
        Some(("run", line)) => exec(json!({ "command": line })),
        Some(("start", line)) => {
            let argv: Vec<&str> = line.split(' ').collect();
            exec(json!({ "command": argv }))
        }
        _ => words("Done."),
    })
    .await
}

/// What came of a line for a shell that a person allowed.
async fn ran(house: &mut House, line: &str) -> String {
    allowed(house, &format!("run {line}")).await
}

/// What came of something that a person allowed.
async fn allowed(house: &mut House, wish: &str) -> String {
    house.say(wish).await;
    let asked = house.asked().await;
    house.decide("approve", &asked).await;
    house.ended().await;
    let history = house.history().await;
    let mut results = history.iter().filter(|told| told["role"] == "toolResult");
    text(results.next_back().unwrap()).to_owned()
}

#[tokio::test]
async fn an_allowed_program_cannot_read_the_owners_secret_and_works_in_its_folder() {
    let mut house = obedient().await;
    let token = house.daemon.token().unwrap();
    let state = house.daemon.state_dir().display().to_string();
    for file in ["gateway.token", "tidegate.db", "tidegate.json"] {
        let said = ran(&mut house, &format!("cat {state}/{file}")).await;
        assert!(said.contains("Permission denied"), "{said}");
        assert!(!said.contains(&token), "{file}");
    }
    // A shell is given no copy of a file that it may not read (it would tell it, line by line).
    let said = allowed(&mut house, &format!("start sh -v {state}/gateway.token")).await;
    assert!(said.contains("Permission denied"), "{said}");
    assert!(!said.contains(&token));
    let said = ran(&mut house, &format!("echo mine >{state}/gateway.token")).await;
    assert!(said.contains("Permission denied"), "{said}");
    assert_eq!(house.daemon.token().unwrap(), token);

    let said = ran(&mut house, "pwd; echo works >new && mv new old && cat old").await;
    assert!(
        said.contains(&format!("{state}/workspaces/main\nworks")),
        "{said}"
    );
}

#[tokio::test]
async fn the_owner_may_go_without() {
    let mut house = obedient().await;
    let config = house.daemon.state_dir().join("tidegate.json");
    let mut keys: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(&config).unwrap()).unwrap();
    keys["tools"] = json!({ "exec": { "fence": "off" } });
    std::fs::write(&config, keys.to_string()).unwrap();
    house.crash().await;
    let token = house.daemon.token().unwrap();
    let state = house.daemon.state_dir().display().to_string();
    let said = ran(&mut house, &format!("cat {state}/gateway.token")).await;
    assert!(said.contains(&token), "the fence is what keeps it away");
}
