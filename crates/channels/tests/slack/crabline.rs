//! Against a Slack that others wrote: npm `@openclaw/crabline`, for what it covers (Web API and
//! signed events; no Socket Mode, no changes, no files).

use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tidegate_channels::slack::{Mode, SlackSettings};
use tidegate_core::Secret;
use tidegate_core::channel::{
    AccountKey, Attempt, Channel as _, ChannelError, InboundEvent, PeerKind,
};
use tidegate_fakes::common::Server;
use tokio::process::Child;
use tokio_util::sync::CancellationToken;

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::hook::{Edge, door};
use crate::node::{node, package, post, start};
use crate::rig::{slack, target};

const TOKEN: &str = "xoxb-4242-4243-crablinetoken";
const SECRET: &str = "signing-secret-for-tests";
const ADMIN: &str = "admin-token-for-tests";
const BOT: &str = "UCRABBOT";
const ADA: &str = "UADA00001";
const ROOM: &str = "C0HARBOUR";

struct Crabline {
    _folder: TempDir,
    manifest: Value,
    edge: Edge,
    _child: Child,
    _server: Server,
}

impl Crabline {
    /// Started, and told where our door is.
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let edge = Edge::default();
        let server = door(&edge).await;
        let ready = folder.path().join("ready.json");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/slack/crabline.mjs");
        let child = start(
            node()
                .arg(script)
                .arg(package("@openclaw/crabline/dist/src/index.js"))
                .arg(format!("{}/hook", server.root()))
                .arg(&ready)
                .arg(folder.path().join("recorder.jsonl"))
                .env("CRABLINE_BOT_TOKEN", TOKEN)
                .env("CRABLINE_SIGNING_SECRET", SECRET)
                .env("CRABLINE_ADMIN_TOKEN", ADMIN),
        );
        let read = || serde_json::from_slice(&std::fs::read(&ready).ok()?).ok();
        eventually("Crabline is ready", || read().is_some()).await;
        let crabline = Self {
            manifest: read().unwrap(),
            _folder: folder,
            edge,
            _child: child,
            _server: server,
        };
        *crabline.edge.slack.lock().unwrap() = Some(slack(crabline.settings(SECRET)));
        crabline
    }

    fn settings(&self, secret: &str) -> SlackSettings {
        let mode = Mode::Webhook {
            public_url: "https://tide.test/hook".into(),
            signing_secret: Secret::new(secret.into()),
        };
        let account = AccountKey::new("slack", "crabline");
        SlackSettings {
            api_root: self.endpoint("apiRoot"),
            ..SlackSettings::new(account, Secret::new(TOKEN.into()), mode)
        }
    }

    fn endpoint(&self, name: &str) -> String {
        self.manifest["endpoints"][name]
            .as_str()
            .unwrap()
            .to_owned()
    }

    async fn live(&self) -> Live {
        let slack = self.edge.slack.lock().unwrap().clone().unwrap();
        Live::started(slack, &self.edge.inbox).await
    }

    async fn say(&self, body: Value) -> Value {
        let url = self.endpoint("adminInboundUrl");
        let said = post(&url, &[("x-crabline-admin-token", ADMIN)], &body).await;
        assert_eq!(said["ok"], true, "{said}");
        said["message"].clone()
    }
}

#[tokio::test]
async fn signed_events_are_heard() {
    let crabline = Crabline::start().await;
    let live = crabline.live().await;
    let words = format!("<@{BOT}> high &amp; low?");
    let message = crabline
        .say(json!({"channel": ROOM, "user": ADA, "text": words}))
        .await;
    crabline
        .say(json!({"channel": "D0000ADA1", "user": ADA, "text": "hello"}))
        .await;
    crabline
        .say(json!({"channel": ROOM, "user": ADA, "text": "more", "threadTs": message["ts"]}))
        .await;
    let events = crabline.edge.inbox.wait_for(3).await;
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
    let crabline = Crabline::start().await;
    let slack = slack(crabline.settings(SECRET));
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
    };
    let found = slack.send(&to, &text("x"), &again("part")).await;
    assert_eq!(found.unwrap(), sent);
    let found = slack.send(&within, &text("x"), &again("other")).await;
    assert_eq!(found.unwrap(), answer.unwrap());
}

#[tokio::test]
async fn a_wrong_token_is_final() {
    let crabline = Crabline::start().await;
    let wrong = SlackSettings {
        bot_token: Secret::new("xoxb-1-2-wrong".into()),
        ..crabline.settings(SECRET)
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
