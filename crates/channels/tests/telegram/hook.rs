//! The webhook, called by the imitation through a real socket.

use std::sync::Arc;
use std::time::Duration;

use tidegate_channels::telegram::{Mode, Telegram};
use tidegate_core::Secret;
use tidegate_core::channel::{
    Button, Channel, ChannelError, OutboundPart, PeerKind, Webhook as _, WebhookRequest,
};
use tidegate_fakes::common::{Fault, Request, Server, dial};
use tidegate_fakes::telegram::{Membership, TelegramFake};

use crate::contract::{Live, MemoryInbox, attempt, eventually, text};
use crate::edge::Edge;
use crate::rig::{ADA, ada, settings, target, telegram};

const SECRET: &str = "a-Secret_of_256_bits";
const HEADER: &str = "x-telegram-bot-api-secret-token";

struct World {
    fake: TelegramFake,
    edge: Edge,
    server: Server,
}

impl World {
    async fn start() -> Self {
        let fake = TelegramFake::start().await.unwrap();
        fake.membership(ADA, &ada(), Membership::Member);
        let edge = Edge::default();
        let server = edge.open().await;
        let world = Self { fake, edge, server };
        world.edge.put(world.telegram());
        world
    }

    fn url(&self) -> String {
        format!("{}/hook", self.server.root())
    }

    fn telegram(&self) -> Arc<Telegram> {
        let mut settings = settings(&self.fake);
        settings.mode = Mode::Webhook {
            public_url: self.url(),
            secret: Secret::new(SECRET.into()),
        };
        telegram(settings)
    }

    fn channel(&self) -> Arc<dyn Channel> {
        self.edge.channel()
    }

    async fn live(&self) -> Live {
        self.edge.live().await
    }

    async fn call(&self, headers: &[(&str, &str)], body: &str) -> u16 {
        let url = self.url();
        let request = Request {
            method: "POST",
            url: &url,
            headers,
            body: body.as_bytes(),
            deadline: Duration::from_secs(10),
        };
        dial(&request).await.unwrap().status
    }
}

fn update(id: u32) -> String {
    format!(
        r#"{{"update_id":{id},"message":{{"message_id":1,"from":{{"id":1001,"is_bot":false,"first_name":"Ada"}},"chat":{{"id":1001,"type":"private"}},"date":1763599999,"text":"forged {id}"}}}}"#
    )
}

#[tokio::test]
async fn updates_come_in_and_presses_are_answered() {
    let world = World::start().await;
    let live = world.live().await;
    for at in 0..50 {
        world.fake.say(ADA, &ada(), &format!("message {at}"));
    }
    world.edge.inbox.wait_for(50).await;
    let said: Vec<_> = (0..50).map(|at| format!("message {at}")).collect();
    assert_eq!(world.edge.inbox.texts(), said);

    let button = Button {
        label: "Yes".into(),
        value: "yes".into(),
    };
    let part = OutboundPart {
        buttons: vec![vec![button]],
        ..text("Shall I?")
    };
    let to = target(PeerKind::Direct, ADA, None);
    let sent = world
        .channel()
        .send(&to, &part, &attempt("1"))
        .await
        .unwrap();
    let message = sent.message_id.parse().unwrap();
    let query = world.fake.press(ADA, message, &ada(), "yes").unwrap();
    eventually("an answer", || world.fake.query_answer(&query).is_some()).await;

    world.edge.inbox.ignore_all();
    let ignored = world.fake.press(ADA, message, &ada(), "yes").unwrap();
    eventually("it is taken", || world.fake.pending_updates() == 0).await;
    assert_eq!(world.fake.query_answer(&ignored), None);
    live.stop().await;
}

#[tokio::test]
async fn a_press_that_was_known_is_answered_too() {
    let world = World::start().await;
    let live = world.live().await;
    let press = r#"{"update_id":77,"callback_query":{"id":"4242","from":{"id":1001,"is_bot":false,"first_name":"Ada"},"message":{"message_id":1,"chat":{"id":1001,"type":"private"},"date":1763599999,"text":"Shall I?"},"chat_instance":"1","data":"yes"}}"#;
    // The gateway may have died between the first one and its answer.
    for tries in 1..=2 {
        let request = WebhookRequest {
            headers: vec![(HEADER.into(), SECRET.into())],
            body: press.into(),
        };
        let channel = world.channel();
        let taken = channel.webhook().unwrap().take(request, &*world.edge.inbox);
        let body = taken.await.unwrap().body;
        assert!(body.contains("answerCallbackQuery"), "{tries}: {body}");
    }
    assert_eq!(world.edge.inbox.wait_for(1).await.len(), 1);
    live.stop().await;
}

#[tokio::test]
async fn without_the_secret_nothing_is_looked_at() {
    let world = World::start().await;
    let live = world.live().await;
    let right = (HEADER, SECRET);
    for headers in [
        &[][..],
        &[(HEADER, "")],
        &[(HEADER, "a-secret_of_256_bits")],
        &[(HEADER, "a-Secret_of_25")],
        &[right, right],
        &[right, (HEADER, "other")],
        &[("authorization", SECRET)],
    ] {
        assert_eq!(world.call(headers, &update(1)).await, 401, "{headers:?}");
        assert_eq!(world.call(headers, "not json").await, 401, "{headers:?}");
    }
    assert!(world.edge.inbox.events().is_empty());
    assert_eq!(world.call(&[right], "not json").await, 400);
    assert_eq!(world.call(&[right], "[1]").await, 200);
    assert_eq!(world.call(&[right], &update(2)).await, 200);
    assert_eq!(world.call(&[right], &update(2)).await, 200);
    assert_eq!(world.edge.inbox.texts(), ["forged 2"]);
    assert_eq!(world.edge.inbox.known(), 1);
    live.stop().await;
}

#[tokio::test]
async fn a_polling_bot_has_no_webhook() {
    let world = World::start().await;
    let polling = telegram(settings(&world.fake));
    assert!(polling.webhook().is_none());
    let request = WebhookRequest {
        headers: vec![(HEADER.into(), String::new())],
        body: update(1).into_bytes(),
    };
    let answer = polling.take(request, &*world.edge.inbox).await.unwrap();
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn before_it_is_ready_and_when_the_store_fails_it_is_sent_again() {
    let world = World::start().await;
    let right = (HEADER, SECRET);
    assert_eq!(world.call(&[right], &update(1)).await, 503);
    let live = world.live().await;
    world.edge.inbox.fail(3);
    world.fake.say(ADA, &ada(), "hold on to me");
    world.edge.inbox.wait_for(1).await;
    assert_eq!(world.edge.inbox.texts(), ["hold on to me"]);
    live.stop().await;
}

#[tokio::test]
async fn a_restart_takes_what_waited() {
    let world = World::start().await;
    world.live().await.stop().await;
    world.edge.set_down(true);
    world.fake.say(ADA, &ada(), "while you were away");
    world.edge.put(world.telegram());
    let live = world.live().await;
    world.edge.set_down(false);
    world.edge.inbox.wait_for(1).await;
    live.stop().await;
}

#[tokio::test]
async fn deliveries_that_fail_are_told_until_they_work() {
    let world = World::start().await;
    let live = world.live().await;
    let inbox = &world.edge.inbox;
    assert_eq!(inbox.trouble(), None);
    world.edge.set_down(true);
    world.fake.say(ADA, &ada(), "through a broken door");
    eventually("it is degraded", || inbox.trouble().is_some()).await;
    let reason = inbox.trouble().unwrap();
    assert!(
        reason.contains("502") && reason.contains("1 updates wait"),
        "{reason}"
    );
    inbox.proved_now().await;
    world.edge.set_down(false);
    inbox.wait_for(1).await;
    eventually("it is whole", || inbox.trouble().is_none()).await;
    assert_eq!(live.failures(), 0);
    live.stop().await;
}

#[tokio::test]
async fn a_lost_registration_is_made_again_and_a_foreign_one_is_a_conflict() {
    let world = World::start().await;
    let live = world.live().await;
    let set = |url: &str| {
        let call = format!(
            "{}/bot{}/setWebhook?url={url}",
            world.fake.root(),
            world.fake.token()
        );
        async move {
            let request = Request {
                method: "GET",
                url: &call,
                headers: &[],
                body: &[],
                deadline: Duration::from_secs(10),
            };
            assert_eq!(dial(&request).await.unwrap().status, 200);
        }
    };
    set("").await;
    eventually("it is registered again", || {
        world.fake.calls_of("setWebhook").len() == 3
    })
    .await;
    world.fake.say(ADA, &ada(), "here again");
    world.edge.inbox.wait_for(1).await;
    set("https://example.org/theirs").await;
    let failure = live.failure().await;
    assert!(matches!(failure, ChannelError::Conflict(_)), "{failure}");
    assert!(!failure.to_string().contains("example.org"));
}

#[tokio::test]
async fn a_poll_takes_the_webhook_away_and_keeps_what_waits() {
    let world = World::start().await;
    world.live().await.stop().await;
    world.edge.set_down(true);
    world.fake.say(ADA, &ada(), "by the other way");
    let inbox = Arc::new(MemoryInbox::default());
    let live = Live::started(telegram(settings(&world.fake)), &inbox).await;
    inbox.wait_for(1).await;
    assert_eq!(inbox.texts(), ["by the other way"]);
    live.stop().await;
}

#[tokio::test]
async fn an_address_that_the_network_refuses_needs_a_person() {
    let world = World::start().await;
    let mut settings = settings(&world.fake);
    settings.mode = Mode::Webhook {
        public_url: "http://example.org/hook".into(),
        secret: Secret::new(SECRET.into()),
    };
    let live = Live::start(telegram(settings), &world.edge.inbox);
    let failure = live.failure().await;
    assert!(matches!(failure, ChannelError::NeedsSetup(_)), "{failure}");
}

#[tokio::test]
async fn stop_is_prompt_while_it_looks_after_the_webhook() {
    let world = World::start().await;
    world.fake.fail_next("getWebhookInfo", Fault::Silence);
    let live = Live::start(world.channel(), &world.edge.inbox);
    eventually("it asks", || {
        !world.fake.calls_of("getWebhookInfo").is_empty()
    })
    .await;
    live.stop().await;
}
