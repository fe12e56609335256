//! When a conversation is over: the next message begins a new one under the same name.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::freshness::ResetRule;

use crate::inbound_world::{House, Setup, asked, dm, to_us};
use crate::network::{FakeNetwork, plain};
use crate::script::{Step, say};

const IDLE: ResetRule = ResetRule::Idle { minutes: 30 };

async fn open(direct: ResetRule, group: ResetRule) -> (House, Arc<FakeNetwork>) {
    let network = FakeNetwork::new("fake", plain());
    let mut setup = Setup::with(&network);
    setup.resets.direct = direct;
    setup.resets.group = group;
    (setup.start().await, network)
}

async fn minutes(count: u64) {
    tokio::time::sleep(Duration::from_mins(count)).await;
}

/// Anna writes and is answered; gives what the agent sees of the conversation.
async fn exchange(house: &mut House, network: &FakeNetwork, event: &str) -> usize {
    let event = dm(event, "anna", event);
    network.arrive(vec![event], None).await.unwrap();
    house.answer("ok").await.0.turn.history.len()
}

#[tokio::test(start_paused = true)]
async fn after_a_silence_the_next_message_begins_anew() {
    let (mut house, network) = open(IDLE, ResetRule::Never).await;
    let main = house.key("main");
    assert_eq!(exchange(&mut house, &network, "1").await, 1);
    minutes(29).await;
    assert_eq!(exchange(&mut house, &network, "2").await, 3, "it goes on");
    let before = house.engine.session(&main).await.unwrap().unwrap().id;
    minutes(31).await;
    let still = house.engine.session(&main).await.unwrap().unwrap().id;
    assert_eq!(still, before, "nothing happens by itself");
    assert_eq!(exchange(&mut house, &network, "3").await, 1, "anew");
    let after = house.engine.session(&main).await.unwrap().unwrap().id;
    assert_ne!(after, before);
    assert_eq!(house.said_in("main").await, ["3"]);
}

#[tokio::test(start_paused = true)]
async fn at_its_hour_the_day_is_over() {
    // It is 22:13 in UTC.
    let daily = ResetRule::Daily { at_hour: 4 };
    let (mut house, network) = open(daily, ResetRule::Never).await;
    exchange(&mut house, &network, "1").await;
    minutes(5 * 60).await;
    assert_eq!(exchange(&mut house, &network, "2").await, 3, "at three");
    minutes(60).await;
    assert_eq!(exchange(&mut house, &network, "3").await, 1, "after four");
    minutes(60).await;
    assert_eq!(exchange(&mut house, &network, "4").await, 3, "once a day");
}

#[tokio::test(start_paused = true)]
async fn each_kind_of_conversation_has_its_rule() {
    let (mut house, network) = open(ResetRule::Never, IDLE).await;
    for expected in [1, 1, 1] {
        let event = format!("g{}", house.engine.now_ms());
        network
            .arrive(vec![to_us(&event, "g", "anna", "hello")], None)
            .await
            .unwrap();
        assert_eq!(house.answer("ok").await.0.turn.history.len(), expected);
        minutes(31).await;
    }
    for expected in [1, 3, 5] {
        let event = house.engine.now_ms().to_string();
        assert_eq!(exchange(&mut house, &network, &event).await, expected);
        minutes(31).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_begins_anew_once() {
    let (mut house, network) = open(IDLE, ResetRule::Never).await;
    exchange(&mut house, &network, "1").await;
    minutes(31).await;
    let batch = vec![dm("2", "anna", "two"), dm("3", "anna", "three")];
    network.arrive(batch, None).await.unwrap();
    let (call, _) = house.answer("ok").await;
    assert_eq!(asked(&call), ["two", "three"]);
    assert_eq!(call.turn.history.len(), 2);
    assert_eq!(house.said_in("main").await, ["two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_at_work_is_not_over() {
    let network = FakeNetwork::new("fake", plain());
    let mut setup = Setup::with(&network);
    setup.resets.direct = IDLE;
    setup.limits.timeout = Duration::from_hours(3);
    setup.limits.idle_timeout = Duration::from_hours(3);
    let mut house = setup.start().await;
    network
        .arrive(vec![dm("1", "anna", "think hard")], None)
        .await
        .unwrap();
    let call = house.call().await;
    minutes(60).await;
    network
        .arrive(vec![dm("2", "anna", "well?")], None)
        .await
        .unwrap();
    call.play([say("42"), Step::End]);
    let (call, _) = house.answer("42, as I said").await;
    assert_eq!(call.turn.history.len(), 3, "one conversation");
    assert_eq!(house.said_in("main").await, ["think hard", "well?"]);
}
