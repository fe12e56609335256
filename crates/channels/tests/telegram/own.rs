//! Servers that are not the vendor's: a Bot API server of one's own, proxies, portals, and what
//! comes from a server that means no good.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tidegate_channels::http::HttpClient;
use tidegate_channels::telegram::{Telegram, TelegramSettings};
use tidegate_core::channel::{
    AccountKey, Channel, ChannelError, InboundMedia, MediaKind, PeerKind, StoredFile,
};
use tidegate_core::{Secret, SystemClock};
use tidegate_fakes::common::Server;

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::rig::target;

const TOKEN: &str = "42:AA-secret";

type Told = (&'static str, u16, String);

/// Answers every method as it was told, and remembers what it was asked.
#[derive(Clone, Default)]
struct Script {
    /// The end of a path, the status and the body of its answer.
    answers: Arc<Mutex<Vec<Told>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn answer(State(script): State<Script>, uri: Uri) -> Response {
    script.asked.lock().unwrap().push(uri.path().to_owned());
    let answers = script.answers.lock().unwrap();
    let found = answers.iter().find(|(end, ..)| uri.path().ends_with(end));
    match found {
        Some((_, status, body)) => {
            let status = StatusCode::from_u16(*status).unwrap();
            let to = [("location", "/elsewhere")];
            (status, to, body.clone()).into_response()
        }
        None => r#"{"ok":true,"result":true}"#.into_response(),
    }
}

struct World {
    script: Script,
    server: Server,
}

impl World {
    async fn start() -> Self {
        let script = Script::default();
        let router = Router::new().fallback(answer).with_state(script.clone());
        let server = Server::start(router).await.unwrap();
        let world = Self { script, server };
        world.ok("/getMe", &json!({ "id": 42, "username": "own_bot" }));
        world
    }

    fn ok(&self, method: &'static str, result: &Value) {
        self.raw(
            method,
            200,
            &json!({ "ok": true, "result": result }).to_string(),
        );
    }

    fn raw(&self, method: &'static str, status: u16, body: &str) {
        let mut answers = self.script.answers.lock().unwrap();
        answers.retain(|(of, ..)| *of != method);
        answers.push((method, status, body.to_owned()));
    }

    fn telegram(&self, local_files: Option<&Path>) -> Arc<Telegram> {
        let account = AccountKey::new("telegram", "own");
        let settings = TelegramSettings {
            api_root: format!("{}/", self.server.root()),
            poll: std::time::Duration::from_secs(1),
            local_files: local_files.map(Into::into),
            ..TelegramSettings::new(account, Secret::new(TOKEN.into()))
        };
        let http = HttpClient::new().unwrap();
        Arc::new(Telegram::new(settings, http, Arc::new(SystemClock)).unwrap())
    }

    async fn fetch(&self, local: Option<&Path>, to: &Path) -> Result<StoredFile, ChannelError> {
        let media = InboundMedia {
            kind: MediaKind::Document,
            handle: "BQAC".into(),
            name: None,
            mime: None,
            bytes: None,
        };
        self.telegram(local).fetch(&media, to, 100).await
    }

    async fn send(&self) -> Result<String, ChannelError> {
        let to = target(PeerKind::Direct, 1001, None);
        let sent = self
            .telegram(None)
            .send(&to, &text("x"), &attempt("1"))
            .await;
        sent.map(|receipt| receipt.message_id)
    }

    fn asked(&self) -> Vec<String> {
        self.script.asked.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn what_is_not_the_bot_api_is_not_believed() {
    let world = World::start().await;
    for (status, body, may_have_arrived) in [
        (200, "<html>sign in to the hotel</html>", true),
        (200, "{}", true),
        (200, r#"{"ok":true}"#, true),
        (200, r#"{"ok":true,"result":"what?"}"#, true),
        (302, "", true),
        (403, "<html>blocked</html>", false),
        (407, "", false),
        (502, "<html>bad gateway</html>", true),
    ] {
        world.raw("/sendMessage", status, body);
        let sent = world.send().await;
        let right = match &sent {
            Err(ChannelError::Unknown(_)) => may_have_arrived,
            Err(ChannelError::Unreachable(_)) => !may_have_arrived,
            _ => false,
        };
        assert!(right, "{status} {body}: {sent:?}");
    }
    assert!(world.asked().iter().all(|path| path.starts_with("/bot42:")));
}

#[tokio::test]
async fn a_server_that_says_the_token_is_not_repeated() {
    let world = World::start().await;
    let words = format!(
        "Bad Request: no\n\u{1b}[2J such {TOKEN}{}",
        "!".repeat(1000)
    );
    let body = json!({ "ok": false, "error_code": 400, "description": words });
    world.raw("/sendMessage", 400, &body.to_string());
    let error = world.send().await.unwrap_err().to_string();
    assert!(error.starts_with("Bad Request: no"), "{error}");
    assert!(!error.contains("AA-secret"), "{error}");
    assert!(!error.chars().any(char::is_control), "{error}");
    assert!(error.len() <= 300, "{}", error.len());
}

#[tokio::test]
async fn an_update_that_cannot_be_read_stands_in_nobodys_way() {
    let world = World::start().await;
    let good = json!({
        "update_id": 8, "message": {
            "message_id": 1, "date": 1_763_599_999,
            "from": { "id": 1001, "is_bot": false, "first_name": "Ada" },
            "chat": { "id": 1001, "type": "private" }, "text": "hello",
        },
    });
    let odd = json!({ "update_id": 9, "message": { "message_id": "nine" } });
    world.ok(
        "/getUpdates",
        &json!([{ "update_id": 7, "message": 5 }, good, odd, "?"]),
    );
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(world.telegram(None), &inbox).await;
    inbox.wait_for(1).await;
    assert_eq!(inbox.texts(), ["hello"]);
    assert_eq!(inbox.cursors()[0], "10");
    live.stop().await;
}

#[tokio::test]
async fn a_server_that_does_not_wait_is_not_asked_without_end() {
    let world = World::start().await;
    world.ok("/getUpdates", &json!([]));
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(world.telegram(None), &inbox).await;
    let polls = || {
        let asked = world.asked();
        asked
            .iter()
            .filter(|path| path.ends_with("/getUpdates"))
            .count()
    };
    let begun = tokio::time::Instant::now();
    eventually("four polls", || polls() >= 4).await;
    // The first does not wait; each of the others takes half a second.
    assert!(begun.elapsed().as_millis() > 900, "{:?}", begun.elapsed());
    live.stop().await;
}

#[tokio::test]
async fn paths_that_lead_elsewhere_are_not_followed() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("file");
    for path in [
        "../../bot42:AA-secret/logOut",
        "a/../../b",
        "a?b",
        "//host/x",
        "/etc/hostname",
    ] {
        world.ok("/getFile", &json!({ "file_id": "BQAC", "file_path": path }));
        let fetched = world.fetch(None, &to).await;
        assert!(
            matches!(fetched, Err(ChannelError::Refused(_))),
            "{path}: {fetched:?}"
        );
        assert!(!to.exists());
    }
    assert!(world.asked().iter().all(|path| path.ends_with("/getFile")));
}

#[tokio::test]
async fn local_files_are_taken_from_their_directory_only() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (own, to) = (folder.path().join("own"), folder.path().join("to"));
    std::fs::create_dir(&own).unwrap();
    std::fs::write(own.join("file"), "tides").unwrap();
    std::fs::write(own.join("large"), vec![0; 101]).unwrap();
    std::fs::write(folder.path().join("outside"), "secret").unwrap();
    std::os::unix::fs::symlink("../outside", own.join("link")).unwrap();
    let named = |path: &str| {
        let path = own.join(path);
        world.ok("/getFile", &json!({ "file_id": "BQAC", "file_path": path }));
    };
    named("file");
    assert!(world.fetch(None, &to).await.is_err());
    let stored = world.fetch(Some(&own), &to).await.unwrap();
    assert_eq!(
        (stored.bytes, std::fs::read(&to).unwrap()),
        (5, b"tides".to_vec())
    );
    std::fs::remove_file(&to).unwrap();
    for wrong in ["link", "../outside", "large", "missing", "."] {
        named(wrong);
        let fetched = world.fetch(Some(&own), &to).await;
        assert!(
            matches!(fetched, Err(ChannelError::Refused(_))),
            "{wrong}: {fetched:?}"
        );
        assert!(!to.exists());
    }
}
