//! Against a Bot API server that others wrote: npm `@openclaw/crabline`.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_channels::telegram::{Telegram, TelegramSettings};
use tidegate_core::Secret;
use tidegate_core::channel::{
    AccountKey, Act, Body, Channel, ChannelError, InboundEvent, MediaKind, OutboundMedia,
    OutboundPart, PeerKind, Target,
};

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::others::{Crabline, installed};
use crate::rig::{target, telegram};

const TOKEN: &str = "4242:crabline-token-for-tests";
const GROUP: i64 = -1_001_234_567_890;

struct World {
    crabline: Crabline,
    folder: TempDir,
}

impl World {
    async fn start() -> Self {
        let arguments = ["--json", "serve", "telegram", "--port", "0"];
        let env = [("CRABLINE_BOT_TOKEN", TOKEN)];
        Self {
            crabline: Crabline::start(&installed("bin/crabline.js"), &arguments, &env).await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn telegram(&self) -> Arc<Telegram> {
        let account = AccountKey::new("telegram", "crabline");
        telegram(TelegramSettings {
            api_root: self.crabline.endpoint("apiRoot"),
            poll: Duration::from_secs(1),
            ..TelegramSettings::new(account, Secret::new(TOKEN.into()))
        })
    }

    async fn say(&self, chat: i64, text: &str) {
        let body = json!({"chatId": chat, "fromId": 1001, "fromName": "Ada", "text": text});
        self.crabline.say(&body).await;
    }

    /// The bodies of the calls of a method, in order.
    fn calls(&self, method: &str) -> Vec<Value> {
        let calls = self.crabline.calls("POST", &format!("/{method}"));
        calls.iter().map(|call| call["body"].clone()).collect()
    }
}

fn direct() -> Target {
    target(PeerKind::Direct, 1001, None)
}

#[tokio::test]
async fn messages_go_both_ways() {
    let world = World::start().await;
    let telegram = world.telegram();
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(telegram.clone(), &inbox).await;
    world.say(1001, "when is high tide?").await;
    world.say(GROUP, "@crabline_bot and low?").await;
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
        eventually(method, || world.calls(method).len() == 1).await;
    }
    let said = world.calls("sendMessage").remove(0);
    assert_eq!(said["text"], "<b>At six</b> &amp; <code>06:12</code>");
    live.stop().await;
}

#[tokio::test]
async fn a_restart_and_a_failing_store_lose_nothing() {
    let world = World::start().await;
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(world.telegram(), &inbox).await;
    inbox.fail(1);
    world.say(1001, "one").await;
    inbox.wait_for(1).await;
    live.stop().await;
    world.say(1001, "two").await;
    let live = Live::started(world.telegram(), &inbox).await;
    inbox.wait_for(2).await;
    assert_eq!(inbox.texts(), ["one", "two"]);
    live.stop().await;
}

#[tokio::test]
async fn two_pollers_are_a_conflict() {
    let world = World::start().await;
    let first = Live::started(world.telegram(), &Arc::default()).await;
    let second = Live::start(world.telegram(), &Arc::default());
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
    let telegram = world.telegram();
    telegram
        .send(&direct(), &part, &attempt("1"))
        .await
        .unwrap();
    eventually("it is there", || world.calls("sendDocument").len() == 1).await;
    assert_eq!(world.calls("sendDocument")[0]["caption"], "<i>today</i>");
}

#[tokio::test]
async fn the_longest_text_is_taken() {
    let world = World::start().await;
    let telegram = world.telegram();
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
