//! Order and once: every message is answered once, in the order in which it was taken, from
//! wherever it comes (SECURITY F25, I4).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::agents::QueueMode;
use tidegate_core::channel::{Heard, Inbound};
use tidegate_core::store::InboxState;

use crate::inbound_line::{Line, call};
use crate::inbound_world::{House, Setup, account, asked, dm, file, to_us, with};
use crate::network::{FakeNetwork, plain};
use crate::script::{Step, say};

const SENDERS: usize = 50;
const EACH: usize = 20;

fn network(channel: &str) -> Arc<FakeNetwork> {
    FakeNetwork::new(channel, plain())
}

/// Answers every turn until nothing comes any more; gives the words of each turn.
async fn answer_all(house: &mut House) -> Vec<Vec<String>> {
    let mut turns = Vec::new();
    loop {
        let begun = house.begun().await;
        if begun.is_empty() {
            return turns;
        }
        for call in begun {
            turns.push(asked(&call));
            call.play([say("ok"), Step::End]);
            house.ended(&call.turn.run_id).await;
        }
    }
}

/// The sender and the number of a message of [`crowd`].
fn sender_and_number(text: &str) -> (String, usize) {
    let mut words = text.split(' ').rev();
    let number = words.next().unwrap().parse().unwrap();
    (words.next().unwrap().to_owned(), number)
}

#[tokio::test(start_paused = true)]
async fn a_crowd_in_one_session_keeps_everybodys_order() {
    let networks = ["one", "two", "three"].map(network);
    let mut accounts = networks
        .each_ref()
        .map(|network| account(Arc::clone(network) as _));
    for account in &mut accounts {
        account.rules.dm_policy = tidegate_core::access::DmPolicy::Open;
    }
    let mut setup = Setup::new(accounts);
    setup.limits.queue.cap = 10_000;
    let mut house = setup.start().await;

    let crowd = (0..SENDERS).map(|sender| {
        let network = networks.get(sender % 4).cloned();
        let engine = house.engine.clone();
        let main = house.key("main");
        async move {
            for number in 0..EACH {
                let text = format!("s{sender} {number}");
                let name = format!("e{sender}-{number}");
                if let Some(network) = &network {
                    let event = dm(&name, &format!("s{sender}"), &text);
                    let heard = network.arrive(vec![event], None).await.unwrap();
                    assert_eq!(heard, [Heard::Taken]);
                } else {
                    let ask = crate::world::ask("owner", &name, &main, &text);
                    assert!(!engine.ask(ask).await.unwrap().repeat);
                }
                // Some write while others are answered.
                let pause = (sender * 7 + number * 13) % 10;
                tokio::time::sleep(Duration::from_secs(pause as u64)).await;
            }
        }
    });
    let crowd = futures_util::future::join_all(crowd);
    let (_, turns) = tokio::join!(crowd, answer_all(&mut house));
    assert!(turns.len() > 10, "{} turns", turns.len());
    let in_turns: Vec<String> = turns.concat();
    assert_eq!(in_turns.len(), SENDERS * EACH);
    assert_eq!(house.said_in("main").await, in_turns, "as it is kept");

    let mut next = HashMap::<String, usize>::new();
    for text in &in_turns {
        let (sender, number) = sender_and_number(text);
        let expected = next.entry(sender).or_default();
        assert_eq!(number, *expected, "{text}");
        *expected += 1;
    }
    assert!(next.values().all(|count| *count == EACH));
    assert_eq!(house.engine.run_load(), (0, 0));
}

/// What is taken in one order over several accounts is worked on in that order.
#[tokio::test(start_paused = true)]
async fn the_order_of_admission_is_the_order_of_the_session() {
    let networks = ["one", "two", "three"].map(network);
    let accounts = networks
        .each_ref()
        .map(|network| account(Arc::clone(network) as _));
    let mut setup = Setup::new(accounts);
    setup.limits.queue.cap = 10_000;
    let mut house = setup.start().await;
    let mut admitted = Vec::new();
    for number in 0..100_usize {
        let text = format!("n {number}");
        if let Some(network) = networks.get(number % 4) {
            let batch = vec![
                dm(&format!("a{number}"), "anna", &text),
                dm(&format!("b{number}"), "anna", &format!("{text} more")),
            ];
            network.arrive(batch, None).await.unwrap();
            admitted.extend([text.clone(), format!("{text} more")]);
        } else {
            house.say(&text, "main").await;
            admitted.push(text);
        }
    }
    answer_all(&mut house).await;
    assert_eq!(house.said_in("main").await, admitted);
}

#[tokio::test(start_paused = true)]
async fn the_same_event_is_one_run() {
    let network = network("fake");
    let mut house = Setup::with(&network).start().await;
    let event = || dm("1", "bob", "hello");
    let heard = network.arrive(vec![event(), event()], None).await.unwrap();
    assert_eq!(heard, [Heard::Taken, Heard::Known]);
    for _ in 0..100 {
        let heard = network.arrive(vec![event()], None).await.unwrap();
        assert_eq!(heard, [Heard::Known]);
    }
    let other = dm("2", "bob", "hello");
    let heard = network.arrive(vec![event(), other], None).await.unwrap();
    assert_eq!(heard, [Heard::Known, Heard::Taken], "by its name alone");
    house.answer("hi").await;
    assert!(house.begun().await.is_empty());
    assert_eq!(house.said_in("main").await.len(), 2);
    assert_eq!(network.texts(), ["hi"]);
}

#[tokio::test(start_paused = true)]
async fn the_same_event_by_poll_and_by_call_is_one_run() {
    let network = network("fake");
    let line = Line::new(Arc::clone(&network), []);
    let mut house = Setup::on(&line).start().await;
    let event = |number: u32| dm(&number.to_string(), "bob", &format!("n {number}"));
    for number in 0..20 {
        let body = number.to_string();
        line.brings(&body, vec![event(number)]);
        let called = || house.engine.webhook(network.key(), call(&body));
        let polled = || network.arrive(vec![event(number)], None);
        let (first, second, third, fourth) = tokio::join!(called(), polled(), called(), polled());
        for answer in [first, third] {
            assert_eq!(answer.unwrap().unwrap().status, 200);
        }
        let polled = [second.unwrap(), fourth.unwrap()].concat();
        assert!(polled.iter().filter(|one| **one == Heard::Taken).count() <= 1);
    }
    answer_all(&mut house).await;
    let said: Vec<String> = (0..20).map(|number| format!("[BOB] n {number}")).collect();
    assert_eq!(house.said_in("main").await, said);
}

#[tokio::test(start_paused = true)]
async fn the_same_event_in_the_next_life_is_one_run() {
    let first = network("fake");
    let mut house = Setup::with(&first).start().await;
    let event = || dm("1", "bob", "hello");
    first.arrive(vec![event()], None).await.unwrap();
    house.answer("hi").await;
    first.shows(1).await;
    house.engine.drain(Duration::from_secs(5)).await;

    let second = network("fake");
    let other = network("other");
    let accounts = [&second, &other].map(|one| account(Arc::clone(one) as _));
    let mut house = Setup {
        store: house.store,
        ..Setup::new(accounts)
    }
    .start()
    .await;
    let heard = second.arrive(vec![event()], None).await.unwrap();
    assert_eq!(heard, [Heard::Known]);
    assert!(house.begun().await.is_empty() && second.texts().is_empty());
    let heard = other.arrive(vec![event()], None).await.unwrap();
    assert_eq!(heard, [Heard::Taken], "another account has its own names");
    house.answer("hi there").await;
    assert_eq!(house.state("1").await, InboxState::Answered);
}

/// Three pictures of an album, each an event of its own.
fn album() -> Vec<Inbound> {
    let picture = |number: u32| {
        let event = to_us(&format!("p{number}"), "g", "anna", "");
        with(event, |message| {
            message.album = Some("a".into());
            message.media = vec![file("gone", &format!("{number}.jpg"))];
        })
    };
    (1..=3).map(picture).collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_written_in_one_go_is_one_turn() {
    let network = network("fake");
    let mut house = Setup::with(&network).start().await;
    for (event, text) in [("1", "hello"), ("2", "I have"), ("3", "a question")] {
        let event = dm(event, "anna", text);
        network.arrive(vec![event], None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    let (call, _) = house.answer("yes?").await;
    assert_eq!(asked(&call), ["hello", "I have", "a question"]);
    for event in ["1", "2", "3"] {
        assert_eq!(house.state(event).await, InboxState::Answered);
    }
    network.arrive(album(), None).await.unwrap();
    let (call, _) = house.answer("nice").await;
    assert_eq!(asked(&call).len(), 3);
    assert!(house.begun().await.is_empty());
    assert_eq!(network.texts(), ["yes?", "nice"], "one answer each");
}

#[tokio::test(start_paused = true)]
async fn whoever_never_stops_writing_is_answered_all_the_same() {
    let network = network("fake");
    let mut house = Setup::with(&network).start().await;
    for number in 0..30 {
        let event = dm(&number.to_string(), "anna", "and");
        network.arrive(vec![event], None).await.unwrap();
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    let first = asked(&house.call().await).len();
    assert!((10..20).contains(&first), "{first} in ten debounces");
}

#[tokio::test(start_paused = true)]
async fn where_each_has_its_turn_an_album_has_one() {
    let network = network("fake");
    let mut setup = Setup::with(&network);
    setup.limits.queue.mode = QueueMode::Followup;
    let mut house = setup.start().await;
    let events = vec![dm("1", "anna", "one"), dm("2", "anna", "two")];
    network.arrive(events, None).await.unwrap();
    for text in ["one", "two"] {
        let (call, _) = house.answer(text).await;
        assert_eq!(asked(&call), [text]);
    }
    let mut events = album();
    events.push(to_us("4", "g", "anna", "see?"));
    network.arrive(events, None).await.unwrap();
    let (call, _) = house.answer("nice").await;
    assert_eq!(asked(&call).len(), 3);
    let (call, _) = house.answer("I see").await;
    assert_eq!(asked(&call), ["[ANNA] see?"]);
    assert_eq!(network.texts(), ["one", "two", "nice", "I see"]);
}

#[tokio::test(start_paused = true)]
async fn two_conversations_of_one_session_are_answered_apart() {
    let network = network("fake");
    let mut house = Setup::with(&network).start().await;
    let events = vec![dm("1", "anna", "one"), dm("2", "bob", "two")];
    network.arrive(events, None).await.unwrap();
    house.answer("for Anna").await;
    house.answer("for Bob").await;
    let shown = network.shows(2).await;
    assert_eq!(shown[0].target, network.direct("chat-anna"));
    assert_eq!(shown[1].target, network.direct("chat-bob"));
}
