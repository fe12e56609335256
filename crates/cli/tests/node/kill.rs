//! `kill -9` of the node and of the gateway at random moments of a command: one outcome, nothing
//! done twice, no process left (F13, F27).

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_client::fresh_id;
use tidegate_core::{IdGen, SystemIds};

use crate::house::{Home, gateway, invoke, invoke_as, owner, until};

/// How often each of them dies.
const ROUNDS: usize = 8;
/// The latest moment: most commands have begun by then.
const LATEST: Duration = Duration::from_millis(250);

/// Leaves a line, and processes that do not go by themselves.
fn effect(home: &Home, round: usize) -> (std::path::PathBuf, Value) {
    let file = home.path().join(format!("round-{round}"));
    let script = format!(
        "echo done >> {}; trap '' TERM; setsid -f sleep 600; (setsid nohup sleep 600 &) ; sleep 600",
        file.display()
    );
    let params = json!({"command": ["bash", "-c", script], "env": {"HOST_MARK": home.mark}});
    (file, params)
}

fn moment() -> Duration {
    let [chance, ..] = SystemIds.secret();
    LATEST.mul_f64(f64::from(chance) / 255.0)
}

fn times_done(file: &std::path::Path) -> usize {
    std::fs::read_to_string(file).map_or(0, |text| text.lines().count())
}

#[tokio::test]
async fn the_node_dies() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let (client, _events) = owner(&gateway).await;
    let mut begun = 0;
    for round in 0..ROUNDS {
        let node = home.join(&gateway).await;
        let id = node.id();
        let (file, params) = effect(&home, round);
        let key = fresh_id();
        let command = invoke_as(&client, &id, "system.run", params.clone(), &key);
        tokio::pin!(command);
        let early = tokio::time::timeout(moment(), &mut command).await;
        assert!(early.is_err(), "it cannot have ended: {early:?}");
        node.kill().await;
        let ended = command.await.unwrap_err();
        assert!(ended.to_string().contains("disconnected"), "{ended}");
        until("the end of all processes", || home.alive() == 0).await;
        begun += times_done(&file);
        assert!(times_done(&file) <= 1, "round {round}");

        // The same again is told the same end, and the node that came back does nothing.
        let node = home.join(&gateway).await;
        let again = invoke_as(&client, &id, "system.run", params, &key).await;
        assert!(again.unwrap_err().to_string().contains("disconnected"));
        let answers = invoke(&client, &id, "system.which", json!({"bins": []})).await;
        assert!(answers.is_ok(), "{answers:?}");
        // One that was just about to begin when its host died may have begun since.
        until("the end of all processes", || home.alive() == 0).await;
        assert!(times_done(&file) <= 1, "round {round}");
        node.kill().await;
    }
    assert!(begun > 0, "no round was late enough");
}

#[tokio::test]
async fn the_gateway_dies() {
    let mut gateway = gateway(&json!({})).await;
    let home = Home::open();
    let mut node = home.join(&gateway).await;
    let id = node.id();
    let mut begun = 0;
    for round in 0..ROUNDS {
        let (client, _events) = owner(&gateway).await;
        let (file, params) = effect(&home, round);
        let key = fresh_id();
        let command = invoke_as(&client, &id, "system.run", params.clone(), &key);
        tokio::pin!(command);
        let early = tokio::time::timeout(moment(), &mut command).await;
        assert!(early.is_err(), "it cannot have ended: {early:?}");
        gateway.kill().await.unwrap();
        assert!(command.await.unwrap_err().is_connection_lost());
        until("the end of all processes", || home.alive() == 0).await;
        begun += times_done(&file);
        assert!(times_done(&file) <= 1, "round {round}");

        gateway.restart().await.unwrap();
        node.until("connected").await;
        let (client, _events) = owner(&gateway).await;
        // Either nobody had stored it, and then it is done now for the first time; or it is told
        // as what it is.
        if times_done(&file) == 1 {
            let again = invoke_as(&client, &id, "system.run", params, &key).await;
            assert!(again.is_err(), "{again:?}");
        }
        let answers = invoke(&client, &id, "system.which", json!({"bins": []})).await;
        assert!(answers.is_ok(), "{answers:?}");
        // One that was just about to begin when its host died may have begun since.
        until("the end of all processes", || home.alive() == 0).await;
        assert!(times_done(&file) <= 1, "round {round}");
    }
    assert!(begun > 0, "no round was late enough");
}
