//! Against a server that others wrote: npm `@openclaw/crabline`.

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_channels::discord::{Discord, DiscordSettings};
use tidegate_channels::http::HttpClient;
use tidegate_core::channel::{
    AccountKey, Act, Body, Channel as _, InboundEvent, MediaKind, OutboundMedia, OutboundPart,
    PeerKind, Space, Target,
};
use tidegate_core::{Secret, SystemClock};
use tokio::process::Child;

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::node::{node, package, post, start};
use crate::rig::{commands, number, target};

const TOKEN: &str = "MTM1MDAwMDAwMDAwMDAwMDAx.crabline.discord";
const ADMIN: &str = "admin-token-for-tests";
const GUILD: &str = "135000000000000011";
const ROOM: &str = "135000000000000010";
const ADA: &str = "135000000000000099";

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
                .args(["--json", "serve", "discord", "--port", "0"])
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

    fn discord(&self) -> Arc<Discord> {
        let root = self.manifest["endpoints"]["apiRoot"].as_str().unwrap();
        let account = AccountKey::new("discord", "crabline");
        let settings = DiscordSettings {
            api_root: format!("{root}/v10"),
            commands: commands(),
            ..DiscordSettings::new(account, Secret::new(TOKEN.into()))
        };
        let http = HttpClient::new().unwrap();
        Arc::new(Discord::new(settings, http, Arc::new(SystemClock)).unwrap())
    }

    async fn say(&self, room: &str, text: &str) -> Value {
        let url = self.manifest["endpoints"]["adminInboundUrl"].as_str();
        let body = json!({
            "channelId": room, "guildId": GUILD, "senderId": ADA, "senderName": "Ada", "content": text,
        });
        post(url.unwrap(), &[("x-crabline-admin-token", ADMIN)], &body).await
    }

    /// The calls of a verb and an end of a path, in order.
    fn calls(&self, method: &str, end: &str) -> Vec<Value> {
        let path = self.folder.path().join("recorder.jsonl");
        let lines = std::fs::read_to_string(path).unwrap_or_default();
        lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|call| {
                let path = call["path"].as_str().unwrap_or_default();
                call["method"] == method && path.ends_with(end)
            })
            .collect()
    }
}

fn room() -> Target {
    target(PeerKind::Channel, number(ROOM), None)
}

#[tokio::test]
async fn messages_go_both_ways() {
    let crabline = Crabline::start().await;
    let discord = crabline.discord();
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(discord.clone(), &inbox).await;
    crabline.say(ROOM, "when is high tide?").await;
    let events = inbox.wait_for(1).await;
    assert_eq!(events[0].sender.id, ADA);
    assert_eq!(events[0].peer, room().peer);
    assert_eq!(events[0].space, Some(Space::Guild(GUILD.into())));
    let InboundEvent::Message(message) = &events[0].event else {
        panic!("{:?}", events[0]);
    };
    assert_eq!(message.text, "when is high tide?");
    let answer = OutboundPart {
        reply_to: Some(message.message_id.clone()),
        ..text("**At six**")
    };
    let sent = discord.send(&room(), &answer, &attempt("1")).await.unwrap();
    let replaced = OutboundPart {
        replaces: Some(sent.message_id.clone()),
        ..text("At seven")
    };
    let again = discord.send(&room(), &replaced, &attempt("2")).await;
    assert_eq!(again.unwrap(), sent);
    for act in [
        Act::Typing,
        Act::React {
            message_id: message.message_id.clone(),
            emoji: "👍".into(),
        },
    ] {
        discord.act(&room(), act).await.unwrap();
    }
    let one = format!("/messages/{}", sent.message_id);
    for (method, end) in [
        ("POST", "/messages"),
        ("PATCH", one.as_str()),
        ("POST", "/typing"),
        ("PUT", "/@me"),
        ("PUT", "/commands"),
    ] {
        eventually(end, || crabline.calls(method, end).len() == 1).await;
    }
    assert_eq!(
        crabline.calls("POST", "/messages")[0]["body"]["content"],
        "**At six**"
    );
    live.stop().await;
}

#[tokio::test]
async fn a_restart_goes_on() {
    let crabline = Crabline::start().await;
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(crabline.discord(), &inbox).await;
    crabline.say(ROOM, "one").await;
    inbox.wait_for(1).await;
    live.stop().await;
    // This server takes no session up again, and so nothing of it: a new one begins.
    let live = Live::started(crabline.discord(), &inbox).await;
    crabline.say(ROOM, "two").await;
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["one", "two"]);
    live.stop().await;
}

#[tokio::test]
async fn a_file_goes_out_and_comes_back() {
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
    let sent = crabline.discord().send(&room(), &part, &attempt("1")).await;
    assert!(!sent.unwrap().message_id.is_empty());
    eventually("it is there", || {
        crabline.calls("POST", "/messages").len() == 1
    })
    .await;
}
