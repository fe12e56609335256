//! Whom a client command gives the secret, and what it is worth on the way through others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tidegate_testkit::in_time;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::cli::{DENIED, UNREACHABLE, fails, started};
use crate::home::{Home, ran};

/// A listener that is no gateway: counts who comes and keeps what they say.
struct Spy {
    port: u16,
    visits: Arc<AtomicUsize>,
    heard: Arc<std::sync::Mutex<Vec<u8>>>,
    _task: JoinSet<()>,
}

async fn spy() -> Spy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (visits, heard) = (
        Arc::<AtomicUsize>::default(),
        Arc::<std::sync::Mutex<Vec<u8>>>::default(),
    );
    let (count, keep) = (Arc::clone(&visits), Arc::clone(&heard));
    let mut task = JoinSet::new();
    task.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            let mut buffer = [0; 4096];
            // Nobody is answered: a client says all that it would say before it must wait.
            while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                keep.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        }
    });
    Spy {
        port,
        visits,
        heard,
        _task: task,
    }
}

#[tokio::test]
async fn the_own_secret_goes_to_the_own_gateway_only() {
    let (home, gateway) = started().await;
    let secret = home.token();
    let spy = spy().await;
    let elsewhere = format!("ws://127.0.0.1:{}", spy.port);
    for command in [
        &["health"][..],
        &["status"],
        &["agent", "--message", "hi"],
        &["dashboard", "--no-open"],
        &["logs"],
    ] {
        let refused = home
            .ask(&gateway, &[command, &["--url", &elsewhere]].concat())
            .await;
        fails(&refused, DENIED, &["no secret for", "--token-file"]);
    }
    assert_eq!(spy.visits.load(Ordering::Relaxed), 0, "it was dialled");
    let given = [
        "health",
        "--url",
        &elsewhere,
        "--token",
        "another-secret-for-another-place",
        "--timeout",
        "500",
    ];
    let silent = home.ask(&gateway, &given).await;
    assert_eq!(silent.code, UNREACHABLE, "{silent:?}");
    assert_ne!(spy.visits.load(Ordering::Relaxed), 0);
    let heard = String::from_utf8_lossy(&spy.heard.lock().unwrap().clone()).into_owned();
    assert!(
        !heard.contains(&secret) && !heard.contains("another-secret"),
        "said before it knew to whom: {heard}"
    );
}

/// Passes everything on to the gateway, as a reverse proxy does: with a header that says for whom.
async fn proxy(gateway: u16) -> (u16, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((mut near, _)) = listener.accept().await {
            open.spawn(async move {
                let mut far = TcpStream::connect(("127.0.0.1", gateway)).await.unwrap();
                let mut head = vec![0; 4096];
                let read = near.read(&mut head).await.unwrap();
                let head = String::from_utf8_lossy(&head[..read]).replacen(
                    "\r\n",
                    "\r\nX-Forwarded-For: 203.0.113.9\r\n",
                    1,
                );
                far.write_all(head.as_bytes()).await.unwrap();
                drop(tokio::io::copy_bidirectional(&mut near, &mut far).await);
            });
        }
    });
    (port, tasks)
}

#[tokio::test]
async fn from_elsewhere_the_secret_alone_gives_no_rights() {
    let (home, gateway) = started().await;
    let (port, _tasks) = proxy(gateway.port).await;
    let file = home.path().join("secret");
    std::fs::write(&file, home.token()).unwrap();
    let url = format!("ws://127.0.0.1:{port}");
    let refused = home
        .ask(
            &gateway,
            &[
                "health",
                "--url",
                &url,
                "--token-file",
                &file.display().to_string(),
            ],
        )
        .await;
    fails(&refused, DENIED, &["missing scope: operator.read"]);
}

/// A stranger took the port while the gateway was away.
#[tokio::test]
async fn a_stranger_on_our_port_is_told_nothing() {
    if !rustix::process::geteuid().is_root() {
        // Nobody but root can be two users.
        return;
    }
    let home = Home::new();
    home.start().await.stop().await;
    let script = "import socket,sys\ns=socket.create_server(('127.0.0.1', 0))\nprint(s.getsockname()[1], flush=True)\n\
                  c=s.accept()[0]\nprint('visit', flush=True)";
    let mut stranger = home.program("setpriv");
    stranger.args([
        "--reuid=54322",
        "--regid=54322",
        "--clear-groups",
        "--",
        "/usr/bin/python3",
        "-c",
        script,
    ]);
    let mut stranger = stranger.current_dir("/").spawn().unwrap();
    let mut lines = BufReader::new(stranger.stdout.take().unwrap()).lines();
    let port = in_time("the stranger", lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let mut command = home.command(&["health"]);
    // Root could read the secret anyway; it is the owner of the directory that is protected.
    command.env("TIDEGATE_GATEWAY_PORT", &port);
    let refused = ran(command).await;
    fails(
        &refused,
        DENIED,
        &["user 54322 listens on", "the secret was not sent"],
    );
    stranger.kill().await.unwrap();
    assert_eq!(lines.next_line().await.unwrap(), None, "it was dialled");
}
