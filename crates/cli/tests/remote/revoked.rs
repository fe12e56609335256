//! What the owner takes back on the gateway's host is gone on the other one: within a second, with a
//! sentence that says so, and over the gateway's death (T18).

use std::time::Duration;

use serde_json::{Value, json};

use crate::cable::Cable;
use crate::elsewhere::{Home, Visitor};
use crate::house::{DENIED, House, UNREACHABLE};
use crate::machine::{code, row};

/// How long a connection may outlive the right to it.
const SOON: Duration = Duration::from_secs(1);
const HEALTH: &[&str] = &["health"];

/// Asks until it is so; no longer than [`SOON`], from now on.
async fn soon(what: &str, is_so: impl AsyncFn() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(SOON, wait).await;
    assert!(in_time.is_ok(), "{what}: not within {SOON:?}");
}

/// It is told what happened and what to do, and the secret does not bring it back by itself.
async fn is_out(visitor: &Visitor<'_>) {
    let refused = visitor.run(HEALTH).await;
    let next = [
        "revoked this device",
        "--token-file",
        "tidegate devices approve",
    ];
    refused.failed(DENIED, &next);
    let asks = visitor.run_with_secret(HEALTH).await;
    asks.failed(DENIED, &["pairing required", "tidegate devices approve"]);
}

#[tokio::test]
async fn a_remote_operator_is_cut_and_stays_out() {
    let cable = Cable::plug().await;
    let mut home = Home::on(&cable).await;
    let visitor = home.visitor(&cable.far);
    visitor.run_with_secret(HEALTH).await.failed(DENIED, &[]);
    let request = home.approve().await;
    let id = request["deviceId"].as_str().unwrap();
    visitor.run_with_secret(HEALTH).await.done();
    let mut follower = visitor.start(&["logs", "--follow"]);
    follower.until("").await;
    assert_eq!(home.device(id).await["connected"], true);

    home.house.run(&["devices", "revoke", id]).await.done();
    let cut = async || home.device(id).await["connected"] == false;
    soon("the end of the connection", cut).await;
    let ended = follower.end().await;
    ended.failed(DENIED, &["revoked this device", "--token-file"]);
    assert!(home.device(id).await["tokens"][0]["revokedAtMs"].is_u64());
    is_out(&visitor).await;

    home.restart().await;
    is_out(&visitor).await;
    // A person lets it in again.
    home.approve().await;
    visitor.run_with_secret(HEALTH).await.done();
    visitor.run(HEALTH).await.done();
}

#[tokio::test]
async fn a_remote_node_is_cut_and_says_so_once() {
    let cable = Cable::plug().await;
    let mut home = Home::on(&cable).await;
    let machine = House::on(&cable.far);
    machine.furnish_node("Attic");
    let mut node = machine.start(&["node", "run", "--setup-code", &code(&home).await]);
    node.until("connected").await;
    let id = row(&home, "Attic").await.unwrap()["nodeId"].clone();

    let id = id.as_str().unwrap();
    home.house.run(&["devices", "revoke", id]).await.done();
    let told = [
        "revoked this node",
        "tidegate devices code --node",
        "--setup-code",
    ];
    let ended = tokio::time::timeout(SOON, node.end()).await;
    let ended = ended.expect("it should have ended within a second");
    ended.failed(DENIED, &told);
    assert_eq!(ended.stderr.matches("revoked").count(), 1, "{ended:?}");
    let away = async || {
        row(&home, "Attic")
            .await
            .is_none_or(|row: Value| row["connected"] == json!(false))
    };
    soon("the end of the node", away).await;
    let status = machine.run(&["node", "status"]).await;
    status.failed(UNREACHABLE, &["revoked", "tidegate devices code --node"]);

    // As a service manager would start it, before and after the gateway's death.
    machine.run(&["node", "run"]).await.failed(DENIED, &told);
    home.restart().await;
    machine.run(&["node", "run"]).await.failed(DENIED, &told);

    // A new code is what it takes.
    let mut node = machine.start(&["node", "run", "--setup-code", &code(&home).await]);
    node.until("connected").await;
    let back = row(&home, "Attic").await.unwrap();
    assert_eq!(
        (&back["nodeId"], &back["connected"]),
        (&json!(id), &json!(true))
    );
}
