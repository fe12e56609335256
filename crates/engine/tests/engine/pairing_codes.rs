//! Strangers in direct chats: a code once, at most three at a time, for an hour (DECISIONS D14).

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::Heard;
use tidegate_core::store::{AdmittedSender, InboxState, SenderAsk, SenderStore};
use tidegate_engine::PAIRING_TTL_MS;

use crate::inbound_world::{House, Setup, account, asked, dm};
use crate::network::{FakeNetwork, plain};

const HOUR: Duration = Duration::from_hours(1);

async fn open() -> (House, Arc<FakeNetwork>) {
    let network = FakeNetwork::new("fake", plain());
    (Setup::with(&network).start().await, network)
}

/// The code that the last message shows.
fn shown_code(network: &FakeNetwork) -> String {
    let text = network.texts().pop().unwrap();
    let after = text.split_once("approve fake ").unwrap().1;
    after.split_once('`').unwrap().0.to_owned()
}

async fn writes(network: &FakeNetwork, event: &str, from: &str) -> Heard {
    let heard = network.arrive(vec![dm(event, from, "hello")], None).await;
    heard.unwrap()[0]
}

async fn approve(house: &House, code: &str, owner: bool) -> Option<AdmittedSender> {
    let channel = tidegate_protocol::ChannelId::new("fake");
    let approved = house.engine.approve_sender(&channel, code, owner).await;
    approved.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_stranger_is_shown_a_code_once() {
    let (mut house, network) = open().await;
    assert_eq!(writes(&network, "1", "zoe").await, Heard::Taken);
    let text = network.shows(1).await.remove(0).text;
    assert!(text.contains("Your id here is `zoe`"), "{text}");
    assert_eq!(house.state("1").await, InboxState::Answered);
    for event in ["2", "3"] {
        assert_eq!(writes(&network, event, "zoe").await, Heard::Ignored);
    }
    assert!(house.begun().await.is_empty(), "no run");
    assert_eq!(network.texts().len(), 1, "nothing the second time");
    let waiting = house.engine.pairing_requests().await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].code, shown_code(&network));
    assert_eq!(waiting[0].name.as_deref(), Some("ZOE"));
}

#[tokio::test(start_paused = true)]
async fn two_messages_at_once_are_one_request() {
    let (house, network) = open().await;
    let batch = vec![dm("1", "zoe", "hello"), dm("2", "zoe", "are you there?")];
    network.arrive(batch, None).await.unwrap();
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(network.texts().len(), 1);
    assert_eq!(house.engine.pairing_requests().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_code_was_never_shown_is_shown_with_the_next_message() {
    let (house, network) = open().await;
    // As after a crash between the request and the answer.
    let ask = SenderAsk {
        account: network.key().clone(),
        sender_id: "zoe".into(),
        name: None,
        chat: network.direct("chat-zoe"),
        code: "ABCDEFGH".into(),
        at_ms: house.engine.now_ms(),
    };
    house.store.ask_in(ask, 0, 3).await.unwrap();
    assert_eq!(writes(&network, "1", "zoe").await, Heard::Taken);
    network.shows(1).await;
    assert_eq!(shown_code(&network), "ABCDEFGH");
    assert_eq!(writes(&network, "2", "zoe").await, Heard::Ignored);
    assert!(approve(&house, "abcd-efgh", false).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn three_wait_at_most_in_a_channel() {
    let network = FakeNetwork::new("fake", plain());
    let other = FakeNetwork::new("other", plain());
    let accounts = [&network, &other].map(|one| account(Arc::clone(one) as _));
    let house = Setup::new(accounts).start().await;
    for (event, from) in [("1", "a"), ("2", "b"), ("3", "c")] {
        assert_eq!(writes(&network, event, from).await, Heard::Taken);
    }
    assert_eq!(writes(&network, "4", "d").await, Heard::Ignored);
    network.shows(3).await;
    assert_eq!(writes(&other, "4", "d").await, Heard::Taken);
    other.shows(1).await;
    assert_eq!(network.texts().len(), 3);
    assert_eq!(house.engine.pairing_requests().await.unwrap().len(), 4);

    tokio::time::sleep(HOUR + Duration::from_secs(1)).await;
    assert!(house.engine.pairing_requests().await.unwrap().is_empty());
    assert_eq!(writes(&network, "5", "d").await, Heard::Taken, "room again");
    network.shows(4).await;
}

#[tokio::test(start_paused = true)]
async fn a_code_is_good_for_an_hour() {
    assert_eq!(Duration::from_millis(PAIRING_TTL_MS), HOUR);
    let (house, network) = open().await;
    writes(&network, "1", "zoe").await;
    network.shows(1).await;
    let old = shown_code(&network);
    tokio::time::sleep(HOUR + Duration::from_millis(1)).await;
    assert_eq!(approve(&house, &old, false).await, None);
    assert_eq!(writes(&network, "2", "zoe").await, Heard::Taken, "anew");
    network.shows(2).await;
    let new = shown_code(&network);
    assert_ne!(new, old);
    assert_eq!(approve(&house, &old, false).await, None);
    tokio::time::sleep(Duration::from_secs(3599)).await;
    assert!(approve(&house, &new, false).await.is_some());
    assert_eq!(approve(&house, &new, false).await, None, "it is spent");
}

#[tokio::test(start_paused = true)]
async fn whoever_is_let_in_is_told_and_then_heard() {
    let (mut house, network) = open().await;
    writes(&network, "1", "zoe").await;
    network.shows(1).await;
    let code = shown_code(&network).to_lowercase();
    let written = format!(" {}-{} ", &code[..4], &code[4..]);
    let admitted = approve(&house, &written, false).await.unwrap();
    assert_eq!(
        (admitted.sender_id.as_str(), admitted.owner),
        ("zoe", false)
    );
    let told = network.shows(2).await.remove(1);
    assert_eq!(told.text, "You are let in. Write to me.");
    assert_eq!(told.target, network.direct("chat-zoe"));

    assert_eq!(writes(&network, "2", "zoe").await, Heard::Taken);
    let (call, _) = house.answer("hello Zoe").await;
    assert_eq!(asked(&call), ["[ZOE] hello"]);
    assert_eq!(network.shows(3).await[2].text, "hello Zoe");

    let asks = dm("3", "zoe", "/new");
    network.arrive(vec![asks], None).await.unwrap();
    let refused = network.shows(4).await.remove(3).text;
    assert!(refused.contains("`operator.admin`"), "{refused}");
}

#[tokio::test(start_paused = true)]
async fn the_owner_may_what_his_devices_may() {
    let (house, network) = open().await;
    writes(&network, "1", "zoe").await;
    network.shows(1).await;
    let admitted = approve(&house, &shown_code(&network), true).await.unwrap();
    assert!(admitted.owner);
    network.shows(2).await;
    for (number, word) in ["/new", "/model scripted/m2"].iter().enumerate() {
        network
            .arrive(vec![dm(word, "zoe", word)], None)
            .await
            .unwrap();
        let answer = network.shows(number + 3).await.pop().unwrap().text;
        assert!(!answer.contains("operator.admin"), "{word}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_code_of_another_channel_is_none() {
    let (house, network) = open().await;
    writes(&network, "1", "zoe").await;
    network.shows(1).await;
    let other = tidegate_protocol::ChannelId::new("other");
    let approved = house
        .engine
        .approve_sender(&other, &shown_code(&network), false)
        .await;
    assert_eq!(approved.unwrap(), None);
    assert_eq!(approve(&house, "ABCD-EFGH", false).await, None);
    assert_eq!(approve(&house, "", false).await, None);
    assert!(
        approve(&house, &shown_code(&network), false)
            .await
            .is_some()
    );
}

#[tokio::test(start_paused = true)]
async fn a_right_can_be_taken_away() {
    let (mut house, network) = open().await;
    writes(&network, "1", "zoe").await;
    network.shows(1).await;
    let code = shown_code(&network);
    assert!(
        house
            .engine
            .dismiss_sender(network.key(), "zoe")
            .await
            .unwrap()
    );
    assert_eq!(approve(&house, &code, false).await, None, "dismissed");
    assert!(
        !house
            .engine
            .dismiss_sender(network.key(), "zoe")
            .await
            .unwrap()
    );

    tokio::time::sleep(Duration::from_secs(1)).await;
    writes(&network, "2", "zoe").await;
    network.shows(2).await;
    approve(&house, &shown_code(&network), true).await.unwrap();
    network.shows(3).await;
    assert_eq!(house.engine.admitted_senders().await.unwrap().len(), 1);
    assert!(
        house
            .engine
            .dismiss_sender(network.key(), "zoe")
            .await
            .unwrap()
    );
    assert!(house.engine.admitted_senders().await.unwrap().is_empty());
    tokio::time::sleep(Duration::from_secs(1)).await;
    writes(&network, "3", "zoe").await;
    assert!(house.begun().await.is_empty(), "not heard any more");
    assert!(network.texts().pop().unwrap().contains("does not know you"));
}
