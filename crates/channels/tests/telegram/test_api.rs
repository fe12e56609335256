//! Against another Bot API server that others wrote: npm `telegram-test-api`. It knows few methods
//! and does not wait for news, so it shows that we live with less.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tidegate_channels::http::HttpClient;
use tidegate_channels::telegram::{Telegram, TelegramSettings};
use tidegate_core::channel::{AccountKey, Channel, OutboundPart, PeerKind};
use tidegate_core::{Secret, SystemClock};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::contract::{Live, MemoryInbox, attempt, text};
use crate::others::node::{node, package, post, start};
use crate::rig::target;

const TOKEN: &str = "77:test-api-token";
/// Starts the server on a port of the system's choice and says which.
const SCRIPT: &str = "
    const Server = require(process.argv[1]);
    const server = new Server({ port: 0, host: '127.0.0.1' });
    server.start().then(() => console.log('port ' + server.server.address().port));
";

#[tokio::test]
async fn messages_go_both_ways() {
    let package = package("telegram-test-api");
    let mut child = start(
        node()
            .arg("-e")
            .arg(SCRIPT)
            .arg(&package)
            .stdout(Stdio::piped()),
    );
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = loop {
        let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line());
        let line = line
            .await
            .expect("does not start")
            .unwrap()
            .expect("it ended");
        if let Some(port) = line.strip_prefix("port ") {
            break port.to_owned();
        }
    };
    let root = format!("http://127.0.0.1:{port}");
    let settings = TelegramSettings {
        api_root: root.clone(),
        poll: Duration::from_secs(1),
        ..TelegramSettings::new(
            AccountKey::new("telegram", "test-api"),
            Secret::new(TOKEN.into()),
        )
    };
    let http = HttpClient::new().unwrap();
    let telegram = Arc::new(Telegram::new(settings, http, Arc::new(SystemClock)).unwrap());
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(telegram.clone(), &inbox).await;
    for words in ["one", "two"] {
        let message = json!({
            "botToken": TOKEN, "date": 1_763_599_999, "text": words,
            "from": { "id": 1001, "first_name": "Ada", "is_bot": false },
            "chat": { "id": 1001, "first_name": "Ada", "type": "private" },
        });
        post(&format!("{root}/sendMessage"), &[], &message).await;
    }
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["one", "two"]);
    live.stop().await;

    let direct = target(PeerKind::Direct, 1001, None);
    let sent = telegram
        .send(&direct, &text("**three**"), &attempt("1"))
        .await
        .unwrap();
    let changed = OutboundPart {
        replaces: Some(sent.message_id),
        ..text("four")
    };
    telegram
        .send(&direct, &changed, &attempt("2"))
        .await
        .unwrap();
    let body = json!({ "token": TOKEN });
    let history = post(&format!("{root}/getUpdatesHistory"), &[], &body).await;
    let words: Vec<_> = history["result"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry.pointer("/message/text")?.as_str())
        .collect();
    assert!(words.contains(&"four"), "{history}");
}
