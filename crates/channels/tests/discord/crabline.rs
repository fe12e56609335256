//! Against a server that others wrote: npm `@openclaw/crabline`.

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_channels::discord::{Discord, DiscordSettings};
use tidegate_core::Secret;
use tidegate_core::channel::{
    AccountKey, Act, Body, Channel as _, InboundEvent, MediaKind, OutboundMedia, OutboundPart,
    PeerKind, Space, Target,
};

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::others::{Crabline, installed};
use crate::rig::{commands, discord, number, target};

const TOKEN: &str = "MTM1MDAwMDAwMDAwMDAwMDAx.crabline.discord";
const GUILD: &str = "135000000000000011";
const ROOM: &str = "135000000000000010";
const ADA: &str = "135000000000000099";

struct World {
    crabline: Crabline,
    folder: TempDir,
}

impl World {
    async fn start() -> Self {
        let arguments = ["--json", "serve", "discord", "--port", "0"];
        let env = [("CRABLINE_BOT_TOKEN", TOKEN)];
        Self {
            crabline: Crabline::start(&installed("bin/crabline.js"), &arguments, &env).await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn discord(&self) -> Arc<Discord> {
        let root = self.crabline.endpoint("apiRoot");
        let account = AccountKey::new("discord", "crabline");
        discord(DiscordSettings {
            api_root: format!("{root}/v10"),
            commands: commands(),
            ..DiscordSettings::new(account, Secret::new(TOKEN.into()))
        })
    }

    async fn say(&self, room: &str, text: &str) {
        let body = json!({
            "channelId": room, "guildId": GUILD, "senderId": ADA, "senderName": "Ada", "content": text,
        });
        self.crabline.say(&body).await;
    }

    fn calls(&self, method: &str, end: &str) -> Vec<Value> {
        self.crabline.calls(method, end)
    }
}

fn room() -> Target {
    target(PeerKind::Channel, number(ROOM), None)
}

#[tokio::test]
async fn messages_go_both_ways() {
    let world = World::start().await;
    let discord = world.discord();
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(discord.clone(), &inbox).await;
    world.say(ROOM, "when is high tide?").await;
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
        eventually(end, || world.calls(method, end).len() == 1).await;
    }
    assert_eq!(
        world.calls("POST", "/messages")[0]["body"]["content"],
        "**At six**"
    );
    live.stop().await;
}

#[tokio::test]
async fn a_restart_goes_on() {
    let world = World::start().await;
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(world.discord(), &inbox).await;
    world.say(ROOM, "one").await;
    inbox.wait_for(1).await;
    live.stop().await;
    // This server takes no session up again, and so nothing of it: a new one begins.
    let live = Live::started(world.discord(), &inbox).await;
    world.say(ROOM, "two").await;
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["one", "two"]);
    live.stop().await;
}

#[tokio::test]
async fn a_file_goes_out_and_comes_back() {
    let world = World::start().await;
    let path = world.folder.path().join("tides.txt");
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
    let sent = world.discord().send(&room(), &part, &attempt("1")).await;
    assert!(!sent.unwrap().message_id.is_empty());
    eventually("it is there", || {
        world.calls("POST", "/messages").len() == 1
    })
    .await;
}
