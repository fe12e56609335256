//! What is heard in groups, topics and elsewhere, and where it is answered.

use std::sync::Arc;

use tidegate_core::channel::{Act, Channel, ChannelError, InboundEvent, PeerKind};
use tidegate_fakes::telegram::{Incoming, Membership, Order, User};

use crate::contract::{Live, eventually, text};
use crate::rig::{ADA, HARBOUR, ada, settings, target, telegram};
use crate::world::{direct, harbour, world};

#[tokio::test]
async fn a_group_is_heard_with_its_marks() {
    let world = world().await;
    let live = world.live().await;
    world.fake.say(HARBOUR, &ada(), "@gate_bot ahoy");
    world.fake.say(HARBOUR, &ada(), "/status@gate_bot");
    world.fake.say(HARBOUR, &ada(), "/status@other_bot");
    world.fake.say(HARBOUR, &ada(), "nothing for us");
    let events = world.inbox.wait_for(3).await;
    let heard: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.event {
            InboundEvent::Message(message) => Some((message.text.as_str(), message.mentioned)),
            _ => None,
        })
        .collect();
    assert_eq!(
        heard,
        [("ahoy", true), ("/status", true), ("nothing for us", false)]
    );
    assert!(events.iter().all(|event| event.peer == harbour().peer));
    live.stop().await;
}

#[tokio::test]
async fn a_reply_to_us_is_told() {
    let world = world().await;
    let live = world.live().await;
    let ours = world
        .send(&harbour(), &text("High tide at six."))
        .await
        .unwrap();
    let reply = Incoming::text("and low?").reply_to(ours);
    world.fake.send(HARBOUR, &ada(), &reply);
    let InboundEvent::Message(message) = world.inbox.wait_for(1).await.remove(0).event else {
        panic!("no message");
    };
    let reply = message.reply_to.unwrap();
    assert!(reply.ours);
    assert_eq!(reply.message_id, ours.to_string());
    assert_eq!(reply.text.as_deref(), Some("High tide at six."));
    live.stop().await;
}

#[tokio::test]
async fn topics_are_answered_where_they_are() {
    const YARD: i64 = -1_009_876_543_210;
    let world = world().await;
    world.fake.forum(YARD, "Shipyard");
    let topic = world.fake.topic(YARD, "Hulls");
    let live = world.live().await;
    world.fake.say(YARD, &ada(), "in general");
    let hulls = Incoming::text("in hulls").in_topic(topic);
    world.fake.send(YARD, &ada(), &hulls);
    let events = world.inbox.wait_for(2).await;
    let threads: Vec<_> = events.iter().map(|event| event.thread.clone()).collect();
    assert_eq!(threads, [Some("1".into()), Some(topic.to_string())]);
    for (thread, shown) in [(1, None), (topic, Some(topic))] {
        let to = target(PeerKind::Group, YARD, Some(thread));
        world.send(&to, &text("answer")).await.unwrap();
        assert_eq!(world.fake.bot_messages(YARD).pop().unwrap().thread, shown);
        world.telegram.act(&to, Act::Typing).await.unwrap();
        assert_eq!(world.fake.actions(YARD).pop().unwrap().thread, Some(thread));
    }
    let gone = target(PeerKind::Group, YARD, Some(topic + 1000));
    let sent = world.send(&gone, &text("nowhere")).await;
    assert!(matches!(sent, Err(ChannelError::Refused(_))), "{sent:?}");
    live.stop().await;
}

#[tokio::test]
async fn a_group_that_moved_says_where() {
    const OLD: i64 = -5001;
    let world = world().await;
    let live = world.live().await;
    world.fake.say(OLD, &ada(), "hello");
    let new = world.fake.migrate(OLD, &ada()).unwrap();
    let events = world.inbox.wait_for(2).await;
    assert_eq!(events[1].peer.id, OLD.to_string());
    assert_eq!(
        events[1].event,
        InboundEvent::Moved {
            to: new.to_string()
        }
    );
    let sent = world
        .send(&target(PeerKind::Group, OLD, None), &text("x"))
        .await;
    assert!(
        matches!(&sent, Err(ChannelError::Moved { to }) if *to == new.to_string()),
        "{sent:?}"
    );
    live.stop().await;
}

#[tokio::test]
async fn whoever_blocked_us_gets_nothing() {
    let world = world().await;
    world.fake.membership(ADA, &ada(), Membership::Kicked);
    for to in [direct(), target(PeerKind::Direct, 4711, None)] {
        let sent = world.send(&to, &text("x")).await;
        assert!(matches!(sent, Err(ChannelError::Refused(_))), "{sent:?}");
    }
}

#[tokio::test]
async fn order_and_clock_are_the_networks() {
    let world = world().await;
    let live = world.live().await;
    let clock = world.fake.clock();
    world.fake.hold_updates();
    world.fake.say(ADA, &ada(), "one");
    clock.skew_ms(-3_600_000);
    world.fake.say(ADA, &ada(), "two");
    world.fake.release_updates(Order::Reversed);
    let events = world.inbox.wait_for(2).await;
    assert_eq!(world.inbox.texts(), ["two", "one"]);
    let earlier = events[1].at_ms - events[0].at_ms;
    assert!((3_590_000..=3_610_000).contains(&earlier), "{earlier}");
    live.stop().await;
}

#[tokio::test]
async fn two_pollers_are_a_conflict() {
    let world = world().await;
    let live = world.live().await;
    eventually("it polls", || world.fake.is_polled()).await;
    let second = Live::start(telegram(settings(&world.fake)), &Arc::default());
    let failure = live.failure().await;
    assert!(
        matches!(&failure, ChannelError::Conflict(why) if why.contains("other getUpdates")),
        "{failure}"
    );
    drop(second);
    world.fake.say(ADA, &ada(), "whose am I?");
    live.check_failures();
}

#[tokio::test]
async fn albums_come_one_by_one_under_one_name() {
    let world = world().await;
    let live = world.live().await;
    let items = [Incoming::photo(vec![1; 10]), Incoming::photo(vec![2; 10])];
    world.fake.album(ADA, &ada(), &items);
    let events = world.inbox.wait_for(2).await;
    let albums: Vec<_> = events
        .iter()
        .filter_map(|event| match &event.event {
            InboundEvent::Message(message) => message.album.clone(),
            _ => None,
        })
        .collect();
    assert_eq!(albums.len(), 2);
    assert_eq!(albums[0], albums[1]);
    live.stop().await;
}

#[tokio::test]
async fn another_person_is_another_sender() {
    let world = world().await;
    let live = world.live().await;
    world
        .fake
        .say(HARBOUR, &User::new(1002, "Ada").named("ada2"), "me too");
    let event = world.inbox.wait_for(1).await.remove(0);
    assert_eq!(event.sender.id, "1002");
    assert_eq!(event.sender.name.as_deref(), Some("Ada"));
    live.stop().await;
}
