//! How a node gets in, stays in, and is put out.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::house::{Home, gateway, invoke, owner, until};

async fn code(gateway: &tidegate_testkit::Daemon, owner: &tidegate_client::Client) -> String {
    let params = json!({"publicUrl": gateway.url(), "bootstrapProfile": "node"});
    let made = owner
        .call_raw(
            "device.pair.setupCode",
            Some(&params),
            tidegate_testkit::WAIT,
            false,
        )
        .await
        .unwrap();
    let made: Value = serde_json::from_str(made.get()).unwrap();
    made["setupCode"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_owners_secret_lets_it_in_once_and_then_its_own_token_does() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let node = home.join(&gateway).await;
    let id = node.id();
    let (client, _events) = owner(&gateway).await;
    let found = invoke(&client, &id, "system.which", json!({"bins": ["sh"]})).await;
    assert!(found.unwrap()["bins"]["sh"].is_string());
    let status = home.run(&["node", "status", "--json"]).await;
    let status: Value = serde_json::from_str(&status.stdout).unwrap();
    assert_eq!(
        (&status["deviceId"], &status["phase"]),
        (&json!(id), &json!("connected"))
    );

    // One host in one folder; what the second one is told is not noted for the first.
    let noted = std::fs::read_to_string(home.node().join("node.json")).unwrap();
    let code = code(&gateway, &client).await;
    for args in [
        &[][..],
        &["--setup-code", &code],
        &["--url", "ws://[::1]:1"],
    ] {
        let second = home.run(&[&["node", "run"], args].concat()).await;
        assert_eq!(second.code, Some(1), "{second:?}");
        for words in ["another node host", "stop that one first", "was not used"] {
            assert!(second.stderr.contains(words), "{words}: {second:?}");
        }
    }
    let after = std::fs::read_to_string(home.node().join("node.json")).unwrap();
    assert_eq!(after, noted);

    node.kill().await;
    let dead = home.run(&["node", "status"]).await;
    assert_eq!(dead.code, Some(69), "{dead:?}");
    let mut again = home.start(&[]);
    again.until("connected").await;
    assert_eq!(again.id(), id);
    for file in [
        "identity/device.json",
        "identity/device-auth.json",
        "node.json",
        "status.json",
        "node.lock",
    ] {
        let mode = home
            .node()
            .join(file)
            .metadata()
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(
        home.node().metadata().unwrap().permissions().mode() & 0o777,
        0o700
    );
}

#[tokio::test]
async fn a_setup_code_lets_one_node_in_once() {
    let gateway = gateway(&json!({})).await;
    let (client, _events) = owner(&gateway).await;
    let code = code(&gateway, &client).await;
    let (first, second) = (Home::open(), Home::open());
    let mut node = first.start(&["--setup-code", &code]);
    node.until("connected").await;
    let id = node.id();
    node.kill().await;
    let mut node = first.start(&[]);
    node.until("connected").await;
    assert!(
        invoke(&client, &id, "system.which", json!({"bins": []}))
            .await
            .is_ok()
    );
    let late = second.run(&["node", "run", "--setup-code", &code]).await;
    assert_eq!(late.code, Some(77), "{late:?}");
    assert!(late.stderr.contains("was used before"), "{late:?}");
    assert!(
        late.stderr.contains("tidegate devices code --node"),
        "{late:?}"
    );
    let wrong = second
        .run(&["node", "run", "--setup-code", "nonsense"])
        .await;
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
    assert!(
        wrong.stderr.contains("tidegate devices code --node"),
        "{wrong:?}"
    );
}

#[tokio::test]
async fn what_was_revoked_is_out_and_stays_out() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let (client, _events) = owner(&gateway).await;
    let code = code(&gateway, &client).await;
    let mut node = home.start(&["--setup-code", &code]);
    node.until("connected").await;
    let id = node.id();
    let sleeper = json!({"command": ["sleep", "600"], "env": {"HOST_MARK": home.mark}});
    let (ended, ()) = tokio::join!(invoke(&client, &id, "system.run", sleeper), async {
        until("the program", || home.alive() > 0).await;
        let params = json!({"deviceId": id, "role": "node"});
        let method = "device.token.revoke";
        client
            .call_raw(method, Some(&params), tidegate_testkit::WAIT, false)
            .await
            .unwrap();
    });
    assert!(ended.unwrap_err().to_string().contains("disconnected"));
    until("the program's end", || home.alive() == 0).await;
    let end = tidegate_testkit::in_time("the node's end", node.child.wait());
    assert_eq!(end.await.unwrap().unwrap().code(), Some(77));
    let refused = invoke(&client, &id, "system.which", json!({"bins": []})).await;
    assert!(refused.is_err());
    for (args, code) in [(&["node", "status"], 69), (&["node", "run"], 77)] {
        let told = home.run(args).await;
        assert_eq!(told.code, Some(code), "{told:?}");
        assert!(told.stderr.contains("revoked"), "{told:?}");
        let next = "tidegate devices code --node";
        assert!(told.stderr.contains(next), "{told:?}");
    }
}

#[tokio::test]
async fn what_was_removed_is_a_stranger() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let mut node = home.join(&gateway).await;
    let (client, _events) = owner(&gateway).await;
    let params = json!({"deviceId": node.id()});
    let method = "device.pair.remove";
    client
        .call_raw(method, Some(&params), tidegate_testkit::WAIT, false)
        .await
        .unwrap();
    // It was given the secret, and does not use it to come back by itself.
    let end = tidegate_testkit::in_time("the node's end", node.child.wait());
    assert_eq!(end.await.unwrap().unwrap().code(), Some(77));
    let status = home.run(&["node", "status"]).await;
    assert!(status.stderr.contains("removed"), "{status:?}");
    home.join(&gateway).await;
}

#[tokio::test]
async fn a_gateway_under_tls_is_pinned_or_not_spoken_to() {
    let gateway = gateway(&json!({"gateway": {"tls": {"enabled": true}}})).await;
    let url = gateway.url().replace("ws://", "wss://");
    let secret = gateway.state_dir().join("gateway.token");
    let secret = secret.to_str().unwrap();
    let home = Home::open();
    let entry = ["--url", &url, "--token-file", secret];
    let stranger = home.run(&[&["node", "run"], &entry[..]].concat()).await;
    assert_eq!(stranger.code, Some(77), "{stranger:?}");
    assert!(
        stranger.stderr.contains("--tls-fingerprint"),
        "{stranger:?}"
    );
    let pin = stranger
        .stderr
        .split_whitespace()
        .find(|word| word.len() == 95 && word.contains(':'))
        .unwrap()
        .to_owned();
    assert!(!home.node().join("identity/device-auth.json").exists());

    let wrong = pin.chars().rev().collect::<String>();
    let mut refused = home.start(&[&entry[..], &["--tls-fingerprint", &wrong]].concat());
    let why = refused.until("waiting").await;
    assert!(why.contains("another certificate"), "{why}");
    refused.kill().await;
    assert!(!home.node().join("identity/device-auth.json").exists());

    let mut node = home.start(&[&entry[..], &["--tls-fingerprint", &pin]].concat());
    node.until("connected").await;
    node.kill().await;
    let mut node = home.start(&[]);
    node.until("connected").await;
    let status = home.run(&["node", "status"]).await;
    assert!(status.stdout.contains(&pin), "{status:?}");
}

#[tokio::test]
async fn without_a_gateway_it_says_what_it_needs() {
    let home = Home::open();
    let nowhere = home.run(&["node", "run"]).await;
    assert_eq!(nowhere.code, Some(2), "{nowhere:?}");
    assert!(nowhere.stderr.contains("--setup-code"), "{nowhere:?}");
    // TEST-NET-1, where nobody is: joining fails, but not before the warning.
    let open = home
        .run(&["node", "install", "--url", "ws://192.0.2.1:1"])
        .await;
    assert!(
        open.code != Some(0) && open.stderr.contains("without TLS"),
        "{open:?}"
    );
    std::fs::write(home.node().join("node.json"), r#"{"folder": []}"#).unwrap();
    let wrong = home
        .run(&["node", "run", "--url", "ws://127.0.0.1:1"])
        .await;
    assert_eq!(wrong.code, Some(78), "{wrong:?}");
    assert!(wrong.stderr.contains("node.json"), "{wrong:?}");
}

#[tokio::test]
async fn a_node_whose_token_was_replaced_ends_and_says_what_brings_it_back() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let (client, _events) = owner(&gateway).await;
    let first = code(&gateway, &client).await;
    let mut node = home.start(&["--setup-code", &first]);
    node.until("connected").await;
    let params = json!({"deviceId": node.id(), "role": "node"});
    let method = "device.token.rotate";
    client
        .call_raw(method, Some(&params), tidegate_testkit::WAIT, false)
        .await
        .unwrap();
    let end = tidegate_testkit::in_time("the node's end", node.child.wait());
    assert_eq!(end.await.unwrap().unwrap().code(), Some(77));
    for (args, code) in [(&["node", "status"], 69), (&["node", "run"], 77)] {
        let told = home.run(args).await;
        assert_eq!(told.code, Some(code), "{told:?}");
        for words in ["tidegate devices code --node", "node run --setup-code -"] {
            assert!(told.stderr.contains(words), "{words}: {told:?}");
        }
        assert!(!told.stderr.contains("dashboard"), "{told:?}");
    }
    let second = code(&gateway, &client).await;
    let mut node = home.start(&["--setup-code", &second]);
    node.until("connected").await;
}

#[tokio::test]
async fn an_address_alone_lets_no_stranger_wait_for_ever() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let told = home.run(&["node", "run", "--url", &gateway.url()]).await;
    assert_eq!(told.code, Some(77), "{told:?}");
    assert!(
        told.stderr.contains("tidegate devices code --node"),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_look_makes_no_folder_and_names_the_unit_of_the_profile() {
    let home = Home::open();
    std::fs::remove_dir_all(home.path().join("state")).unwrap();
    let told = home.run(&["--profile", "two", "node", "status"]).await;
    assert_eq!(told.code, Some(69), "{told:?}");
    assert!(told.stderr.contains("start tidegate-node-two"), "{told:?}");
    assert!(!home.path().join("state").exists());
}
