//! A desktop that exists only in memory: an X server, a message bus, and a program that shows
//! notifications.

use std::process::Stdio;

use serde_json::json;
use tidegate_testkit::in_time;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::house::{Home, gateway, invoke, owner};

/// A part of the desktop, and the first line that it says of itself. Killed when it is dropped.
async fn part(program: &str, args: &[&str]) -> (Child, String) {
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = in_time(program, lines.next_line()).await.unwrap().unwrap();
    (child, line.unwrap())
}

/// How many notifications are seen now.
async fn seen(bus: &str) -> Option<u32> {
    let asked = Command::new("dunstctl")
        .args(["count", "displayed"])
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .output();
    let said = String::from_utf8(asked.await.unwrap().stdout).unwrap();
    said.trim().parse().ok()
}

#[tokio::test]
async fn a_notification_is_seen_on_the_desktop() {
    let (_screen, number) = part(
        "Xvfb",
        &[
            "-displayfd",
            "1",
            "-screen",
            "0",
            "320x240x24",
            "-nolisten",
            "tcp",
        ],
    )
    .await;
    let (_bus, bus) = part(
        "dbus-daemon",
        &["--session", "--nofork", "--print-address=1"],
    )
    .await;
    let _shower = Command::new("dunst")
        .env("DISPLAY", format!(":{number}"))
        .env("DBUS_SESSION_BUS_ADDRESS", &bus)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let there = async {
        let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
        while seen(&bus).await != Some(0) {
            tick.tick().await;
        }
    };
    in_time("the desktop", there).await.unwrap();

    let gateway = gateway(&json!({})).await;
    let mut home = Home::open();
    home.variables = vec![("DBUS_SESSION_BUS_ADDRESS", bus.clone())];
    let node = home.join(&gateway).await;
    let (client, _events) = owner(&gateway).await;
    // Stays until somebody takes it away.
    let words = json!({"title": "--help", "body": "<b>1 & 2</b>", "priority": "timeSensitive"});
    invoke(&client, &node.id(), "system.notify", words)
        .await
        .unwrap();
    assert_eq!(seen(&bus).await, Some(1));
    let empty = invoke(&client, &node.id(), "system.notify", json!({"title": " "})).await;
    assert!(empty.is_err());
}

#[tokio::test]
async fn a_desktop_that_shows_nothing_is_an_error_that_says_so() {
    let (_bus, bus) = part(
        "dbus-daemon",
        &["--session", "--nofork", "--print-address=1"],
    )
    .await;
    let gateway = gateway(&json!({})).await;
    let mut home = Home::open();
    // Nobody can be started for it either: there is no screen.
    home.variables = vec![("DBUS_SESSION_BUS_ADDRESS", bus)];
    let node = home.join(&gateway).await;
    let (client, _events) = owner(&gateway).await;
    let words = json!({"title": "hello"});
    let why = invoke(&client, &node.id(), "system.notify", words)
        .await
        .unwrap_err();
    let why = why.to_string();
    assert!(
        why.contains("notify-send failed") && why.contains("org.freedesktop.Notifications"),
        "{why}"
    );
    let status = home.run(&["node", "status"]).await;
    assert!(status.stdout.contains("system.notify"), "{status:?}");
}
