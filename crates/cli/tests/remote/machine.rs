//! A node on another host, and one on the gateway's own.

use serde_json::{Value, json};

use crate::cable::{Cable, FAR, NEAR};
use crate::elsewhere::Home;
use crate::house::{DENIED, House};
use crate::pinned::PORT;

/// The setup code that the owner makes on the gateway's host.
pub(crate) async fn code(home: &Home<'_>) -> String {
    let made = home.ask(&["devices", "code", "--node"]).await;
    assert_eq!(made["gatewayUrl"], format!("wss://{NEAR}:{PORT}"));
    made["setupCode"].as_str().unwrap().to_owned()
}

/// The row of a node, if it is listed.
pub(crate) async fn row(home: &Home<'_>, name: &str) -> Option<Value> {
    let list = home.ask(&["nodes", "list"]).await;
    let mut rows = list["nodes"].as_array().unwrap().iter();
    rows.find(|row| row["displayName"] == *name).cloned()
}

/// The node answers the owner's question.
async fn answers(home: &Home<'_>, name: &str) {
    let params = json!({ "bins": ["sh", "no-such-program"] }).to_string();
    let ask = ["nodes", "invoke", name, "system.which", "--params", &params];
    let answer = home.ask(&ask).await;
    let bins = answer["payload"]["bins"].as_object().unwrap();
    assert!(bins["sh"].is_string() && bins.len() == 1, "{answer}");
}

#[tokio::test]
async fn a_remote_node_joins_by_a_code_and_answers() {
    let cable = Cable::plug().await;
    let home = Home::on(&cable).await;
    let machine = House::on(&cable.far);
    machine.furnish_node("Attic");
    // The certificate is in the code: nobody has to type it.
    let code = code(&home).await;
    let mut node = machine.start(&["node", "run", "--setup-code", &code]);
    node.until("connected").await;
    let row = row(&home, "Attic").await.unwrap();
    assert_eq!(
        (&row["connected"], &row["paired"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(row["remoteIp"], FAR, "{row}");
    answers(&home, "Attic").await;

    // The code worked once.
    let late = House::on(&cable.far);
    late.furnish_node("Late");
    let install = ["node", "install", "--setup-code", &code];
    let used = late.run(&install).await;
    used.failed(DENIED, &["was used before", "tidegate devices code"]);
}

#[tokio::test]
async fn a_remote_node_waits_until_it_is_approved() {
    let cable = Cable::plug().await;
    let home = Home::on(&cable).await;
    let visitor = home.visitor(&cable.far);
    visitor.house.furnish_node("Cellar");
    let mut node = visitor.start_with_secret(&["node", "run"]);
    let line = node.until("waiting").await;
    assert!(line.contains("tidegate devices approve"), "{line}");
    assert!(
        row(&home, "Cellar")
            .await
            .is_none_or(|row| row["connected"] != true)
    );
    let waits = home.approve().await;
    assert_eq!(
        (&waits["role"], &waits["remoteIp"]),
        (&json!("node"), &json!(FAR))
    );
    node.until("connected").await;
    answers(&home, "Cellar").await;
}

#[tokio::test]
async fn on_the_gateways_own_host_a_node_needs_to_be_told_nothing() {
    let cable = Cable::plug().await;
    let home = Home::on(&cable).await;
    home.house.furnish_node("Own");
    let url = format!("wss://127.0.0.1:{PORT}");
    let mut node = home.house.start(&["node", "run", "--url", &url]);
    node.until("connected").await;
    answers(&home, "Own").await;
    // Nothing of the gateway is noted: its file says it at each start.
    let noted = std::fs::read_to_string(home.house.state().join("node/node.json")).unwrap();
    assert!(!noted.contains("tlsFingerprint"), "{noted}");
    drop(node);
    let mut again = home.house.start(&["node", "run"]);
    again.until("connected").await;

    // Another user's state directory knows neither certificate nor secret.
    let stranger = House::on(&cable.near);
    stranger.furnish_node("Stranger");
    let refused = stranger.run(&["node", "run", "--url", &url]).await;
    refused.failed(DENIED, &["nobody vouches", "--tls-fingerprint"]);
}
