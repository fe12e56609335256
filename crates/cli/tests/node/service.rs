//! `tidegate node install`, and the signals of a service manager.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tidegate_testkit::in_time;

use crate::house::{BINARY, Home, gateway, invoke, owner, until};

#[tokio::test]
async fn it_joins_and_writes_a_unit_without_a_secret() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let secret = gateway.state_dir().join("gateway.token");
    let entry = [
        "--url",
        &gateway.url(),
        "--token-file",
        secret.to_str().unwrap(),
    ];
    let done = home.run(&[&["node", "install"], &entry[..]].concat()).await;
    assert_eq!(done.code, Some(0), "{done:?}");
    assert!(
        done.stdout
            .contains("systemctl --user enable --now tidegate-node"),
        "{done:?}"
    );
    let unit = home
        .path()
        .join(".config/systemd/user/tidegate-node.service");
    let text = std::fs::read_to_string(unit).unwrap();
    assert!(
        text.contains(&format!("ExecStart=\"{BINARY}\" node run\n")),
        "{text}"
    );
    assert!(!text.contains(&gateway.token().unwrap()) && !text.contains("token-file"));
    // As the unit starts it.
    let mut node = home.start(&[]);
    node.until("connected").await;
}

#[tokio::test]
async fn nothing_is_written_where_it_is_not_let_in() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let wrong = home.path().join("wrong");
    std::fs::write(&wrong, "not-the-secret").unwrap();
    let entry = [
        "--url",
        &gateway.url(),
        "--token-file",
        wrong.to_str().unwrap(),
    ];
    let done = home.run(&[&["node", "install"], &entry[..]].concat()).await;
    assert!(matches!(done.code, Some(75 | 77)), "{done:?}");
    assert!(!home.path().join(".config").exists());
}

#[tokio::test]
async fn sigterm_ends_it_with_all_that_it_runs() {
    let gateway = gateway(&json!({})).await;
    let home = Home::open();
    let mut node = home.join(&gateway).await;
    let id = node.id();
    let (client, _events) = owner(&gateway).await;
    let stubborn = json!({
        "command": ["bash", "-c", "trap '' TERM; setsid -f sleep 600; sleep 600"],
        "env": {"HOST_MARK": home.mark},
    });
    let pid = i32::try_from(node.child.id().unwrap()).unwrap();
    let (ended, status) = tokio::join!(invoke(&client, &id, "system.run", stubborn), async {
        until("the program", || home.alive() >= 2).await;
        kill_process(Pid::from_raw(pid).unwrap(), Signal::TERM).unwrap();
        in_time("the node's end", node.child.wait())
            .await
            .unwrap()
            .unwrap()
    });
    assert_eq!(status.code(), Some(0));
    assert!(
        ended
            .unwrap_err()
            .to_string()
            .contains("nobody waits for it")
    );
    assert_eq!(home.alive(), 0);
    assert!(!home.node().join("scratch").exists());
}
