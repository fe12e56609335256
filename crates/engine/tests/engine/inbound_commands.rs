//! Commands in a chat: answered without a model, and only for whoever may.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::channel::Heard;
use tidegate_core::run::RunStatus;
use tidegate_core::store::{InboxState, SettingsPatch};
use tidegate_protocol::Patch;
use tidegate_protocol::api::sessions::SendPolicy;

use crate::inbound_world::{House, Setup, asked, dm, to_us};
use crate::network::{FakeNetwork, plain};
use crate::script::{Step, say};

async fn open() -> (House, Arc<FakeNetwork>) {
    let network = FakeNetwork::new("fake", plain());
    (Setup::with(&network).start().await, network)
}

#[tokio::test(start_paused = true)]
async fn status_and_help_need_no_model() {
    let (mut house, network) = open().await;
    for (word, begins) in [("/status", "**Tidegate"), ("/Help", "**Commands**")] {
        let event = dm(word, "bob", word);
        network.arrive(vec![event], None).await.unwrap();
        let count = network.texts().len() + 1;
        let text = network.shows(count).await.pop().unwrap().text;
        assert!(text.starts_with(begins), "{word}: {text}");
        assert_eq!(house.state(word).await, InboxState::Answered);
    }
    assert!(house.begun().await.is_empty(), "no model was asked");
}

#[tokio::test(start_paused = true)]
async fn status_does_not_wait_for_the_turn_at_work() {
    let (mut house, network) = open().await;
    let question = dm("long", "bob", "a long question");
    network.arrive(vec![question], None).await.unwrap();
    let call = house.call().await;
    network
        .arrive(vec![dm("s", "bob", "/status")], None)
        .await
        .unwrap();
    let text = network.shows(1).await.pop().unwrap().text;
    assert!(text.contains("1 at work"), "{text}");
    call.play([say("done"), Step::End]);
    assert_eq!(network.shows(2).await.pop().unwrap().text, "done");
}

#[tokio::test(start_paused = true)]
async fn what_changes_the_conversation_is_for_the_owner() {
    let (mut house, network) = open().await;
    network
        .arrive(vec![dm("0", "bob", "hello")], None)
        .await
        .unwrap();
    house.answer("hi").await;
    network.shows(1).await;
    let main = house.key("main");
    let before = house.engine.session(&main).await.unwrap().unwrap();
    for (number, word) in ["/new", "/reset", "/model scripted/x"].iter().enumerate() {
        let event = dm(word, "bob", word);
        network.arrive(vec![event], None).await.unwrap();
        let text = network.shows(number + 2).await.pop().unwrap().text;
        assert!(text.contains("`operator.admin`"), "{word}: {text}");
    }
    let after = house.engine.session(&main).await.unwrap().unwrap();
    assert_eq!(after.id, before.id);
    assert_eq!(after.settings, before.settings);

    network
        .arrive(vec![dm("own", "anna", "/new")], None)
        .await
        .unwrap();
    let text = network.shows(5).await.pop().unwrap().text;
    assert!(text.starts_with("A new conversation begins"), "{text}");
    let renewed = house.engine.session(&main).await.unwrap().unwrap();
    assert_ne!(renewed.id, before.id);
}

#[tokio::test(start_paused = true)]
async fn a_word_stops_the_turn_of_its_own_conversation() {
    let (mut house, network) = open().await;
    let asks = vec![
        dm("dm", "anna", "a long story"),
        to_us("group", "g", "anna", "another one"),
    ];
    network.arrive(asks, None).await.unwrap();
    let mut calls = [house.call().await, house.call().await];
    calls.sort_by_key(|call| asked(call)[0].contains("another"));
    let [direct, group] = calls;
    network
        .arrive(vec![to_us("stop", "g", "bob", "STOP")], None)
        .await
        .unwrap();
    let run = house.ended(&group.turn.run_id).await;
    assert_eq!(run.end.as_ref().unwrap().status, RunStatus::Aborted);
    assert_eq!(house.state("group").await, InboxState::FailedWithNotice);
    assert_eq!(house.state("stop").await, InboxState::Answered);
    let shown = network.shows(2).await;
    assert_eq!(shown[0].text, "Stopped.");
    assert_eq!(shown[0].reply_to.as_deref(), Some("m-stop"));
    assert_eq!(shown[0].target.peer.id, "g");

    direct.play([say("once upon a time"), Step::End]);
    let run = house.ended(&direct.turn.run_id).await;
    assert_eq!(run.end.as_ref().unwrap().status, RunStatus::Ok);
    assert_eq!(house.state("dm").await, InboxState::Answered);
    assert!(house.begun().await.is_empty(), "the word itself is no turn");
}

#[tokio::test(start_paused = true)]
async fn what_waits_is_stopped_with_the_turn() {
    let (mut house, network) = open().await;
    let events = vec![dm("1", "anna", "one"), dm("stop", "anna", "/stop")];
    network.arrive(events, None).await.unwrap();
    assert_eq!(network.shows(1).await[0].text, "Stopped.");
    assert!(house.begun().await.is_empty());
    assert_eq!(house.state("1").await, InboxState::FailedWithNotice);
    assert_eq!(network.texts().len(), 1, "whoever said stop was answered");
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_elsewhere_is_told_of_a_stop() {
    let (mut house, network) = open().await;
    let events = vec![dm("1", "anna", "one"), dm("2", "bob", "two")];
    network.arrive(events, None).await.unwrap();
    house.call().await;
    let stop = dm("stop", "anna", "/stop");
    network.arrive(vec![stop], None).await.unwrap();
    let mut shown = network.shows(3).await;
    shown.retain(|one| one.target == network.direct("chat-bob"));
    assert_eq!(
        shown[0].text,
        "This message was not read: somebody stopped the conversation."
    );
    assert_eq!(shown[0].reply_to, None, "two talk there");
    assert_eq!(house.state("2").await, InboxState::FailedWithNotice);
    house.say("three", "main").await;
    house.call().await;
    let waits = dm("4", "bob", "four");
    network.arrive(vec![waits], None).await.unwrap();
    let main = house.key("main");
    let stopped = house.engine.abort_by_word(&main).await.unwrap();
    assert_eq!(stopped.run_ids.len(), 2, "by a word in the page");
    assert_eq!(network.shows(4).await[3].reply_to, None);
}

#[tokio::test(start_paused = true)]
async fn a_stop_with_nothing_to_stop_says_so() {
    let (house, network) = open().await;
    network
        .arrive(vec![dm("stop", "bob", "stop")], None)
        .await
        .unwrap();
    let text = network.shows(1).await.remove(0).text;
    assert_eq!(text, "Nothing is being answered here.");
    assert_eq!(house.state("stop").await, InboxState::Answered);
    let again = network.arrive(vec![dm("stop", "bob", "stop")], None);
    assert_eq!(again.await.unwrap(), [Heard::Known]);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(network.texts().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_conversation_that_is_switched_off_says_so() {
    let (mut house, network) = open().await;
    let patch = SettingsPatch {
        send_policy: Patch::Set(SendPolicy::Deny),
        ..SettingsPatch::default()
    };
    let main = house.key("main");
    house.engine.patch_session(&main, patch).await.unwrap();
    network
        .arrive(vec![dm("1", "bob", "hello")], None)
        .await
        .unwrap();
    let text = network.shows(1).await.remove(0).text;
    assert_eq!(text, "Messages to this conversation are switched off.");
    assert_eq!(house.state("1").await, InboxState::FailedWithNotice);
    assert!(house.begun().await.is_empty());
}
