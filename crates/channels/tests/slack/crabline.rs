//! Against a Slack that others wrote: npm `@openclaw/crabline`, for what it covers (Web API and
//! signed events; no Socket Mode, no changes, no files).

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tidegate_channels::slack::{Mode, SlackSettings};
use tidegate_core::Secret;
use tidegate_core::channel::{
    AccountKey, Attempt, Channel as _, ChannelError, InboundEvent, PeerKind,
};
use tidegate_fakes::common::Server;
use tokio_util::sync::CancellationToken;

use crate::contract::{MemoryInbox, attempt, text};
use crate::edge::Edge;
use crate::others::{Crabline, installed};
use crate::rig::{slack, target};

const TOKEN: &str = "xoxb-4242-4243-crablinetoken";
const SECRET: &str = "signing-secret-for-tests";
/// Starts the server with our door as its own options cannot.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/slack/crabline.mjs");
const BOT: &str = "UCRABBOT";
const ADA: &str = "UADA00001";
const ROOM: &str = "C0HARBOUR";

struct World {
    crabline: Crabline,
    edge: Edge,
    _server: Server,
}

impl World {
    /// Started, and told where our door is.
    async fn start() -> Self {
        let edge = Edge::default();
        let server = edge.open().await;
        let library = installed("index.js");
        let hook = format!("{}/hook", server.root());
        let env = [
            ("CRABLINE_BOT_TOKEN", TOKEN),
            ("CRABLINE_SIGNING_SECRET", SECRET),
        ];
        let arguments = [library.to_str().unwrap(), &hook];
        let world = Self {
            crabline: Crabline::start(Path::new(SCRIPT), &arguments, &env).await,
            edge,
            _server: server,
        };
        world.edge.put(slack(world.settings()));
        world
    }

    fn settings(&self) -> SlackSettings {
        let mode = Mode::Webhook {
            public_url: "https://tide.test/hook".into(),
            signing_secret: Secret::new(SECRET.into()),
        };
        let account = AccountKey::new("slack", "crabline");
        SlackSettings {
            api_root: self.crabline.endpoint("apiRoot"),
            ..SlackSettings::new(account, Secret::new(TOKEN.into()), mode)
        }
    }

    async fn say(&self, body: Value) -> Value {
        let said = self.crabline.say(&body).await;
        assert_eq!(said["ok"], true, "{said}");
        said["message"].clone()
    }
}

#[tokio::test]
async fn signed_events_are_heard() {
    let world = World::start().await;
    let live = world.edge.live().await;
    let words = format!("<@{BOT}> high &amp; low?");
    let message = world
        .say(json!({"channel": ROOM, "user": ADA, "text": words}))
        .await;
    world
        .say(json!({"channel": "D0000ADA1", "user": ADA, "text": "hello"}))
        .await;
    world
        .say(json!({"channel": ROOM, "user": ADA, "text": "more", "threadTs": message["ts"]}))
        .await;
    let events = world.edge.inbox.wait_for(3).await;
    let of = |text: &str| {
        let found = events.iter().find_map(|event| match &event.event {
            InboundEvent::Message(message) if message.text == text => Some((event, message)),
            _ => None,
        });
        found.unwrap()
    };
    let (event, named) = of("high & low?");
    assert!(named.mentioned);
    assert_eq!(event.peer.id, ROOM);
    assert_eq!(event.sender.id, ADA);
    assert_eq!(message["ts"], named.message_id);
    assert_eq!(of("hello").0.peer.kind, PeerKind::Direct);
    assert_eq!(of("more").0.thread.as_deref(), message["ts"].as_str());
    live.stop().await;
}

#[tokio::test]
async fn words_are_posted_and_found_again() {
    let world = World::start().await;
    let slack = slack(world.settings());
    let identity = slack.probe().await.unwrap();
    assert_eq!(identity.id, BOT);
    let direct = slack.address("user:UADA00001", None).await.unwrap();
    assert_eq!(direct.peer.kind, PeerKind::Direct);
    let to = target(ROOM, None);
    let sent = slack
        .send(&to, &text("**At six** & `06:12`"), &attempt("part"))
        .await
        .unwrap();
    let within = target(ROOM, Some(&sent.message_id));
    let answer = slack.send(&within, &text("more"), &attempt("other")).await;
    // Its messages are all from 2023.
    let again = |key: &str| Attempt {
        key: key.into(),
        maybe_sent_since_ms: Some(1_600_000_000_000),
        known: Vec::new(),
    };
    let found = slack.send(&to, &text("x"), &again("part")).await;
    assert_eq!(found.unwrap(), sent);
    let found = slack.send(&within, &text("x"), &again("other")).await;
    assert_eq!(found.unwrap(), answer.unwrap());
    // What was found was not said again.
    assert_eq!(world.crabline.calls("POST", "/chat.postMessage").len(), 2);
}

#[tokio::test]
async fn a_wrong_token_is_final() {
    let world = World::start().await;
    let wrong = SlackSettings {
        bot_token: Secret::new("xoxb-1-2-wrong".into()),
        ..world.settings()
    };
    let slack = slack(wrong);
    let to = target(ROOM, None);
    let sent = slack.send(&to, &text("x"), &attempt("1")).await;
    let error = sent.unwrap_err();
    assert!(matches!(error, ChannelError::SignedOut(_)), "{error:?}");
    let inbox = Arc::new(MemoryInbox::default());
    let received = slack.receive(&*inbox, CancellationToken::new()).await;
    assert!(
        matches!(received, Err(ChannelError::SignedOut(_))),
        "{received:?}"
    );
}
