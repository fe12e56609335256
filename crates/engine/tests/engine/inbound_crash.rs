//! Another life on the same store: what was taken is answered, what was at work is told to be
//! broken off, what was not taken is not acknowledged (SECURITY F01).

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::InboxError;
use tidegate_core::store::{InboxState, InboxStore};
use tidegate_store::MemoryStore;

use crate::inbound_world::{House, Setup, asked, dm, to_us};
use crate::network::{FakeNetwork, plain};
use crate::script::{Step, say};
use crate::world::one_life;

/// One life of a gateway.
fn life<T, F: Future<Output = T>>(
    store: &MemoryStore,
    live: impl FnOnce(House, Arc<FakeNetwork>) -> F,
) -> T {
    one_life(async {
        let network = FakeNetwork::new("fake", plain());
        let setup = Setup {
            store: store.clone(),
            ..Setup::with(&network)
        };
        live(setup.start().await, network).await
    })
}

#[test]
fn what_was_taken_is_answered_in_the_next_life() {
    let store = MemoryStore::new();
    life(&store, |_house, network| async move {
        let events = vec![dm("1", "anna", "one"), to_us("2", "g", "bob", "two")];
        network.arrive(events, Some("7")).await.unwrap();
    });
    life(&store, |mut house, network| async move {
        assert_eq!(
            house.store.cursor(network.key(), "bot").await.unwrap(),
            Some("7".into())
        );
        let mut texts = Vec::new();
        for answer in ["first", "second"] {
            texts.extend(asked(&house.answer(answer).await.0));
        }
        texts.sort();
        assert_eq!(texts, ["[BOB] two", "one"]);
        network.shows(2).await;
        for event in ["1", "2"] {
            assert_eq!(house.state(event).await, InboxState::Answered);
        }
    });
}

#[test]
fn whoever_was_being_answered_is_told_once() {
    let store = MemoryStore::new();
    life(&store, |mut house, network| async move {
        let events = vec![dm("1", "anna", "one"), dm("2", "anna", "two")];
        network.arrive(events, None).await.unwrap();
        let call = house.call().await;
        assert_eq!(asked(&call).len(), 2);
        call.play([say("half an ans")]);
        crate::world::settle().await;
        let waits = dm("3", "anna", "three");
        network.arrive(vec![waits], None).await.unwrap();
    });
    life(&store, |mut house, network| async move {
        let told = network.shows(1).await.remove(0);
        assert!(told.text.contains("restarted"), "{}", told.text);
        assert_eq!(told.target, network.direct("chat-anna"));
        for event in ["1", "2"] {
            assert_eq!(house.state(event).await, InboxState::FailedWithNotice);
        }
        assert_eq!(asked(&house.answer("three").await.0), ["three"]);
        assert_eq!(network.shows(2).await[1].text, "three");
    });
    life(&store, |mut house, network| async move {
        assert!(house.begun().await.is_empty());
        assert_eq!(network.texts(), Vec::<String>::new(), "never again");
    });
}

#[test]
fn a_gateway_that_stops_takes_nothing() {
    let store = MemoryStore::new();
    life(&store, |mut house, network| async move {
        let at_work = dm("1", "anna", "one");
        network.arrive(vec![at_work], Some("1")).await.unwrap();
        house.call().await.play([Step::Hang(Duration::ZERO)]);
        let engine = house.engine.clone();
        let key = network.key().clone();
        let late = network.arrive(vec![dm("2", "anna", "two")], Some("2"));
        let draining = engine.drain(Duration::from_secs(10));
        // The network's half hears of the end and of the late message at once.
        let ((), late) = tokio::join!(draining, async {
            tokio::time::timeout(Duration::from_secs(5), late).await
        });
        assert!(
            !matches!(late, Ok(Ok(_))),
            "nothing is acknowledged while it stops"
        );
        assert!(house.row("2").await.is_none());
        let cursor = house.store.cursor(&key, "bot").await.unwrap();
        assert_eq!(cursor.as_deref(), Some("1"), "it will come again");
        assert_eq!(house.state("1").await, InboxState::FailedWithNotice);
    });
}

#[test]
fn a_call_of_the_network_is_refused_while_it_stops() {
    let store = MemoryStore::new();
    one_life(async {
        let network = FakeNetwork::new("fake", plain());
        let line = crate::inbound_line::Line::new(Arc::clone(&network), []);
        let setup = Setup {
            store: store.clone(),
            ..Setup::on(&line)
        };
        let house = setup.start().await;
        line.brings("x", vec![dm("1", "anna", "one")]);
        house.engine.drain(Duration::from_secs(1)).await;
        let called = house
            .engine
            .webhook(network.key(), crate::inbound_line::call("x"))
            .await;
        assert!(matches!(called, Err(InboxError::Closed)));
        assert!(house.row("1").await.is_none());
    });
}
