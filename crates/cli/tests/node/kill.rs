//! `kill -9` of the node and of the gateway at random moments of a command: one outcome, nothing
//! done twice, no process left, not even a warden (F13, F27).

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tidegate_client::{Error, fresh_id};
use tidegate_core::{IdGen, SystemIds};

use crate::house::{Home, Node, gateway, invoke, invoke_as, owner, until};
use crate::processes::{Process, descendants, freeze};

/// How often each of them dies.
const ROUNDS: usize = 8;
/// The latest moment: most commands have begun by then.
const LATEST: Duration = Duration::from_millis(250);

/// A program that leaves a line, and processes that do not go by themselves. It ends only when it
/// may.
struct Effect {
    params: Value,
    lines: PathBuf,
    may_end: PathBuf,
}

impl Effect {
    fn new(home: &Home, round: usize) -> Self {
        let lines = home.work(&format!("round-{round}"));
        let may_end = home.work(&format!("round-{round}-may-end"));
        let script = format!(
            "echo done >> {}; trap '' TERM; setsid -f sleep 600; (setsid nohup sleep 600 &); \
             until [ -e {} ]; do sleep 0.02; done",
            lines.display(),
            may_end.display()
        );
        let params = json!({"command": ["bash", "-c", script], "env": {"HOST_MARK": home.mark}});
        Self {
            params,
            lines,
            may_end,
        }
    }

    fn times_done(&self) -> usize {
        let text = std::fs::read_to_string(&self.lines);
        text.map_or(0, |text| text.lines().count())
    }
}

fn moment() -> Duration {
    let [chance, ..] = SystemIds.secret();
    LATEST.mul_f64(f64::from(chance) / 255.0)
}

/// Kills a node in the midst of what it does; what it had started by then, and how many of these
/// are wardens.
async fn kill(node: Node) -> (Vec<Process>, usize) {
    let pid = node.child.id().unwrap();
    freeze(pid).await;
    let started = descendants(pid);
    let wardens = started.iter().filter(|one| one.is_warden()).count();
    node.kill().await;
    (started, wardens)
}

/// What whoever asked was told.
fn told(answer: Result<Value, Error>) -> Result<Value, String> {
    answer.map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_node_dies() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let (client, _events) = owner(&gateway).await;
    let (mut begun, mut watched) = (0, 0);
    for round in 0..ROUNDS {
        let node = home.join(&gateway).await;
        let id = node.id();
        let effect = Effect::new(&home, round);
        let key = fresh_id();
        let command = invoke_as(&client, &id, "system.run", effect.params.clone(), &key);
        tokio::pin!(command);
        let early = tokio::time::timeout(moment(), &mut command).await;
        assert!(early.is_err(), "it cannot have ended: {early:?}");
        let (started, wardens) = kill(node).await;
        let outcome = told(command.await);
        assert!(outcome.clone().unwrap_err().contains("disconnected"));
        let none_left = || home.alive() == 0 && !started.iter().any(|one| one.lives());
        until("the end of all processes", none_left).await;
        begun += effect.times_done();
        watched += wardens;
        assert!(effect.times_done() <= 1, "round {round}");

        // The same again is told the same end, and the node that came back does nothing.
        let node = home.join(&gateway).await;
        let again = invoke_as(&client, &id, "system.run", effect.params.clone(), &key).await;
        assert_eq!(told(again), outcome, "round {round}");
        let answers = invoke(&client, &id, "system.which", json!({"bins": []})).await;
        assert!(answers.is_ok(), "{answers:?}");
        // One that was just about to begin when its host died may have begun since.
        until("the end of all processes", none_left).await;
        assert!(effect.times_done() <= 1, "round {round}");
        assert_eq!(descendants(node.child.id().unwrap()), [], "round {round}");
        node.kill().await;
    }
    assert!(begun > 0, "no round was late enough");
    assert!(watched > 0, "no warden was there to be left behind");
}

#[tokio::test]
async fn the_gateway_dies() {
    let mut gateway = gateway(&json!({})).await;
    let home = Home::open();
    let mut node = home.join(&gateway).await;
    let id = node.id();
    let host = node.child.id().unwrap();
    let none_left = || home.alive() == 0 && descendants(host).is_empty();
    let mut begun = 0;
    for round in 0..ROUNDS {
        let (client, _events) = owner(&gateway).await;
        let effect = Effect::new(&home, round);
        let key = fresh_id();
        let command = invoke_as(&client, &id, "system.run", effect.params.clone(), &key);
        tokio::pin!(command);
        let early = tokio::time::timeout(moment(), &mut command).await;
        assert!(early.is_err(), "it cannot have ended: {early:?}");
        gateway.kill().await.unwrap();
        assert!(command.await.unwrap_err().is_connection_lost());
        until("the end of all processes", none_left).await;
        begun += effect.times_done();

        gateway.restart().await.unwrap();
        node.until("connected").await;
        // One that was just about to begin when its host died may have begun since.
        until("the end of all processes", none_left).await;
        assert!(effect.times_done() <= 1, "round {round}");
        told_once(&gateway, &id, &effect, &key).await;
        until("the end of all processes", none_left).await;
    }
    assert!(begun > 0, "no round was late enough");
}

/// Asks for the same twice more. If the gateway had stored it, it says that it was cut off, and
/// nothing is done; else it is done now, for the first time. Either way it stays at that.
async fn told_once(gateway: &tidegate_testkit::Daemon, node: &str, effect: &Effect, key: &str) {
    let (client, _events) = owner(gateway).await;
    let ask = async || {
        let params = effect.params.clone();
        told(invoke_as(&client, node, "system.run", params, key).await)
    };
    let before = effect.times_done();
    touch(&effect.may_end);
    let outcome = ask().await;
    match &outcome {
        Ok(answer) => {
            assert_eq!(answer["success"], true, "{answer}");
            assert_eq!((before, effect.times_done()), (0, 1), "{answer}");
        }
        Err(why) => {
            assert!(why.contains("the gateway ended meanwhile"), "{why}");
            assert_eq!(effect.times_done(), before, "{why}");
        }
    }
    let done = effect.times_done();
    assert_eq!(ask().await, outcome);
    assert_eq!(effect.times_done(), done, "a repetition did it again");
}

fn touch(path: &Path) {
    std::fs::write(path, "").unwrap();
}
