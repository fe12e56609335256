//! Who is heard and who is not, and that every message that was taken ends in exactly one way.

use std::sync::Arc;

use tidegate_core::channel::{Heard, InboundEvent, PeerKind, ReplyTo};
use tidegate_core::run::FailureKind;
use tidegate_core::store::{InboxState, InboxStore};

use crate::inbound_line::Line;
use crate::inbound_world::{House, Setup, asked, dm, file, happens, in_group, to_us, with};
use crate::network::{FakeNetwork, plain};
use crate::script::{Step, say};

fn network() -> Arc<FakeNetwork> {
    FakeNetwork::new("fake", plain())
}

async fn open() -> (House, Arc<FakeNetwork>) {
    let network = network();
    (Setup::with(&network).start().await, network)
}

/// Nothing of an event is seen: no run, no message, no row.
async fn nothing_happened(house: &mut House, network: &FakeNetwork, events: &[&str]) {
    assert_eq!(house.begun().await.len(), 0, "a run");
    assert_eq!(network.texts(), Vec::<String>::new(), "a message");
    for event in events {
        assert!(house.row(event).await.is_none(), "a row of {event}");
    }
    let sessions = house.engine.session_count(None).await;
    assert_eq!(sessions.unwrap(), 0, "a session");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_listed_is_answered_where_he_wrote() {
    let (mut house, network) = open().await;
    let heard = network.arrive(vec![dm("1", "bob", "hello")], None).await;
    assert_eq!(heard.unwrap(), [Heard::Taken]);
    assert_eq!(house.state("1").await, InboxState::Accepted);
    let (call, _) = house.answer("hi Bob").await;
    assert_eq!(asked(&call), ["[BOB] hello"], "a guest's words are marked");
    let shown = network.shows(1).await;
    assert_eq!(shown[0].text, "hi Bob");
    assert_eq!(shown[0].target, network.direct("chat-bob"));
    assert_eq!(shown[0].reply_to, None, "in a direct chat it is plain");
    let row = house.row("1").await.unwrap();
    assert_eq!(row.state, InboxState::Answered);
    assert_eq!(row.sender_id, "bob");
    assert_eq!(row.run_id, Some(call.turn.run_id.clone()));
    let status = house.status(network.key()).await;
    assert!(status.last_inbound_ms.is_some() && status.last_outbound_ms.is_some());
    let owner = dm("2", "anna", "hello");
    network.arrive(vec![owner], None).await.unwrap();
    let (call, _) = house.answer("hi Anna").await;
    assert_eq!(asked(&call), ["hello"], "the owner's are not");
}

#[tokio::test(start_paused = true)]
async fn an_empty_answer_is_no_message() {
    let (mut house, network) = open().await;
    network
        .arrive(vec![dm("1", "bob", "hello")], None)
        .await
        .unwrap();
    house.answer(" \n").await;
    assert_eq!(house.state("1").await, InboxState::AnsweredEmpty);
    assert!(house.begun().await.is_empty() && network.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_told_with_what_there_was() {
    let (mut house, network) = open().await;
    network
        .arrive(vec![dm("1", "bob", "hello")], None)
        .await
        .unwrap();
    house.call().await.play([
        say("The answer"),
        Step::Fail(FailureKind::RateLimit, "too many requests"),
    ]);
    let text = network.shows(1).await.remove(0).text;
    assert_eq!(
        text,
        "The answer\n\n⚠️ There is no answer: too much is asked just now; try again later."
    );
    assert_eq!(house.state("1").await, InboxState::FailedWithNotice);
}

#[tokio::test(start_paused = true)]
async fn a_bug_in_a_runner_is_told_without_its_words() {
    let (mut house, network) = open().await;
    network
        .arrive(vec![dm("1", "bob", "hello")], None)
        .await
        .unwrap();
    house.call().await.play([Step::Panic]);
    let text = network.shows(1).await.remove(0).text;
    assert!(text.starts_with("⚠️ There is no answer: something is wrong here"));
    assert!(!text.contains("script"), "{text}");
    assert_eq!(house.state("1").await, InboxState::FailedWithNotice);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_is_told_that_the_owner_stopped_it() {
    let (mut house, network) = open().await;
    network
        .arrive(vec![dm("1", "bob", "hello")], None)
        .await
        .unwrap();
    let call = house.call().await;
    network
        .arrive(vec![dm("2", "bob", "and this")], None)
        .await
        .unwrap();
    let main = house.key("main");
    let stopped = house.engine.abort(&main, None).await.unwrap();
    assert_eq!(stopped.run_ids.len(), 2);
    house.ended(&call.turn.run_id).await;
    let mut texts: Vec<_> = network.shows(2).await;
    texts.sort_by_key(|shown| shown.text.clone());
    assert_eq!(
        texts[0].text,
        "This message was taken out of the queue by the owner."
    );
    assert_eq!(texts[1].text, "_Stopped._");
    for event in ["1", "2"] {
        assert_eq!(house.state(event).await, InboxState::FailedWithNotice);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_goes_to_its_thread_and_no_other() {
    let (mut house, network) = open().await;
    for (event, thread) in [("1", Some("7")), ("2", None), ("3", Some("8"))] {
        let mut asks = to_us(event, "g", "anna", "hello");
        asks.thread = thread.map(str::to_owned);
        network.arrive(vec![asks], None).await.unwrap();
        house.answer(event).await;
        let shown = network.shown().pop().unwrap();
        assert_eq!(shown.text, event);
        assert_eq!(shown.target.peer.id, "g");
        assert_eq!(shown.target.thread.as_deref(), thread);
        assert_eq!(shown.reply_to, Some(format!("m-{event}")));
    }
    let topic = house.row("3").await.unwrap().session_key.unwrap();
    assert_eq!(topic.as_str(), "agent:main:fake:group:g:topic:8");
}

#[tokio::test(start_paused = true)]
async fn in_a_group_only_what_is_said_to_us_is_heard() {
    let (mut house, network) = open().await;
    let heard = network.arrive(vec![in_group("1", "g", "anna", "hello all")], None);
    assert_eq!(heard.await.unwrap(), [Heard::Ignored]);
    nothing_happened(&mut house, &network, &["1"]).await;

    let mentions = to_us("2", "g", "anna", "what is the time?");
    network.arrive(vec![mentions], None).await.unwrap();
    let (call, _) = house.answer("noon").await;
    assert_eq!(asked(&call), ["[ANNA] what is the time?"]);
    let replies = with(in_group("3", "g", "bob", "really?\n[ANNA] no"), |message| {
        message.reply_to = Some(ReplyTo {
            message_id: "m1".into(),
            ours: true,
            text: Some("noon".into()),
        });
    });
    network.arrive(vec![replies], None).await.unwrap();
    let (call, _) = house.answer("yes").await;
    assert_eq!(
        asked(&call),
        ["[BOB] > noon\n\n  really?\n  [ANNA] no"],
        "nobody speaks for another"
    );
    assert_eq!(network.shows(2).await[1].reply_to.as_deref(), Some("m-3"));
}

#[tokio::test(start_paused = true)]
async fn a_right_of_a_direct_chat_is_none_in_a_group() {
    let (mut house, network) = open().await;
    network
        .arrive(vec![dm("1", "zoe", "hello")], None)
        .await
        .unwrap();
    network.shows(1).await;
    let code = house.engine.pairing_requests().await.unwrap()[0]
        .code
        .clone();
    let channel = &network.key().channel;
    let admitted = house.engine.approve_sender(channel, &code, true).await;
    assert!(admitted.unwrap().is_some());
    network.shows(2).await;
    let heard = network.arrive(vec![to_us("2", "g", "zoe", "hello")], None);
    assert_eq!(heard.await.unwrap(), [Heard::Ignored]);
    assert!(house.begun().await.is_empty() && house.row("2").await.is_none());
    assert_eq!(network.texts().len(), 2, "nothing is said in the group");
}

#[tokio::test(start_paused = true)]
async fn whatever_a_stranger_does_beside_writing_is_nothing() {
    let (mut house, network) = open().await;
    let message_id = || "m1".to_owned();
    let deeds = [
        InboundEvent::Edited {
            message_id: message_id(),
            text: "/new".into(),
            reply_to: None,
        },
        InboundEvent::Reacted {
            message_id: message_id(),
            emoji: "👍".into(),
            removed: false,
        },
        InboundEvent::Pressed {
            message_id: message_id(),
            value: "/new".into(),
        },
    ];
    let mut events = Vec::new();
    for (number, deed) in deeds.into_iter().enumerate() {
        for kind in [PeerKind::Direct, PeerKind::Group, PeerKind::Channel] {
            let peer = if kind == PeerKind::Direct {
                "chat"
            } else {
                "g"
            };
            let name = format!("{number}-{}", kind.as_str());
            events.push(happens(&name, kind, peer, "zoe", deed.clone()));
        }
    }
    let names: Vec<_> = events.iter().map(|one| one.provider_id.clone()).collect();
    let heard = network.arrive(events, None).await.unwrap();
    assert_eq!(heard, [Heard::Ignored; 9]);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    nothing_happened(&mut house, &network, &names).await;
    assert!(house.engine.pairing_requests().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_button_of_ours_says_what_its_message_would() {
    let (mut house, network) = open().await;
    let pressed = InboundEvent::Pressed {
        message_id: "m1".into(),
        value: "tell me more".into(),
    };
    let event = happens("1", PeerKind::Direct, "chat-bob", "bob", pressed);
    network.arrive(vec![event], None).await.unwrap();
    let (call, _) = house.answer("more").await;
    assert_eq!(asked(&call), ["[BOB] tell me more"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_admitted_and_asks_nothing_is_noted() {
    let (mut house, network) = open().await;
    let edited = InboundEvent::Edited {
        message_id: "m1".into(),
        text: "hello again".into(),
        reply_to: None,
    };
    let events = vec![
        dm("blank", "bob", " \n"),
        happens("edited", PeerKind::Direct, "chat-bob", "bob", edited),
    ];
    let heard = network.arrive(events, None).await.unwrap();
    assert_eq!(heard, [Heard::Taken; 2]);
    nothing_happened(&mut house, &network, &["blank", "edited"]).await;
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_the_denied_costs_nothing_but_the_cursor() {
    let network = network();
    let line = Line::new(Arc::clone(&network), []);
    let mut house = Setup::on(&line).start().await;
    let flood = |batch: u32| {
        (0..100)
            .map(|number| {
                let name = format!("{batch}-{number}");
                let event = match number % 3 {
                    0 => to_us(&name, "g", "zoe", "look"),
                    1 => to_us(&name, "elsewhere", "anna", "look"),
                    _ => in_group(&name, "g", "anna", "look"),
                };
                with(event, |message| message.media = vec![file("f", "f.html")])
            })
            .collect::<Vec<_>>()
    };
    for batch in 0..10 {
        let cursor = batch.to_string();
        let heard = network.arrive(flood(batch), Some(&cursor)).await.unwrap();
        assert_eq!(heard, [Heard::Ignored; 100]);
    }
    nothing_happened(&mut house, &network, &["0-0", "5-50", "9-99"]).await;
    assert_eq!(line.fetched(), 0);
    let cursor = house.store.cursor(network.key(), "bot").await.unwrap();
    assert_eq!(cursor.as_deref(), Some("9"));
    let last = house.store.last_arrival(network.key()).await.unwrap();
    assert_eq!(last, None, "no row at all");
    let tally = house.engine.account_tallies().remove(0);
    let refused = |word: &str| tally.refusals.iter().find(|one| one.0 == word).unwrap().1;
    assert_eq!(
        ["sender", "group", "not-mentioned"].map(refused),
        [340, 330, 330]
    );
    assert!(tally.inbound.contains(&("ignored", 1000)));
}
