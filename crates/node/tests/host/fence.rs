//! A program of `system.run` runs as our user and reaches none of our own files.

use serde_json::{Value, json};

use crate::rig::Rig;

const KEY: &str = "identity/device.json";

fn config(fence: &str) -> Value {
    json!({"canvas": {"enabled": false}, "fence": fence})
}

/// What a line for a shell said, and how it ended.
async fn ran(fence: &str, line: impl Fn(&Rig) -> String) -> (String, Value) {
    let (rig, mut node) = Rig::start(config(fence)).await;
    rig.rules(&json!({"version": 1, "defaults": {"security": "full", "ask": "off"}}));
    let line = line(&rig);
    let ran = node.good("system.run", rig.run(&["sh", "-c", &line])).await;
    rig.stopped().await;
    let said = ["stdout", "stderr"].map(|name| ran[name].as_str().unwrap().to_owned());
    (said.concat(), ran["exitCode"].clone())
}

fn read_key(rig: &Rig) -> String {
    format!("cat {}", rig.path(KEY).display())
}

#[tokio::test]
async fn no_program_reads_the_key_or_writes_the_rules() {
    let (said, code) = ran("required", read_key).await;
    assert!(said.contains("Permission denied"), "{said}");
    assert_eq!(code, json!(1));
    let write = |rig: &Rig| format!("echo {{}} >{}", rig.path("exec-approvals.json").display());
    let (said, _) = ran("required", write).await;
    assert!(said.contains("Permission denied"), "{said}");
    // What a gateway of the same user keeps beside it is closed as well.
    let beside = |rig: &Rig| {
        let token = rig.state.path().join("gateway.token");
        std::fs::write(&token, "secret").unwrap();
        format!("cat {}", token.display())
    };
    let (said, _) = ran("required", beside).await;
    assert!(said.contains("Permission denied"), "{said}");
}

#[tokio::test]
async fn without_the_fence_it_does() {
    let (said, code) = ran("off", read_key).await;
    assert_eq!(code, json!(0), "{said}");
}
