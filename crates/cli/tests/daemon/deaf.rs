//! Whoever reads what the daemon prints may be stuck or gone; the work goes on (F35).

use std::io::{PipeReader, PipeWriter, Write};
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::json;
use tidegate_testkit::{RawClient, in_time};

use crate::home::{Home, SCOPES, until};

/// A port of which nobody listens at this moment.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

/// A pipe that holds not one byte more.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (read, mut write) = std::io::pipe().unwrap();
    rustix::fs::fcntl_setfl(&write, rustix::fs::OFlags::NONBLOCK).unwrap();
    while write.write(&[b'x'; 512]).is_ok() {}
    while write.write(b"x").is_ok() {}
    // Only the fill must not block; for the gateway it is a pipe like any other.
    rustix::fs::fcntl_setfl(&write, rustix::fs::OFlags::empty()).unwrap();
    (read, write)
}

/// Connects as soon as somebody listens.
async fn reached(home: &Home, port: u16) -> RawClient {
    loop {
        match RawClient::owner(port, &home.token(), &SCOPES).await {
            Ok(client) => return client,
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
                tokio::task::yield_now().await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// It serves, although nobody reads what it says.
async fn serves_unheard(home: &Home, port: u16, mut child: tokio::process::Child) {
    let token = home.state().join("gateway.token");
    until("the secret", || {
        token.metadata().is_ok_and(|meta| meta.len() > 40)
    })
    .await;
    let mut client = in_time("the gateway to listen", reached(home, port))
        .await
        .unwrap();
    // More than a pipe and a queue hold: each request is a line of the log.
    for number in 0..3_000 {
        let answer = client.request("health", json!({})).await.unwrap();
        assert_eq!(answer["ok"], true, "{number}");
    }
    drop(client);
    let pid = i32::try_from(child.id().unwrap())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
        .unwrap();
    rustix::process::kill_process(pid, Signal::TERM).unwrap();
    let status = in_time("the end of the gateway", child.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn a_terminal_that_does_not_read_stops_nothing() {
    let home = Home::new();
    let port = free_port();
    let (_kept, write) = full_pipe();
    let mut command = home.command(&["gateway", "--verbose", "--port", &port.to_string()]);
    command
        .stdout(Stdio::from(write.try_clone().unwrap()))
        .stderr(Stdio::from(write));
    serves_unheard(&home, port, command.spawn().unwrap()).await;
}

#[tokio::test]
async fn a_terminal_that_is_gone_stops_nothing() {
    let home = Home::new();
    let port = free_port();
    let (read, write) = std::io::pipe().unwrap();
    drop(read);
    let mut command = home.command(&["gateway", "--verbose", "--port", &port.to_string()]);
    command
        .stdout(Stdio::from(write.try_clone().unwrap()))
        .stderr(Stdio::from(write));
    serves_unheard(&home, port, command.spawn().unwrap()).await;
}

#[tokio::test]
async fn without_stdout_and_stderr_it_serves_too() {
    let home = Home::new();
    let port = free_port();
    let mut command = home.program("sh");
    command.args([
        "-c",
        &format!("exec \"$0\" gateway --port {port} >&- 2>&-"),
        env!("CARGO_BIN_EXE_tidegate"),
    ]);
    serves_unheard(&home, port, command.spawn().unwrap()).await;
}
