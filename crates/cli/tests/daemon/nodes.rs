//! `tidegate nodes invoke` and `commands` with the real binary.

use serde_json::{Value, json};
use tidegate_testkit::RawClient;

use crate::cli::{fails, started};
use crate::device::Device;
use crate::home::{Gateway, Home, Ran};

const DONE: Option<i32> = Some(0);
const FAILED: Option<i32> = Some(1);
const USAGE: Option<i32> = Some(2);

/// What the node of these tests offers.
const OFFERED: [&str; 4] = ["camera.snap", "system.notify", "system.run", "system.which"];

async fn invoke(home: &Home, gateway: &Gateway, args: &[&str]) -> Ran {
    let named = ["nodes", "invoke", "Its own name"];
    home.ask(gateway, &[&named[..], args].concat()).await
}

/// Answers the next command with this.
async fn answer(node: &mut RawClient, id: &str, result: Value) {
    let asked = node.wait_event("node.invoke.request", |_| true);
    let asked = asked.await.unwrap();
    let mut params = result;
    params["id"] = asked["id"].clone();
    params["nodeId"] = json!(id);
    let taken = node.request("node.invoke.result", params).await.unwrap();
    assert_eq!(taken["ok"], true, "{taken}");
}

#[tokio::test]
async fn every_reason_why_a_command_is_not_sent_has_its_own_sentence() {
    let (home, gateway) = started().await;
    let device = Device::number(3);
    let _node = device.node(gateway.port, &home.token(), &OFFERED).await;
    for (args, words) in [
        (
            &["system.wich"][..],
            &[
                "there is no command \"system.wich\"",
                "did you mean system.which?",
            ][..],
        ),
        (
            &["canvas.hide"],
            &["does not offer canvas.hide", "tidegate nodes describe "],
        ),
        (
            &["camera.snap"],
            &[
                "offers camera.snap, but the gateway does not allow it",
                "allowCommands",
            ],
        ),
        (
            &["system.which"],
            &["bins", "`tidegate nodes commands system.which`"],
        ),
        (
            &["system.which", "--params", r#"{"bins":["git",7]}"#],
            &["/bins/1", "`tidegate nodes commands system.which`"],
        ),
    ] {
        let refused = invoke(&home, &gateway, args).await;
        fails(&refused, FAILED, words);
    }
    let unknown = home
        .ask(&gateway, &["nodes", "invoke", "Nobody", "x"])
        .await;
    fails(
        &unknown,
        USAGE,
        &["no node is called \"Nobody\"", "tidegate nodes"],
    );
}

#[tokio::test]
async fn a_connected_node_is_sent_what_may_wait_and_what_may_not() {
    let (home, gateway) = started().await;
    let device = Device::number(3);
    let mut node = device.node(gateway.port, &home.token(), &OFFERED).await;
    let id = device.id();
    let which = ["system.which", "--params", r#"{"bins":["git"]}"#, "--queue"];
    let done = json!({ "ok": true, "payload": { "bins": { "git": "/usr/bin/git" } } });
    let (ran, ()) = tokio::join!(
        invoke(&home, &gateway, &which),
        answer(&mut node, &id, done)
    );
    assert!(
        ran.code == DONE && ran.stdout.contains("/usr/bin/git"),
        "{ran:?}"
    );
    let notify = ["system.notify", "--params", r#"{"title":"Hi"}"#, "--queue"];
    let done = json!({ "ok": true });
    let (ran, ()) = tokio::join!(
        invoke(&home, &gateway, &notify),
        answer(&mut node, &id, done)
    );
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (DONE, "Done.\n"),
        "{ran:?}"
    );

    // A program that nobody approved: how one is.
    let run = ["system.run", "--params", r#"{"command":["uptime","-p"]}"#];
    let denied = "SYSTEM_RUN_DENIED: approval required";
    let denied =
        json!({ "ok": false, "error": { "code": "SYSTEM_RUN_DENIED", "message": denied } });
    let (ran, ()) = tokio::join!(
        invoke(&home, &gateway, &run),
        answer(&mut node, &id, denied)
    );
    let words = [
        "approval required",
        "`tidegate agent --message 'run uptime -p on the node ",
        "`tidegate approvals list --watch`",
    ];
    assert_ne!(ran.code, DONE);
    fails(&ran, ran.code, &words);
}

#[tokio::test]
async fn the_commands_are_told_without_any_gateway() {
    let home = Home::new();
    let all = home.run(&["nodes", "commands"]).await;
    assert_eq!(all.code, DONE, "{all:?}");
    for words in ["system.which", "camera.snap", "dangerous", "RISK"] {
        assert!(all.stdout.contains(words), "{words}: {all:?}");
    }
    let one = home.run(&["nodes", "commands", "system.which"]).await;
    assert!(one.code == DONE && one.stdout.contains("bins"), "{one:?}");
    let typo = home.run(&["nodes", "commands", "system.wich"]).await;
    fails(&typo, USAGE, &["did you mean system.which?"]);
}
