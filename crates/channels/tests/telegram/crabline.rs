//! Against a Bot API server that others wrote: npm `@openclaw/crabline`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_channels::http::HttpClient;
use tidegate_channels::telegram::{Telegram, TelegramSettings};
use tidegate_core::channel::{
    AccountKey, Act, Body, Channel, ChannelError, InboundEvent, MediaKind, OutboundMedia,
    OutboundPart, PeerKind, Target,
};
use tidegate_core::{Secret, SystemClock};
use tokio::process::Child;

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::node::{node, package, post, start};
use crate::rig::target;

const TOKEN: &str = "4242:crabline-token-for-tests";
const ADMIN: &str = "admin-token-for-tests";
const GROUP: i64 = -1_001_234_567_890;

struct Crabline {
    folder: TempDir,
    manifest: Value,
    _child: Child,
}

impl Crabline {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ready = folder.path().join("ready.json");
        let child = start(
            node()
                .arg(package("@openclaw/crabline/dist/src/bin/crabline.js"))
                .args(["--json", "serve", "telegram", "--port", "0"])
                .arg("--ready-file")
                .arg(&ready)
                .arg("--recorder")
                .arg(folder.path().join("recorder.jsonl"))
                .env("CRABLINE_BOT_TOKEN", TOKEN)
                .env("CRABLINE_ADMIN_TOKEN", ADMIN),
        );
        let read = || serde_json::from_slice(&std::fs::read(&ready).ok()?).ok();
        eventually("Crabline is ready", || read().is_some()).await;
        Self {
            manifest: read().unwrap(),
            folder,
            _child: child,
        }
    }

    fn telegram(&self) -> Arc<Telegram> {
        let root = self.manifest["endpoints"]["apiRoot"].as_str().unwrap();
        let account = AccountKey::new("telegram", "crabline");
        let settings = TelegramSettings {
            api_root: root.to_owned(),
            poll: Duration::from_secs(1),
            ..TelegramSettings::new(account, Secret::new(TOKEN.into()))
        };
        let http = HttpClient::new().unwrap();
        Arc::new(Telegram::new(settings, http, Arc::new(SystemClock)).unwrap())
    }

    async fn say(&self, chat: i64, text: &str) -> Value {
        let url = self.manifest["endpoints"]["adminInboundUrl"].as_str();
        let body = json!({
            "chatId": chat, "fromId": 1001, "fromName": "Ada", "text": text,
        });
        post(url.unwrap(), &[("x-crabline-admin-token", ADMIN)], &body).await
    }

    fn recorder(&self) -> PathBuf {
        self.folder.path().join("recorder.jsonl")
    }

    /// The bodies of the calls of a method, in order.
    fn calls(&self, method: &str) -> Vec<Value> {
        let lines = std::fs::read_to_string(self.recorder()).unwrap_or_default();
        lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|call| {
                let path = call["path"].as_str().unwrap_or_default();
                path.ends_with(&format!("/{method}"))
            })
            .map(|call| call["body"].clone())
            .collect()
    }
}

fn direct() -> Target {
    target(PeerKind::Direct, 1001, None)
}

#[tokio::test]
async fn messages_go_both_ways() {
    let crabline = Crabline::start().await;
    let telegram = crabline.telegram();
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(telegram.clone(), &inbox).await;
    crabline.say(1001, "when is high tide?").await;
    crabline.say(GROUP, "@crabline_bot and low?").await;
    let events = inbox.wait_for(2).await;
    assert_eq!(events[0].sender.id, "1001");
    assert_eq!(events[0].peer, direct().peer);
    assert_eq!(events[1].peer.kind, PeerKind::Group);
    assert_eq!(inbox.texts()[0], "when is high tide?");

    let InboundEvent::Message(message) = &events[0].event else {
        panic!("{:?}", events[0]);
    };
    let answer = OutboundPart {
        reply_to: Some(message.message_id.clone()),
        ..text("**At six** & `06:12`")
    };
    let sent = telegram
        .send(&direct(), &answer, &attempt("1"))
        .await
        .unwrap();
    let replaced = OutboundPart {
        replaces: Some(sent.message_id.clone()),
        ..text("At seven")
    };
    assert_eq!(
        telegram
            .send(&direct(), &replaced, &attempt("2"))
            .await
            .unwrap(),
        sent
    );
    for act in [
        Act::Typing,
        Act::React {
            message_id: message.message_id.clone(),
            emoji: "👍".into(),
        },
    ] {
        telegram.act(&direct(), act).await.unwrap();
    }
    for method in [
        "sendMessage",
        "editMessageText",
        "sendChatAction",
        "setMessageReaction",
    ] {
        eventually(method, || crabline.calls(method).len() == 1).await;
    }
    let said = crabline.calls("sendMessage").remove(0);
    assert_eq!(said["text"], "<b>At six</b> &amp; <code>06:12</code>");
    live.stop().await;
}

#[tokio::test]
async fn a_restart_and_a_failing_store_lose_nothing() {
    let crabline = Crabline::start().await;
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(crabline.telegram(), &inbox).await;
    inbox.fail(1);
    crabline.say(1001, "one").await;
    inbox.wait_for(1).await;
    live.stop().await;
    crabline.say(1001, "two").await;
    let live = Live::started(crabline.telegram(), &inbox).await;
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["one", "two"]);
    live.stop().await;
}

#[tokio::test]
async fn two_pollers_are_a_conflict() {
    let crabline = Crabline::start().await;
    let first = Live::started(crabline.telegram(), &Arc::default()).await;
    let second = Live::start(crabline.telegram(), &Arc::default());
    eventually("one of them hears of it", || {
        first.failures() + second.failures() > 0
    })
    .await;
    let failed = if first.failures() > 0 {
        &first
    } else {
        &second
    };
    let failure = failed.failure().await;
    assert!(matches!(failure, ChannelError::Conflict(_)), "{failure}");
}

#[tokio::test]
async fn a_file_goes_out() {
    let crabline = Crabline::start().await;
    let path = crabline.folder.path().join("tides.txt");
    std::fs::write(&path, "06:12 high\n").unwrap();
    let part = OutboundPart {
        body: Body::Media {
            media: OutboundMedia {
                kind: MediaKind::Document,
                path,
                name: "tides.txt".into(),
                mime: "text/plain".into(),
                bytes: 11,
            },
            markdown: "*today*".into(),
        },
        ..text("")
    };
    let telegram = crabline.telegram();
    telegram
        .send(&direct(), &part, &attempt("1"))
        .await
        .unwrap();
    eventually("it is there", || crabline.calls("sendDocument").len() == 1).await;
    assert_eq!(crabline.calls("sendDocument")[0]["caption"], "<i>today</i>");
}

#[tokio::test]
async fn the_longest_text_is_taken() {
    let crabline = Crabline::start().await;
    let telegram = crabline.telegram();
    let limit = telegram.capabilities().text;
    let longest = "🌊".repeat(limit.max / 2);
    telegram
        .send(&direct(), &text(&longest), &attempt("1"))
        .await
        .unwrap();
    let longer = "🌊".repeat(2049);
    let refused = telegram
        .send(&direct(), &text(&longer), &attempt("2"))
        .await;
    assert!(
        matches!(refused, Err(ChannelError::Refused(_))),
        "{refused:?}"
    );
}
