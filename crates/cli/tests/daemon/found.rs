//! How a command finds its gateway, and that what it prints to do next finds the same one.

use serde_json::json;
use tokio::net::TcpListener;

use crate::cli::{DENIED, UNREACHABLE, fails, started};
use crate::home::{Home, Ran, ran, serve};

const DONE: Option<i32> = Some(0);
const USAGE: Option<i32> = Some(2);
const CONFIG: Option<i32> = Some(78);

/// A port on which nobody listens.
async fn unused() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test]
async fn the_gateway_that_runs_is_found_whatever_its_port() {
    let port = unused().await;
    let home = Home::configured(&json!({ "gateway": { "port": port } }));
    let gateway = home.start().await;
    assert_ne!(gateway.port, port);
    let found = home.run(&["health"]).await;
    assert_eq!(found.code, DONE, "{found:?}");
    let zero = async || {
        let mut command = home.command(&["health"]);
        command.env("TIDEGATE_GATEWAY_PORT", "0");
        ran(command).await
    };
    assert_eq!(zero().await.code, DONE, "any free port, and one has it");
    let url = format!("ws://127.0.0.1:{}", gateway.port);
    let own = home.run(&["health", "--url", &url]).await;
    assert_eq!(own.code, DONE, "it is the own one: {own:?}");
    // What the environment says counts more.
    let mut other = home.command(&["health"]);
    other.env("TIDEGATE_GATEWAY_PORT", port.to_string());
    let where_ = format!("127.0.0.1:{port} (port: env");
    fails(&ran(other).await, UNREACHABLE, &["not running", &where_]);
    // What a dead one said is not believed.
    gateway.kill().await;
    let gone = home.run(&["health"]).await;
    let where_ = format!("127.0.0.1:{port} (port: file");
    fails(&gone, UNREACHABLE, &["not running", &where_]);
    fails(
        &zero().await,
        UNREACHABLE,
        &["no gateway runs", "any free one", "env"],
    );
}

#[tokio::test]
async fn a_second_gateway_is_told_who_the_first_is() {
    let (home, gateway) = started().await;
    let (pid, port) = (gateway.pid().to_string(), gateway.port.to_string());
    let words = [
        format!("process {pid}, port {port}"),
        format!("kill {pid}"),
        "--profile NAME --port".to_owned(),
        "`tidegate health`".to_owned(),
    ];
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    for wanted in ["0", &port] {
        let second = home.run(&["gateway", "--port", wanted]).await;
        fails(&second, CONFIG, &words);
        assert!(!second.stderr.contains("--force"), "{second:?}");
    }
    // Somebody else's port: that one is named, with the port to take in its place.
    let rival = Home::new();
    let taken = rival.run(&["gateway", "--port", &port]).await;
    let force = format!("`tidegate gateway --port {port} --force`");
    fails(&taken, CONFIG, &[&format!("port {port} is in use"), &force]);
}

/// The command of the last `next:` line, without quotes around it.
fn next(ran: &Ran) -> Vec<String> {
    let line = ran.stderr.lines().find_map(|line| {
        let (_, next) = line.split_once("next:")?;
        next.trim().strip_prefix("tidegate ").map(str::to_owned)
    });
    let line = line.unwrap_or_else(|| panic!("no command: {ran:?}"));
    line.split(' ').map(str::to_owned).collect()
}

#[tokio::test]
async fn a_printed_next_command_works_when_it_is_pasted() {
    let home = Home::new();
    let gateway = serve(home.command(&["gateway", "--profile", "second", "--port", "0"]));
    let gateway = gateway.await.unwrap();
    let again = gateway
        .lines
        .iter()
        .find(|line| line.contains("for another: "));
    assert!(
        again
            .unwrap()
            .contains("tidegate dashboard --profile second"),
        "{again:?}"
    );
    let secret = home.path().join(".tidegate-second/gateway.token");
    let secret = secret.display().to_string();
    let url = format!("ws://127.0.0.1:{}", gateway.port);
    let ways = [
        vec!["--profile", "second"],
        vec!["--url", &url, "--token-file", &secret],
        vec!["--profile", "second", "--url", &url],
    ];
    for way in &ways {
        let nobody = home
            .run(&[&["devices", "approve"], &way[..]].concat())
            .await;
        fails(&nobody, Some(1), &["no device waits"]);
        let command = next(&nobody);
        let args: Vec<&str> = command.iter().map(String::as_str).collect();
        assert_eq!(args[..2], ["devices", "list"], "{args:?}");
        let pasted = home.run(&args).await;
        assert_eq!(pasted.code, DONE, "{args:?}: {pasted:?}");
    }
    // Also below a page.
    let page = home.run(&["devices", "list", "--profile", "second"]).await;
    assert!(
        page.stdout
            .contains("tidegate devices code --profile second"),
        "{page:?}"
    );
    let plain = home
        .run(&[
            "devices",
            "approve",
            "--profile",
            "second",
            "--token",
            "wrong",
        ])
        .await;
    assert!(
        !plain.stderr.contains("wrong"),
        "a secret is not repeated: {plain:?}"
    );
    assert_eq!(plain.code, DENIED, "{plain:?}");
}

#[tokio::test]
async fn a_port_that_speaks_tls_says_what_to_write() {
    let home = Home::configured(&json!({ "gateway": { "tls": { "enabled": true } } }));
    let gateway = home.start().await;
    let right = home.run(&["health"]).await;
    assert_eq!(right.code, DONE, "{right:?}");
    let plain = format!("ws://127.0.0.1:{}", gateway.port);
    let write = format!("--url wss://127.0.0.1:{}", gateway.port);
    let own = home.run(&["health", "--url", &plain]).await;
    fails(&own, USAGE, &["speaks TLS", &write]);
    // And for somebody who only has the secret.
    let secret = home.state().join("gateway.token").display().to_string();
    let other = Home::new();
    for command in [&["health"][..], &["devices", "list"], &["nodes"]] {
        let args = [command, &["--url", &plain, "--token-file", &secret]].concat();
        let refused = other.run(&args).await;
        fails(&refused, UNREACHABLE, &["speaks TLS", &write]);
    }
}
