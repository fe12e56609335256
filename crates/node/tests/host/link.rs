//! The connection.

use serde_json::json;
use tidegate_node::{Home, Phase};

use crate::gateway::Gateway;
use crate::rig::{Rig, open, until};

#[tokio::test]
async fn it_says_what_it_is_and_comes_back_for_ever() {
    let (rig, mut node) = Rig::plain().await;
    let client = &node.params["client"];
    assert_eq!(
        (&client["id"], &client["mode"], &client["platform"]),
        (&json!("node-host"), &json!("node"), &json!("linux"))
    );
    assert_eq!(
        (&node.params["role"], &node.params["scopes"]),
        (&json!("node"), &json!([]))
    );
    assert!(
        node.params["pathEnv"]
            .as_str()
            .unwrap()
            .contains("/usr/bin")
    );
    let commands = node.params["commands"].as_array().unwrap();
    assert!(commands.contains(&json!("system.run")) && commands.contains(&json!("system.which")));
    assert!(
        !commands
            .iter()
            .any(|name| name.as_str().unwrap().starts_with("canvas."))
    );
    assert!(!commands.contains(&json!("file.read")) && !commands.contains(&json!("location.get")));
    let device = node.params["device"]["id"].clone();
    for _ in 0..3 {
        let found = node
            .good("system.which", json!({"bins": ["sh", "no-such-program"]}))
            .await;
        assert_eq!(found["bins"].as_object().unwrap().len(), 1);
        drop(node);
        node = rig.gateway.node().await;
        assert_eq!(node.params["device"]["id"], device);
    }
    rig.stopped().await;
}

#[tokio::test]
async fn a_request_is_done_once_over_all_connections() {
    let (rig, mut node) = Rig::plain().await;
    rig.rules(&json!({"version": 1, "defaults": {"security": "full"}}));
    let file = rig.work("count");
    let params = json!({"command": ["sh", "-c", format!("echo x >> {}", file.display())]});
    node.ask_as("same", "system.run", params.clone(), 30_000)
        .await;
    node.ask_as("same", "system.run", params.clone(), 30_000)
        .await;
    let first = node.result().await.unwrap();
    assert_eq!((&first["id"], &first["ok"]), (&json!("same"), &json!(true)));
    // Were there a second result, it would come before this one.
    node.good("system.which", json!({"bins": []})).await;
    drop(node);
    let mut node = rig.gateway.node().await;
    node.ask_as("same", "system.run", params, 30_000).await;
    node.good("system.which", json!({"bins": []})).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "x\n");
    rig.stopped().await;
}

#[tokio::test]
async fn an_answer_that_the_gateway_would_not_take_is_an_error() {
    let (rig, node) = Rig::plain().await;
    drop(node);
    let mut node = rig.gateway.node_with(20_000).await;
    rig.rules(&json!({"version": 1, "defaults": {"security": "full"}}));
    let long = json!({"command": ["head", "-c", "30000", "/dev/zero"]});
    node.refused("system.run", long, "TOO_LARGE").await;
    let short = json!({"command": ["head", "-c", "100", "/dev/zero"]});
    node.good("system.run", short).await;
    rig.stopped().await;
}

#[tokio::test]
async fn the_status_says_where_it_is() {
    let gateway = Gateway::start().await;
    let state = tempfile::tempdir().unwrap();
    let home = Home::in_state_dir(state.path()).unwrap();
    tidegate_client::private_file::replace(
        &home.config_file(),
        r#"{"canvas": {"enabled": false}}"#,
    )
    .unwrap();
    assert_eq!(home.status().unwrap(), None);
    let host = open(&home, &gateway).await;
    let stop = host.stopper();
    let mut tasks = tokio::task::JoinSet::new();
    tasks.spawn(host.run());
    let phase = || home.status().ok().flatten().map(|status| status.phase);
    let node = gateway.node().await;
    until(|| phase() == Some(Phase::Connected)).await;
    let status = home.status().unwrap().unwrap();
    assert_eq!(status.pid, std::process::id());
    assert!(status.gateway.unwrap().starts_with(&gateway.url()));
    drop((node, gateway));
    until(|| phase() == Some(Phase::Waiting)).await;
    assert!(home.status().unwrap().unwrap().why.is_some());
    stop.cancel();
    tasks.join_next().await.unwrap().unwrap().unwrap();
    assert_eq!(home.status().unwrap(), None);
}
