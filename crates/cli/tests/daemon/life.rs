//! The life of the daemon: first start, end, death, rivals, bad configuration.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::process::Signal;
use serde_json::json;
use tidegate_testkit::{RawClient, in_time};
use tokio::net::TcpListener;
use tokio::time::{Duration, Instant};

use crate::home::{Home, Ran, ran, serve, with_model};

/// A user that owns nothing.
const NOBODY: u32 = 54_321;
/// An exit code that no supervisor answers with another start.
const CONFIG: Option<i32> = Some(78);

/// Every path below a directory, with its mode and owner.
fn modes(directory: &Path) -> Vec<(String, u32, u32)> {
    let meta = std::fs::symlink_metadata(directory).unwrap();
    let mut found = vec![(
        directory.display().to_string(),
        meta.mode() & 0o7777,
        meta.uid(),
    )];
    if meta.is_dir() {
        for entry in std::fs::read_dir(directory).unwrap() {
            found.extend(modes(&entry.unwrap().path()));
        }
    }
    found
}

fn private(home: &Home, owner: u32) {
    let found = modes(&home.state());
    assert!(found.len() >= 6, "{found:?}");
    for (path, mode, uid) in found {
        let expected = if Path::new(&path).is_dir() {
            0o700
        } else {
            0o600
        };
        assert_eq!((mode, uid), (expected, owner), "{path}");
    }
}

fn says(ran: &Ran, words: &[&str]) {
    for word in words {
        assert!(ran.stderr.contains(word), "`{word}` is missing: {ran:?}");
    }
}

#[tokio::test]
async fn the_first_start_makes_private_files_whatever_the_umask() {
    for umask in ["000", "022", "777"] {
        let home = Home::new();
        let mut command = home.program("sh");
        command.args([
            "-c",
            &format!("umask {umask}; exec \"$0\" gateway --port 0"),
            env!("CARGO_BIN_EXE_tidegate"),
        ]);
        let gateway = serve(command).await.unwrap();
        private(&home, rustix::process::geteuid().as_raw());
        let mut client = home.owner(&gateway).await;
        client.close().await.unwrap();
        assert!(gateway.stop().await.success());
        private(&home, rustix::process::geteuid().as_raw());
    }
}

#[tokio::test]
async fn the_first_lines_say_what_was_made_and_where_to_go() {
    let home = Home::new();
    let gateway = home.start().await;
    let made: Vec<_> = gateway
        .lines
        .iter()
        .filter(|line| line.starts_with("made "))
        .collect();
    assert_eq!(made.len(), 4, "{:?}", gateway.lines);
    assert_eq!(
        gateway.line("listening"),
        format!("ws://127.0.0.1:{}", gateway.port)
    );
    let (page, code) = gateway.line("webchat").split_once("/#code=").unwrap();
    assert_eq!(page, format!("http://127.0.0.1:{}", gateway.port));
    assert!(code.len() >= 40);
    let (canvas, _) = gateway.line("canvas").split_once("/ ").unwrap();
    let port: u16 = canvas
        .strip_prefix("http://127.0.0.1:")
        .unwrap()
        .parse()
        .unwrap();
    assert!(
        port != gateway.port && port != 0,
        "canvases have a port of their own"
    );
    assert_eq!(Path::new(gateway.line("state")), home.state());
    assert!(Path::new(gateway.line("logs")).is_file());
    let first = home.token();
    let told = gateway.lines.join("\n");
    assert!(
        !told.contains(&first),
        "the secret stands in the first lines"
    );
    assert_eq!(gateway.get("/healthz").await, (200, "ok".into()));
    assert_eq!(gateway.get("/readyz").await, (200, "ready".into()));
    gateway.stop().await;
    assert!(!home.log().contains(&first), "the secret stands in the log");
    let again = home.start().await;
    assert!(
        !again.lines.iter().any(|line| line.starts_with("made ")),
        "{:?}",
        again.lines
    );
    assert_eq!(home.token(), first);
}

#[tokio::test]
async fn sigterm_tells_everyone_and_ends_well_and_soon() {
    let home = Home::new();
    let gateway = home.start().await;
    let mut clients = [home.owner(&gateway).await, home.owner(&gateway).await];
    let mut stranger = RawClient::connect(gateway.port, &[]).await.unwrap();
    let began = Instant::now();
    gateway.signal(Signal::TERM);
    for client in &mut clients {
        client
            .wait_event("shutdown", |payload| payload["reason"].is_string())
            .await
            .unwrap();
        let closed = client.closed().await.unwrap();
        assert_eq!(
            (closed.code, closed.reason.as_str()),
            (1012, "service restart")
        );
    }
    stranger.closed().await.unwrap();
    let mut gateway = gateway;
    assert!(gateway.ended().await.success());
    assert!(
        began.elapsed() < Duration::from_secs(3),
        "{:?}",
        began.elapsed()
    );
    home.sound();
}

/// The offline agent needs a second and a half for an answer.
#[tokio::test]
async fn sigterm_lets_an_answer_come_to_its_end() {
    let home = Home::new();
    let mut gateway = home.start().await;
    let mut client = home.owner(&gateway).await;
    let hello = json!({ "sessionKey": "main", "message": "hello", "idempotencyKey": "hello" });
    client.request("chat.send", hello).await.unwrap();
    client
        .wait_event("chat", |event| event["state"] == "delta")
        .await
        .unwrap();
    gateway.signal(Signal::TERM);
    client.wait_event("shutdown", |_| true).await.unwrap();
    let late = json!({ "sessionKey": "main", "message": "late", "idempotencyKey": "late" });
    let refused = client.request("chat.send", late).await.unwrap();
    assert_eq!(refused["error"]["code"], "UNAVAILABLE", "{refused}");
    assert_eq!(refused["error"]["retryable"], true, "{refused}");
    let end = client
        .wait_event("chat", |event| event["state"] == "final")
        .await
        .unwrap();
    assert_eq!(client.closed().await.unwrap().code, 1012);
    assert!(gateway.ended().await.success());
    let again = home.start().await;
    let mut client = home.owner(&again).await;
    let history = client
        .request("chat.history", json!({ "sessionKey": "main" }))
        .await
        .unwrap();
    let messages = history["payload"]["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2, "{history}");
    assert_eq!(
        messages[1]["content"][0]["text"],
        end["message"]["content"][0]["text"]
    );
}

#[tokio::test]
async fn after_sigkill_it_starts_at_once_on_the_same_port() {
    let home = Home::new();
    let gateway = home.start().await;
    let port = gateway.port;
    let mut client = home.owner(&gateway).await;
    for round in 0..3 {
        let answer = client.request("chat.send", json!({
            "sessionKey": "main", "message": "/help", "idempotencyKey": format!("round {round}"),
        }));
        assert_eq!(answer.await.unwrap()["ok"], true);
    }
    // With a connection open: its port is then left in TIME_WAIT or worse.
    gateway.kill().await;
    let began = Instant::now();
    let gateway = home.start_on(port).await;
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(gateway.port, port);
    let mut client = home.owner(&gateway).await;
    let history = client
        .request("chat.history", json!({ "sessionKey": "main" }))
        .await
        .unwrap();
    assert!(
        history["payload"]["messages"].as_array().unwrap().len() >= 3,
        "{history}"
    );
}

#[tokio::test]
async fn the_second_gateway_of_a_state_directory_names_the_first() {
    let home = Home::new();
    let gateway = home.start().await;
    let began = Instant::now();
    let second = home.run(&["gateway", "--port", "0"]).await;
    assert_eq!(second.code, CONFIG, "{second:?}");
    says(
        &second,
        &[&format!("process {}", gateway.pid()), "`tidegate health`"],
    );
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(
        gateway.get("/healthz").await.0,
        200,
        "the first one works on"
    );
    // And by another name of the directory.
    let link = home.path().join("link");
    std::os::unix::fs::symlink(home.state(), &link).unwrap();
    let mut command = home.command(&["gateway", "--port", "0"]);
    command.env("TIDEGATE_STATE_DIR", &link);
    assert_eq!(ran(command).await.code, CONFIG);
}

#[tokio::test]
async fn a_port_of_another_program_is_left_alone_and_nothing_is_made() {
    let home = Home::new();
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = other.local_addr().unwrap().port();
    let refused = home.run(&["gateway", "--port", &port.to_string()]).await;
    assert_eq!(refused.code, CONFIG, "{refused:?}");
    says(
        &refused,
        &[&format!("port {port} is in use"), "--port", "--force"],
    );
    assert!(
        !home.state().exists(),
        "it made something before it had the port"
    );
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn of_two_that_start_at_once_exactly_one_serves() {
    for round in 0..20 {
        let home = Home::new();
        let start = || serve(home.command(&["gateway", "--port", "0"]));
        let (first, second) = tokio::join!(start(), start());
        let (served, refused) = match (first, second) {
            (Ok(gateway), Err(ran)) | (Err(ran), Ok(gateway)) => (gateway, ran),
            (Ok(_), Ok(_)) => panic!("round {round}: both serve"),
            (Err(first), Err(second)) => panic!("round {round}: none serves: {first:?} {second:?}"),
        };
        assert_eq!(refused.code, CONFIG, "{refused:?}");
        assert_eq!(served.get("/healthz").await.0, 200);
        home.owner(&served).await;
        served.kill().await;
    }
}

#[tokio::test]
async fn a_broken_configuration_starts_from_the_last_good_one_and_says_so() {
    let home = Home::configured(&with_model("http://127.0.0.1:9/v1"));
    home.start().await.stop().await;
    std::fs::remove_dir_all(home.state().join("logs")).unwrap();
    home.configure("{ gateway: { prot: 1 } }");
    let mut gateway = home.start().await;
    assert_eq!(gateway.get("/healthz").await.0, 200);
    assert_eq!(gateway.get("/readyz").await, (503, "degraded".into()));
    let health = home.ask(&gateway, &["health", "--json"]).await;
    let summary: serde_json::Value = serde_json::from_str(&health.stdout).unwrap();
    assert_eq!(summary["ok"], false);
    let problem = summary["problems"][0].as_str().unwrap();
    assert!(
        problem.contains("prot") && problem.contains("tidegate"),
        "{problem}"
    );
    assert!(gateway.stderr().contains("prot"), "{}", gateway.stderr());
    assert!(
        home.log().lines().next().unwrap().contains("prot"),
        "the first line of the log"
    );
    let status = home.ask(&gateway, &["status"]).await;
    assert!(status.stdout.contains("prot"), "{status:?}");
    let models = home
        .owner(&gateway)
        .await
        .request("models.list", json!({}))
        .await
        .unwrap();
    assert_eq!(
        models["payload"]["models"][0]["id"], "mock-1",
        "the last good one is in force: {models}"
    );
}

#[tokio::test]
async fn a_broken_configuration_without_a_good_one_names_the_nearest_key() {
    let home = Home::new();
    home.configure("{ gateway: { prot: 1 } }");
    let refused = home.run(&["gateway", "--port", "0"]).await;
    assert_eq!(refused.code, CONFIG, "{refused:?}");
    says(&refused, &["prot", "port", "tidegate.json"]);
    assert_eq!(
        std::fs::read_dir(home.state()).unwrap().count(),
        1,
        "nothing was made"
    );
}

#[tokio::test]
async fn force_ends_whoever_listens_and_takes_the_port() {
    let (old, new) = (Home::new(), Home::new());
    let mut first = old.start().await;
    let port = first.port;
    let mut client = old.owner(&first).await;
    let forced = serve(new.command(&["gateway", "--force", "--port", &port.to_string()]));
    let (second, closed) = tokio::join!(forced, client.closed());
    let mut second = second.unwrap();
    assert_eq!(closed.unwrap().code, 1012);
    assert!(first.ended().await.success(), "SIGTERM was enough");
    assert_eq!(second.port, port);
    assert!(
        second.stderr().contains("SIGTERM to") && second.stderr().contains(&port.to_string()),
        "{}",
        second.stderr()
    );
    new.owner(&second).await;
    // A program that is none of ours, and hears no SIGTERM.
    second.kill().await;
    let deaf = "import signal,socket,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); \
                s=socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); time.sleep(60)";
    let mut other = new.program("python3");
    let mut other = other.args(["-c", deaf]).spawn().unwrap();
    let mut line = String::new();
    let mut out = tokio::io::BufReader::new(other.stdout.take().unwrap());
    tokio::io::AsyncBufReadExt::read_line(&mut out, &mut line)
        .await
        .unwrap();
    let mut third = serve(new.command(&["gateway", "--force", "--port", line.trim()]))
        .await
        .unwrap();
    assert!(third.stderr().contains("SIGKILL to"), "{}", third.stderr());
    in_time("the other program's end", other.wait())
        .await
        .unwrap()
        .unwrap();
}

/// The same program as another user; only root can do that.
fn as_nobody(home: &Home, args: &[&str]) -> tokio::process::Command {
    let mut command = home.program("setpriv");
    command
        .args([
            format!("--reuid={NOBODY}"),
            format!("--regid={NOBODY}"),
            "--clear-groups".into(),
            "--".into(),
        ])
        .arg(env!("CARGO_BIN_EXE_tidegate"))
        .args(args);
    command
}

#[tokio::test]
async fn a_user_who_is_not_root_gets_private_files_and_no_foreign_directory() {
    let home = Home::new();
    std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o755)).unwrap();
    home.start().await.stop().await;
    let mut open = home.command(&["gateway", "--port", "0"]);
    if rustix::process::geteuid().is_root() {
        open = as_nobody(&home, &["gateway", "--port", "0"]);
    } else {
        open.env("TIDEGATE_STATE_DIR", "/usr");
    }
    let refused = ran(open).await;
    assert_eq!(refused.code, CONFIG, "{refused:?}");
    says(&refused, &["belongs to user 0", "TIDEGATE_STATE_DIR"]);

    let own = Home::new();
    let me = if rustix::process::geteuid().is_root() {
        NOBODY
    } else {
        rustix::process::geteuid().as_raw()
    };
    let start = if me == NOBODY {
        std::os::unix::fs::chown(own.path(), Some(NOBODY), Some(NOBODY)).unwrap();
        as_nobody(&own, &["gateway", "--port", "0"])
    } else {
        own.command(&["gateway", "--port", "0"])
    };
    let gateway = serve(start).await.unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", gateway.pid())).unwrap();
    let uids: Vec<_> = status
        .lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(uids, vec![me.to_string(); 4], "not root");
    private(&own, me);
    own.owner(&gateway).await;
    gateway.stop().await;
    private(&own, me);
}

#[tokio::test]
async fn a_secret_that_others_could_read_is_refused() {
    let home = Home::new();
    home.start().await.stop().await;
    let file = home.state().join("gateway.token");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).unwrap();
    let refused = home.run(&["gateway", "--port", "0"]).await;
    assert_eq!(refused.code, CONFIG, "{refused:?}");
    says(&refused, &["644", "chmod 600"]);
    assert_eq!(
        file.metadata().unwrap().mode() & 0o777,
        0o644,
        "it is not made good in silence"
    );
}
