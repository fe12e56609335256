//! As a user without rights: what modes forbid, and Chromium with its own sandbox.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use tidegate_client::{Client, Error};

use crate::house::{Home, NOBODY, gateway, invoke, owner};

fn mode(path: &std::path::Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

fn code(answer: Result<Value, Error>) -> String {
    let error = answer.unwrap_err();
    let details = error.shape().unwrap().details.clone().unwrap();
    details["nodeError"]["code"].as_str().unwrap().to_owned()
}

async fn read(client: &Client, node: &str, path: &str) -> Result<Value, Error> {
    invoke(client, node, "file.read", json!({"path": path})).await
}

#[tokio::test]
async fn what_the_user_may_not_do_the_node_does_not_do() {
    let outside = tempfile::tempdir().unwrap();
    mode(outside.path(), 0o755);
    let docs = outside.path().join("docs");
    std::fs::create_dir(&docs).unwrap();
    for (name, bits) in [("open", 0o644), ("closed", 0o600)] {
        std::fs::write(docs.join(name), "words").unwrap();
        mode(&docs.join(name), bits);
    }
    let config = json!({
        "canvas": {"enabled": false},
        "folders": [{"name": "docs", "path": docs, "write": true}],
    });
    let gateway = gateway(&json!({"gateway": {"nodes": {"allowCommands": ["file.write"]}}})).await;
    let home = Home::of_nobody(&config);
    let node = home.join(&gateway).await;
    let id = node.id();
    let (client, _events) = owner(&gateway).await;

    let ran = invoke(&client, &id, "system.run", json!({"command": ["id", "-u"]})).await;
    assert_eq!(ran.unwrap()["stdout"], format!("{NOBODY}\n"));
    let seen = invoke(
        &client,
        &id,
        "system.run",
        json!({"command": ["cat", docs.join("closed")]}),
    )
    .await;
    assert_eq!(seen.unwrap()["success"], false);
    let open = read(&client, &id, "docs/open").await.unwrap();
    assert_eq!(open["base64"], "d29yZHM=");
    assert_eq!(code(read(&client, &id, "docs/closed").await), "FORBIDDEN");
    let write = json!({"path": "docs/new", "base64": "d29yZHM="});
    assert_eq!(
        code(invoke(&client, &id, "file.write", write).await),
        "FORBIDDEN"
    );
    mode(&docs, 0o777);
    let write = json!({"path": "docs/new", "base64": "d29yZHM="});
    assert!(invoke(&client, &id, "file.write", write).await.is_ok());
    assert_eq!(std::fs::read_to_string(docs.join("new")).unwrap(), "words");
}

#[tokio::test]
async fn a_key_that_others_can_read_is_no_key() {
    let gateway = gateway(&json!({})).await;
    let home = Home::of_nobody(&json!({"canvas": {"enabled": false}}));
    home.join(&gateway).await.kill().await;
    let key = home.node().join("identity/device.json");
    mode(&key, 0o644);
    let refused = home.run(&["node", "run"]).await;
    assert_eq!(refused.code, Some(78), "{refused:?}");
    assert!(refused.stderr.contains("chmod 600"), "{refused:?}");
    mode(&key, 0o600);
    let rules = home.node().join("exec-approvals.json");
    mode(&rules, 0o666);
    let node = home.join(&gateway).await;
    let (client, _events) = owner(&gateway).await;
    let ran = invoke(
        &client,
        &node.id(),
        "system.run",
        json!({"command": ["id"]}),
    )
    .await;
    assert_eq!(code(ran), "SYSTEM_RUN_DENIED");
}

#[tokio::test]
async fn pages_are_in_the_browsers_own_sandbox() {
    let gateway = gateway(&json!({})).await;
    let home = Home::of_nobody(&json!({}));
    let node = home.join(&gateway).await;
    let id = node.id();
    let (client, _events) = owner(&gateway).await;
    let text = json!({"messages": [
        {"surfaceUpdate": {"surfaceId": "main", "components": [
            {"id": "root", "component": {"Text": {"text": {"literalString": "in the sandbox"}}}}]}},
        {"beginRendering": {"surfaceId": "main", "root": "root"}},
    ]});
    invoke(&client, &id, "canvas.a2ui.push", text)
        .await
        .unwrap();
    let shown = json!({"javaScript": "document.body.innerText"});
    let shown = invoke(&client, &id, "canvas.eval", shown).await.unwrap();
    assert!(shown["result"].as_str().unwrap().contains("in the sandbox"));
    let scratch = home.node().join("scratch");
    let browsers = arguments_with(scratch.to_str().unwrap());
    assert!(!browsers.is_empty());
    assert!(
        !browsers.iter().any(|line| line.contains("no-sandbox")),
        "{browsers:?}"
    );
    node.kill().await;
    crate::house::until("the browser's end", || {
        arguments_with(scratch.to_str().unwrap()).is_empty()
    })
    .await;

    // Root has none, and says so.
    let root = Home::open();
    let config = root.node().join("node.json");
    std::fs::write(config, "{}").unwrap();
    let node = root.join(&gateway).await;
    let why = node
        .said
        .iter()
        .find(|line| line.starts_with("without   canvas"));
    assert!(why.unwrap().contains("canvas.sandbox"), "{:?}", node.said);
}

/// Arguments of processes that name this folder.
fn arguments_with(folder: &str) -> Vec<String> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .map(|bytes| String::from_utf8_lossy(&bytes).replace('\0', " "))
        .filter(|line| line.contains(folder))
        .collect()
}
