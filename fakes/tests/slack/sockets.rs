//! Socket Mode: tickets, greetings, acknowledgements, redelivery, and every way to lose a socket.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tidegate_fakes::common::{FakeClock, Fault};
use tidegate_fakes::slack::names::{ALICE, ELSEWHERE, GENERAL};
use tidegate_fakes::slack::{Reason, Rules, SlackFake, Step};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::{SOON, ask, bearer, call, read};

/// Short enough that nothing comes within it by accident of a slow machine.
const A_WHILE: Duration = Duration::from_millis(300);

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn dial(fake: &SlackFake) -> Self {
        Self::dial_url(&url(fake).await).await.unwrap()
    }

    async fn dial_url(url: &str) -> Result<Self, tungstenite::Error> {
        Ok(Self(connect_async(url).await?.0))
    }

    /// Connected and greeted.
    async fn open(fake: &SlackFake) -> Self {
        let mut socket = Self::dial(fake).await;
        assert_eq!(socket.hear().await["type"], "hello");
        socket
    }

    /// The next text.
    async fn hear(&mut self) -> Value {
        match self.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("no text but {other:?}"),
        }
    }

    /// The next message that is no ping.
    async fn next(&mut self) -> Option<Result<Message, tungstenite::Error>> {
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Ping(_))) => {}
                    other => return other,
                }
            }
        };
        timeout(SOON, next).await.unwrap()
    }

    /// True if nothing comes for a while.
    async fn is_quiet(&mut self) -> bool {
        timeout(A_WHILE, self.0.next()).await.is_err()
    }

    async fn ack(&mut self, envelope: &Value) {
        self.say(&json!({"envelope_id": envelope["envelope_id"]}))
            .await;
    }

    async fn say(&mut self, text: &Value) {
        self.0.send(Message::text(text.to_string())).await.unwrap();
    }
}

/// What `apps.connections.open` says.
async fn open_connection(fake: &SlackFake) -> Value {
    let url = format!("{}apps.connections.open", fake.api_root());
    let token = bearer(fake.app_token());
    read(
        &ask("POST", &url, &[("Authorization", &token)], b"")
            .await
            .unwrap(),
    )
}

async fn url(fake: &SlackFake) -> String {
    open_connection(fake).await["url"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Gives up after about three seconds.
async fn quick() -> SlackFake {
    let rules = Rules {
        ack_within: Duration::from_secs(1),
        retry_after: vec![Duration::ZERO, Duration::from_millis(200)],
        ..Rules::default()
    };
    SlackFake::start_with(rules, FakeClock::system(), 0)
        .await
        .unwrap()
}

async fn until(fake: &SlackFake, fits: impl Fn(&Step) -> bool) {
    let seen = fake
        .wait_for(SOON, |fake| fake.steps().iter().any(&fits).then_some(()))
        .await;
    assert!(seen.is_ok(), "{:?}", fake.steps());
}

#[tokio::test]
async fn a_url_is_good_once_and_not_for_long() {
    let rules = Rules {
        ticket_lives: Duration::ZERO,
        ..Rules::default()
    };
    let stale = SlackFake::start_with(rules, FakeClock::system(), 0)
        .await
        .unwrap();
    let fake = SlackFake::start().await.unwrap();
    let used = url(&fake).await;
    let mut socket = Socket::dial_url(&used).await.unwrap();
    let hello = socket.hear().await;
    assert_eq!(
        (&hello["type"], &hello["num_connections"]),
        (&json!("hello"), &json!(1))
    );
    let invented = used.replace("ticket=", "ticket=x");
    for url in [used, invented, url(&stale).await] {
        match Socket::dial_url(&url).await {
            Err(tungstenite::Error::Http(reply)) => assert_eq!(reply.status(), 403),
            _ => panic!("{url} let us in"),
        }
    }
    let by_get = format!("{}apps.connections.open", fake.api_root());
    let token = bearer(fake.app_token());
    let reply = ask("GET", &by_get, &[("Authorization", &token)], b"")
        .await
        .unwrap();
    assert_eq!(read(&reply)["error"], "insecure_request");
}

#[tokio::test]
async fn ten_sockets_and_no_more() {
    let fake = SlackFake::start().await.unwrap();
    let mut open = Vec::new();
    for n in 1..=10 {
        let mut socket = Socket::dial(&fake).await;
        assert_eq!(socket.hear().await["num_connections"], n);
        open.push(socket);
    }
    let mut one_more = Socket::dial(&fake).await;
    assert_eq!(one_more.hear().await["reason"], "too_many_websockets");
    assert!(matches!(one_more.next().await, Some(Ok(Message::Close(_)))));
}

#[tokio::test]
async fn an_event_comes_until_it_is_acknowledged() {
    let fake = quick().await;
    let mut socket = Socket::open(&fake).await;
    fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    let first = socket.hear().await;
    assert_eq!(
        (&first["type"], &first["retry_attempt"]),
        (&json!("events_api"), &json!(0))
    );
    assert_eq!(
        (&first["retry_reason"], &first["accepts_response_payload"]),
        (&json!(""), &json!(false))
    );
    let second = socket.hear().await;
    assert_eq!(
        (&second["retry_attempt"], &second["retry_reason"]),
        (&json!(1), &json!("timeout"))
    );
    assert_eq!(first["payload"], second["payload"]);
    assert_ne!(first["envelope_id"], second["envelope_id"]);
    // Too late for the first, in time for the second.
    socket.ack(&first).await;
    socket.ack(&second).await;
    until(&fake, |step| matches!(step, Step::Acked { attempt: 1, .. })).await;
    until(&fake, |step| matches!(step, Step::StrayAck { .. })).await;
    assert!(socket.is_quiet().await);
}

#[tokio::test]
async fn at_last_the_vendor_gives_up() {
    let fake = quick().await;
    let _deaf = Socket::open(&fake).await;
    fake.channel_message(GENERAL, ALICE, "hello").unwrap();
    until(&fake, |step| matches!(step, Step::GivenUp { .. })).await;
    let sent = fake.steps();
    let sent = sent.iter().filter(|step| matches!(step, Step::Sent { .. }));
    assert_eq!(sent.count(), 3);
}

#[tokio::test]
async fn what_came_without_a_socket_comes_again_with_one() {
    let rules = Rules {
        retry_after: vec![A_WHILE; 50],
        ..Rules::default()
    };
    let fake = SlackFake::start_with(rules, FakeClock::system(), 0)
        .await
        .unwrap();
    fake.channel_message(GENERAL, ALICE, "anybody?").unwrap();
    until(&fake, |step| {
        matches!(step, Step::Nobody { attempt: 0, .. })
    })
    .await;
    let mut socket = Socket::open(&fake).await;
    let late = socket.hear().await;
    assert!(late["retry_attempt"].as_u64().unwrap() > 0);
}

#[tokio::test]
async fn a_channel_without_the_bot_is_not_heard() {
    let fake = SlackFake::start().await.unwrap();
    let mut socket = Socket::open(&fake).await;
    fake.channel_message(ELSEWHERE, ALICE, "secret").unwrap();
    assert!(socket.is_quiet().await);
    assert_eq!(fake.messages(ELSEWHERE).len(), 1);
}

#[tokio::test]
async fn commands_come_once() {
    let fake = quick().await;
    let mut socket = Socket::open(&fake).await;
    let lost = fake.slash_command(GENERAL, ALICE, "/status", "").unwrap();
    let envelope = socket.hear().await;
    assert_eq!(
        (&envelope["type"], &envelope["accepts_response_payload"]),
        (&json!("slash_commands"), &json!(true))
    );
    assert_eq!(envelope.get("retry_attempt"), None);
    until(&fake, |step| *step == Step::GivenUp { item: lost.clone() }).await;
    assert!(socket.is_quiet().await);

    let trigger = fake.slash_command(GENERAL, ALICE, "/status", "").unwrap();
    let envelope = socket.hear().await;
    let answer = json!({"text": "fine"});
    socket
        .say(&json!({"envelope_id": envelope["envelope_id"], "payload": answer}))
        .await;
    until(
        &fake,
        |step| matches!(step, Step::Acked { item, .. } if *item == trigger),
    )
    .await;
    assert_eq!(fake.hook_answers()[0].body, answer);
    // Nobody else sees it.
    assert!(fake.messages(GENERAL).is_empty());
}

#[tokio::test]
async fn a_response_url_takes_five_posts_in_half_an_hour() {
    let fake = SlackFake::start().await.unwrap();
    let mut socket = Socket::open(&fake).await;
    let ask_url = async |socket: &mut Socket| {
        fake.slash_command(GENERAL, ALICE, "/status", "").unwrap();
        let envelope = socket.hear().await;
        socket.ack(&envelope).await;
        envelope["payload"]["response_url"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let post = async |url: &str, body: &str| {
        let reply = ask(
            "POST",
            url,
            &[("Content-Type", "application/json")],
            body.as_bytes(),
        );
        reply.await.unwrap()
    };
    let url = ask_url(&mut socket).await;
    let visible = "{\"text\":\"for all\",\"response_type\":\"in_channel\"}";
    assert_eq!(post(&url, "no json").await.status, 404);
    assert_eq!(post(&url, visible).await.status, 200);
    for _ in 0..4 {
        assert_eq!(post(&url, "{\"text\":\"for her\"}").await.status, 200);
    }
    assert_eq!(read(&post(&url, visible).await)["error"], "used_url");
    assert_eq!(fake.hook_answers().len(), 5);
    assert_eq!(fake.messages(GENERAL)[0].text, "for all");
    // The post itself was told, too.
    let echo = socket.hear().await;
    assert_eq!(echo["payload"]["event"]["text"], "for all");
    socket.ack(&echo).await;
    let late = ask_url(&mut socket).await;
    fake.skew_ms(31 * 60 * 1000);
    assert_eq!(read(&post(&late, visible).await)["error"], "expired_url");
}

#[tokio::test]
async fn a_button_is_answered_in_its_message() {
    let fake = SlackFake::start().await.unwrap();
    let mut socket = Socket::open(&fake).await;
    let button = json!({"type": "button", "action_id": "allow", "value": "42"});
    let blocks = json!([{"type": "actions", "block_id": "b", "elements": [button]}]);
    let post = json!({"channel": GENERAL, "text": "May I?", "blocks": blocks});
    let posted = call(&fake, "chat.postMessage", post).await;
    let ts = posted["ts"].as_str().unwrap();
    let own = socket.hear().await;
    socket.ack(&own).await;
    assert!(fake.press_button(GENERAL, ts, ALICE, "deny").is_err());
    fake.press_button(GENERAL, ts, ALICE, "allow").unwrap();
    let pressed = socket.hear().await;
    socket.ack(&pressed).await;
    assert_eq!(
        (
            &pressed["type"],
            &pressed["payload"]["actions"][0]["block_id"]
        ),
        (&json!("interactive"), &json!("b"))
    );
    let url = pressed["payload"]["response_url"].as_str().unwrap();
    let done = json!({"replace_original": true, "text": "Allowed"}).to_string();
    ask("POST", url, &[], done.as_bytes()).await.unwrap();
    let changed = fake.messages(GENERAL).remove(0);
    assert_eq!((&*changed.text, changed.blocks), ("Allowed", Value::Null));
    ask("POST", url, &[], b"{\"delete_original\":true}")
        .await
        .unwrap();
    assert!(fake.messages(GENERAL).is_empty());
}

#[tokio::test]
async fn a_preview_changes_a_message_that_nobody_edited() {
    let fake = SlackFake::start().await.unwrap();
    let mut socket = Socket::open(&fake).await;
    let ts = fake
        .channel_message(GENERAL, ALICE, "https://x.test")
        .unwrap();
    let posted = socket.hear().await;
    socket.ack(&posted).await;
    fake.unfurl(GENERAL, &ts).unwrap();
    let changed = socket.hear().await["payload"]["event"].clone();
    assert_eq!(changed["subtype"], "message_changed");
    assert_eq!(changed["message"].get("edited"), None);
    assert_eq!(
        changed["message"]["text"],
        changed["previous_message"]["text"]
    );
}

#[tokio::test]
async fn duplicates_and_another_order() {
    let fake = SlackFake::start().await.unwrap();
    let mut socket = Socket::open(&fake).await;
    fake.duplicate_next(1);
    fake.channel_message(GENERAL, ALICE, "twice").unwrap();
    let (first, second) = (socket.hear().await, socket.hear().await);
    socket.ack(&first).await;
    socket.ack(&second).await;
    assert_eq!(first["payload"]["event_id"], second["payload"]["event_id"]);
    assert_eq!(
        (&first["retry_attempt"], &second["retry_attempt"]),
        (&json!(0), &json!(0))
    );

    fake.reverse_next(3);
    for text in ["a", "b", "c"] {
        fake.channel_message(GENERAL, ALICE, text).unwrap();
    }
    for text in ["c", "b", "a"] {
        let envelope = socket.hear().await;
        socket.ack(&envelope).await;
        assert_eq!(envelope["payload"]["event"]["text"], text);
    }
    fake.channel_message(GENERAL, ALICE, "d").unwrap();
    let last = socket.hear().await;
    assert_eq!(last["payload"]["event"]["text"], "d");
    socket.ack(&last).await;
    assert!(fake.repeat_last());
    let again = socket.hear().await;
    assert_eq!(again["payload"], last["payload"]);
    assert_ne!(again["envelope_id"], last["envelope_id"]);
}

#[tokio::test]
async fn a_warned_socket_is_spared_and_then_closed() {
    let rules = Rules {
        disconnect_grace: Duration::from_secs(3),
        ..Rules::default()
    };
    let fake = SlackFake::start_with(rules, FakeClock::system(), 0)
        .await
        .unwrap();
    let mut old = Socket::open(&fake).await;
    fake.disconnect(Reason::Warning);
    assert_eq!(old.hear().await["reason"], "warning");
    // The only one that there is still gets envelopes.
    fake.channel_message(GENERAL, ALICE, "to the old").unwrap();
    let envelope = old.hear().await;
    old.ack(&envelope).await;
    let mut new = Socket::open(&fake).await;
    for text in ["to the new", "again"] {
        fake.channel_message(GENERAL, ALICE, text).unwrap();
        assert_eq!(new.hear().await["payload"]["event"]["text"], text);
    }
    assert!(matches!(old.next().await, Some(Ok(Message::Close(_)))));
    until(&fake, |step| *step == Step::Closed { socket: 1 }).await;
    assert_eq!(fake.open_sockets(), 1);
}

#[tokio::test]
async fn a_disabled_link_stays_down_until_it_is_enabled() {
    let fake = SlackFake::start().await.unwrap();
    let mut socket = Socket::open(&fake).await;
    fake.disconnect(Reason::LinkDisabled);
    assert_eq!(socket.hear().await["reason"], "link_disabled");
    assert!(matches!(socket.next().await, Some(Ok(Message::Close(_)))));
    assert_eq!(open_connection(&fake).await["ok"], false);
    fake.enable_sockets();
    Socket::open(&fake).await;
}

#[tokio::test]
async fn a_socket_can_end_in_every_way() {
    let fake = SlackFake::start().await.unwrap();
    let mut socket = Socket::open(&fake).await;
    fake.cut_sockets();
    assert!(matches!(socket.next().await, None | Some(Err(_))));

    let mut socket = Socket::open(&fake).await;
    fake.cut_next_frame();
    fake.channel_message(GENERAL, ALICE, "half").unwrap();
    assert!(matches!(socket.next().await, None | Some(Err(_))));

    fake.faults().next("socket", Fault::Status(500));
    let refused = Socket::dial_url(&url(&fake).await).await;
    assert!(matches!(refused, Err(tungstenite::Error::Http(_))));
    fake.faults().next("socket", Fault::Silence);
    let url = url(&fake).await;
    assert!(timeout(A_WHILE, Socket::dial_url(&url)).await.is_err());

    fake.mute_next_sockets(1);
    let mut mute = Socket::dial(&fake).await;
    fake.channel_message(GENERAL, ALICE, "unheard").unwrap();
    assert!(mute.is_quiet().await);
}

#[tokio::test]
async fn a_half_open_socket_says_nothing_and_stays() {
    for silence in [SlackFake::silence_sockets, SlackFake::swallow_sockets] {
        let fake = quick().await;
        let mut socket = Socket::open(&fake).await;
        silence(&fake);
        fake.channel_message(GENERAL, ALICE, "into the void")
            .unwrap();
        assert!(socket.is_quiet().await);
        until(&fake, |step| matches!(step, Step::GivenUp { .. })).await;
        assert_eq!(fake.open_sockets(), 1);
    }
}

#[tokio::test]
async fn the_server_pings_and_can_stop() {
    let rules = Rules {
        ping_every: Duration::from_millis(20),
        ..Rules::default()
    };
    let fake = SlackFake::start_with(rules, FakeClock::system(), 0)
        .await
        .unwrap();
    let mut socket = Socket::open(&fake).await;
    let ping = timeout(SOON, socket.0.next()).await.unwrap();
    assert!(matches!(ping, Some(Ok(Message::Ping(_)))));
    fake.stop_pings(true);
    socket
        .0
        .send(Message::Ping("are you there?".into()))
        .await
        .unwrap();
    let last = async {
        loop {
            if let Some(Ok(Message::Pong(said))) = socket.0.next().await {
                return said;
            }
        }
    };
    assert_eq!(timeout(SOON, last).await.unwrap(), "are you there?");
    assert!(socket.is_quiet().await);
    fake.channel_message(GENERAL, ALICE, "still here").unwrap();
    assert_eq!(socket.hear().await["type"], "events_api");
}
