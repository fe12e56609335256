//! The Events API, called by the imitation through a real socket, and by forgers.

use tidegate_channels::slack::{Mode, SlackSettings};
use tidegate_core::channel::{
    Button, Channel as _, ChannelError, InboundEvent, OutboundPart, Webhook as _, WebhookAnswer,
    WebhookRequest,
};
use tidegate_core::{Clock as _, Secret, SystemClock};
use tidegate_fakes::common::Server;
use tidegate_fakes::slack::names::{ALICE, BOB, GENERAL, SIGNING_SECRET};
use tidegate_fakes::slack::{SlackFake, Step, signature};

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::edge::Edge;
use crate::rig::{acknowledged, fake, settings, slack, target};

const SIGNATURE: &str = "x-slack-signature";
const TIMESTAMP: &str = "x-slack-request-timestamp";

struct World {
    fake: SlackFake,
    edge: Edge,
    live: Option<Live>,
    _server: Server,
}

fn hooked(fake: &SlackFake) -> SlackSettings {
    let mode = Mode::Webhook {
        public_url: "https://tide.test/hook".into(),
        signing_secret: Secret::new(fake.signing_secret().into()),
    };
    SlackSettings {
        mode,
        ..settings(fake)
    }
}

impl World {
    /// Live, and verified by the network.
    async fn start() -> Self {
        let (fake, edge) = (fake().await, Edge::default());
        let server = edge.open().await;
        edge.put(slack(hooked(&fake)));
        let url = format!("{}/hook", server.root());
        // Answered before anything else is known: only the signature counts.
        fake.deliver_events_to(&url).await.unwrap();
        let mut world = Self {
            fake,
            edge,
            live: None,
            _server: server,
        };
        world.live = Some(world.edge.live().await);
        world
    }

    async fn stop(&mut self) {
        self.live.take().unwrap().stop().await;
    }

    async fn give(&self, headers: &[(&str, &str)], body: &str) -> WebhookAnswer {
        let request = WebhookRequest {
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: body.as_bytes().to_vec(),
        };
        let channel = self.edge.channel();
        let webhook = channel.webhook().unwrap();
        webhook.take(request, &*self.edge.inbox).await.unwrap()
    }

    /// Gives a body that was signed so many seconds ago.
    async fn give_signed(&self, body: &str, secret: &str, age_s: i64) -> u16 {
        let at = now_s() - age_s;
        let sign = signature(secret, at, body.as_bytes());
        let sent = at.to_string();
        let headers = [(SIGNATURE, &*sign), (TIMESTAMP, &*sent)];
        self.give(&headers, body).await.status
    }
}

fn now_s() -> i64 {
    i64::try_from(SystemClock.now_ms() / 1000).unwrap()
}

fn event(ts: u32) -> String {
    format!(
        r#"{{"type":"event_callback","team_id":"T0TIDEGATE","event_id":"Ev{ts}","event":{{"type":"message","channel":"{GENERAL}","channel_type":"channel","user":"{ALICE}","ts":"17.{ts:06}","text":"forged {ts}"}}}}"#
    )
}

#[tokio::test]
async fn events_commands_and_buttons_come_in() {
    let mut world = World::start().await;
    for at in 0..20 {
        let words = format!("message {at}");
        world.fake.channel_message(GENERAL, ALICE, &words).unwrap();
        world.edge.inbox.wait_for(at + 1).await;
    }
    world
        .fake
        .slash_command(GENERAL, ALICE, "/tidegate", "a & b")
        .unwrap();
    world.edge.inbox.wait_for(21).await;
    assert_eq!(world.edge.inbox.texts()[20], "a & b");
    let button = Button {
        label: "Yes".into(),
        value: "yes & more".into(),
    };
    let part = OutboundPart {
        buttons: vec![vec![button]],
        ..text("Shall I?")
    };
    let to = target(GENERAL, None);
    let channel = world.edge.channel();
    let sent = channel.send(&to, &part, &attempt("1")).await.unwrap();
    world
        .fake
        .press_button(GENERAL, &sent.message_id, BOB, "0.0")
        .unwrap();
    let pressed = world.edge.inbox.wait_for(22).await.pop().unwrap();
    let value = "yes & more".to_owned();
    let message_id = sent.message_id;
    assert_eq!(pressed.event, InboundEvent::Pressed { message_id, value });
    // Our own message, twenty of theirs, a command, a button.
    eventually("all are acknowledged", || {
        acknowledged(&world.fake).len() == 23
    })
    .await;
    assert!(world.fake.hook_answers().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn forgeries_are_not_looked_at() {
    let mut world = World::start().await;
    let body = event(1);
    let at = now_s();
    let sent = at.to_string();
    let right = signature(SIGNING_SECRET, at, body.as_bytes());
    let other = signature("the secret of account B", at, body.as_bytes());
    let of_nothing = signature("", at, body.as_bytes());
    let upper = format!("v0={}", right["v0=".len()..].to_uppercase());
    let other_kind = right.replace("v0=", "sha256=");
    let shouted = other_kind.to_uppercase();
    let stamp = (TIMESTAMP, &*sent);
    for headers in [
        &[][..],
        &[stamp],
        &[(SIGNATURE, &*right)],
        &[(SIGNATURE, ""), stamp],
        &[(SIGNATURE, &*other), stamp],
        &[(SIGNATURE, &*of_nothing), stamp],
        &[(SIGNATURE, &*upper), stamp],
        &[(SIGNATURE, &*other_kind), stamp],
        &[(SIGNATURE, &*shouted), stamp],
        &[(SIGNATURE, &*right), (SIGNATURE, &*right), stamp],
        &[(SIGNATURE, &*other), (SIGNATURE, &*right), stamp],
        &[(SIGNATURE, &*right), stamp, (TIMESTAMP, "1")],
        &[(SIGNATURE, &*right), (TIMESTAMP, "")],
        &[(SIGNATURE, &*right), (TIMESTAMP, "x")],
        &[("authorization", &*right), stamp],
    ] {
        for body in [
            &*body,
            "not json",
            r#"{"type":"url_verification","challenge":"x"}"#,
        ] {
            let answer = world.give(headers, body).await;
            let forged = headers != [(SIGNATURE, &*right), stamp] || body != event(1);
            assert_eq!(answer.status == 401, forged, "{headers:?}");
        }
    }
    // The same words, written otherwise.
    let rewritten = body.replace("\",\"", "\", \"");
    let answer = world.give(&[(SIGNATURE, &*right), stamp], &rewritten).await;
    assert_eq!(answer.status, 401);
    assert!(world.edge.inbox.events().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn clocks_may_differ_by_five_minutes() {
    let mut world = World::start().await;
    for (age_s, status) in [
        (0, 200),
        (290, 200),
        (-290, 200),
        (310, 401),
        (-310, 401),
        (86_400, 401),
    ] {
        let body = event(u32::try_from(age_s + 1000).unwrap());
        let got = world.give_signed(&body, SIGNING_SECRET, age_s).await;
        assert_eq!(got, status, "{age_s}");
    }
    assert_eq!(world.edge.inbox.events().len(), 3);
    // The vendor's clock is wrong: nothing comes, and it comes once the clock is right.
    world.fake.skew_ms(-400_000);
    world.fake.channel_message(GENERAL, ALICE, "late").unwrap();
    let refused = |step: &Step| {
        matches!(
            step,
            Step::Unacked {
                reason: "http_error",
                ..
            }
        )
    };
    eventually("it is refused", || world.fake.steps().iter().any(refused)).await;
    assert_eq!(world.edge.inbox.events().len(), 3);
    world.fake.skew_ms(0);
    world.edge.inbox.wait_for(4).await;
    world.stop().await;
}

#[tokio::test]
async fn a_replay_is_known() {
    let mut world = World::start().await;
    let body = event(7);
    for _ in 0..100 {
        assert_eq!(world.give_signed(&body, SIGNING_SECRET, 0).await, 200);
    }
    let all = (0..20).map(|_| world.give_signed(&body, SIGNING_SECRET, 1));
    futures_util::future::join_all(all).await;
    assert_eq!(world.edge.inbox.events().len(), 1);
    assert_eq!(world.edge.inbox.known(), 119);
    world.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_does_not_come_again() {
    let mut world = World::start().await;
    for (body, status) in [
        ("not json", 400),
        ("[1]", 400),
        (r#"{"type":"something_new"}"#, 200),
        (
            r#"{"type":"event_callback","event":{"type":"message","ts":7}}"#,
            200,
        ),
    ] {
        let got = world.give_signed(body, SIGNING_SECRET, 0).await;
        assert_eq!(got, status, "{body}");
    }
    assert!(world.edge.inbox.events().is_empty());
    world.stop().await;
}

#[tokio::test]
async fn a_failing_store_and_a_broken_door_bring_it_again() {
    let mut world = World::start().await;
    world.edge.inbox.fail(2);
    world
        .fake
        .channel_message(GENERAL, ALICE, "hold on to me")
        .unwrap();
    world.edge.inbox.wait_for(1).await;
    world.edge.set_down(true);
    world
        .fake
        .channel_message(GENERAL, ALICE, "while you were away")
        .unwrap();
    world.stop().await;
    // A new process: it does not know who it is yet, and must not lose anything for that.
    world.edge.put(slack(hooked(&world.fake)));
    world.edge.set_down(false);
    assert_eq!(world.give_signed(&event(1), SIGNING_SECRET, 0).await, 503);
    world.live = Some(world.edge.live().await);
    world.edge.inbox.wait_for(2).await;
    assert_eq!(
        world.edge.inbox.texts(),
        ["hold on to me", "while you were away"]
    );
    world.stop().await;
}

#[tokio::test]
async fn a_dead_token_is_noticed() {
    let mut world = World::start().await;
    world.fake.revoke_tokens(Some("token_revoked"));
    let failure = world.live.as_ref().unwrap().failure().await;
    assert!(matches!(failure, ChannelError::SignedOut(_)), "{failure}");
    world.fake.revoke_tokens(None);
    world.edge.inbox.proved_now().await;
    world.stop().await;
}

#[tokio::test]
async fn a_socket_app_has_no_webhook() {
    let fake = fake().await;
    let socket = slack(settings(&fake));
    assert!(socket.webhook().is_none());
    let request = WebhookRequest::default();
    let answer = socket.take(request, &MemoryInbox::default()).await.unwrap();
    assert_eq!(answer.status, 404);
}
