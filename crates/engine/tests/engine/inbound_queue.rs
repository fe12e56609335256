//! What happens to messages while a turn is at work: they wait, interrupt, or are refused, and
//! nobody is left without a word.

use std::sync::Arc;

use tidegate_core::agents::{QueueDrop, QueueMode};
use tidegate_core::channel::Capabilities;
use tidegate_core::run::RunStatus;
use tidegate_core::store::InboxState;
use tidegate_protocol::ChannelId;

use crate::inbound_world::{House, Setup, account, asked, dm, to_us};
use crate::network::{FakeNetwork, plain};
use crate::script::{Call, Step, say};

/// A house where a turn of Anna is at work, and messages wait with this rule.
async fn busy(cap: usize, drop: QueueDrop) -> (House, Arc<FakeNetwork>, Call) {
    let network = FakeNetwork::new("fake", plain());
    let mut setup = Setup::with(&network);
    setup.limits.queue.cap = cap;
    setup.limits.queue.drop = drop;
    let mut house = setup.start().await;
    network
        .arrive(vec![dm("0", "anna", "begin")], None)
        .await
        .unwrap();
    let call = house.call().await;
    (house, network, call)
}

async fn anna_writes(network: &FakeNetwork, numbers: impl IntoIterator<Item = u32>) {
    for number in numbers {
        let event = dm(&number.to_string(), "anna", &format!("number {number}"));
        network.arrive(vec![event], None).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn the_new_one_is_refused_and_told() {
    let (mut house, network, call) = busy(2, QueueDrop::New).await;
    anna_writes(&network, 1..=3).await;
    let told = network.shows(1).await.remove(0);
    assert!(
        told.text.contains("What comes now is not read"),
        "{}",
        told.text
    );
    assert_eq!(told.reply_to, None, "two talk: it is clear what it is for");
    assert_eq!(house.state("3").await, InboxState::FailedWithNotice);
    call.play([Step::End]);
    let (call, _) = house.answer("done").await;
    assert_eq!(asked(&call), ["number 1", "number 2"]);
    anna_writes(&network, [4]).await;
    let (call, _) = house.answer("room again").await;
    assert_eq!(asked(&call), ["number 4"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_floods_fills_no_conversation_with_refusals() {
    let (mut house, network, call) = busy(2, QueueDrop::New).await;
    anna_writes(&network, 1..=40).await;
    for number in ["3", "40"] {
        assert_eq!(house.state(number).await, InboxState::FailedWithNotice);
    }
    call.play([Step::End]);
    house.answer("done").await;
    let texts = network.shows(2).await;
    assert_eq!(texts.len(), 2, "one refusal, one answer: {texts:?}");
}

#[tokio::test(start_paused = true)]
async fn one_batch_has_no_more_room_than_many() {
    let (mut house, network, call) = busy(2, QueueDrop::New).await;
    let batch = (1..=4).map(|number| dm(&number.to_string(), "anna", "more"));
    network.arrive(batch.collect(), None).await.unwrap();
    network.shows(2).await;
    for (event, state) in [
        ("2", InboxState::Accepted),
        ("3", InboxState::FailedWithNotice),
        ("4", InboxState::FailedWithNotice),
    ] {
        assert_eq!(house.state(event).await, state, "{event}");
    }
    call.play([Step::End]);
    let (call, _) = house.answer("done").await;
    assert_eq!(asked(&call).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_oldest_is_given_up_and_told() {
    let (mut house, network, call) = busy(2, QueueDrop::Old).await;
    anna_writes(&network, 1..=4).await;
    let told = network.shows(1).await.remove(0);
    assert!(told.text.contains("The oldest are not read"), "{told:?}");
    assert_eq!(told.reply_to, None);
    assert_eq!(house.state("2").await, InboxState::FailedWithNotice);
    assert_eq!(network.texts().len(), 1, "the conversation knows it");
    assert_eq!(house.state("1").await, InboxState::FailedWithNotice);
    call.play([Step::End]);
    let (call, _) = house.answer("done").await;
    assert_eq!(asked(&call), ["number 3", "number 4"]);
}

/// What the messages 1 and 2 are told in a group whose network can do this, when 1 is given up and
/// 3 stops everything.
async fn told_in_a_group(can: Capabilities) -> Vec<Option<String>> {
    let network = FakeNetwork::new("fake", can);
    let mut setup = Setup::with(&network);
    setup.limits.queue.cap = 1;
    setup.limits.queue.drop = QueueDrop::Old;
    let mut house = setup.start().await;
    let say = async |event: &str, text: &str| {
        let event = to_us(event, "g", "anna", text);
        network.arrive(vec![event], None).await.unwrap();
    };
    say("0", "begin").await;
    let _call = house.call().await;
    say("1", "one").await;
    say("2", "two").await;
    network.shows(1).await;
    say("3", "/stop").await;
    let told = network.shows(2).await.into_iter().take(2);
    told.map(|told| told.reply_to).collect()
}

#[tokio::test(start_paused = true)]
async fn a_notice_names_its_message_where_many_talk_and_the_network_can() {
    let told = told_in_a_group(plain()).await;
    assert_eq!(told, [Some("m-1".to_owned()), Some("m-3".to_owned())]);
    let threads_only = Capabilities {
        replies: false,
        ..plain()
    };
    assert_eq!(told_in_a_group(threads_only).await, [None, None]);
}

#[tokio::test(start_paused = true)]
async fn the_oldest_are_read_shortened_until_there_are_far_too_many() {
    let (mut house, network, call) = busy(2, QueueDrop::Summarize).await;
    for number in 1..=21 {
        let event = dm(
            &number.to_string(),
            "anna",
            &format!("{number} {}", "x".repeat(1000)),
        );
        network.arrive(vec![event], None).await.unwrap();
    }
    let told = network.shows(1).await.remove(0);
    assert!(told.text.contains("What comes now is not read"));
    assert_eq!(house.state("21").await, InboxState::FailedWithNotice);
    call.play([Step::End]);
    let (call, _) = house.answer("done").await;
    let texts = asked(&call);
    assert_eq!(texts.len(), 20);
    for (number, text) in (1..).zip(&texts) {
        assert!(text.starts_with(&format!("{number} xxx")));
        let shortened = text.ends_with("[shortened: too many messages were waiting]");
        assert_eq!(shortened, number <= 18, "{number}");
        assert_eq!(text.len() > 1000, number > 18, "{number}");
    }
    for number in 1..=20 {
        let state = house.state(&number.to_string()).await;
        assert_eq!(state, InboxState::Answered);
    }
}

#[tokio::test(start_paused = true)]
async fn the_newest_interrupts_and_is_answered() {
    let network = FakeNetwork::new("fake", plain());
    let mut setup = Setup::with(&network);
    setup.limits.queue.mode = QueueMode::Interrupt;
    let mut house = setup.start().await;
    anna_writes(&network, [1]).await;
    let first = house.call().await;
    first.play([say("On the one hand")]);
    crate::world::settle().await;
    anna_writes(&network, [2, 3]).await;
    let run = house.ended(&first.turn.run_id).await;
    assert_eq!(run.end.as_ref().unwrap().status, RunStatus::Aborted);
    let (call, _) = house.answer("two and three").await;
    assert_eq!(asked(&call).split_off(1), ["number 3"]);
    let texts: Vec<_> = network
        .shows(2)
        .await
        .into_iter()
        .map(|one| one.text)
        .collect();
    assert_eq!(
        texts,
        [
            "On the one hand\n\n_Interrupted by your newer message._",
            "two and three"
        ]
    );
    assert_eq!(house.state("1").await, InboxState::FailedWithNotice);
    assert_eq!(house.state("3").await, InboxState::Answered);
}

#[tokio::test(start_paused = true)]
async fn a_channel_may_have_a_mode_of_its_own() {
    let networks = ["fake", "other"].map(|channel| FakeNetwork::new(channel, plain()));
    let accounts = networks
        .each_ref()
        .map(|network| account(Arc::clone(network) as _));
    let mut setup = Setup::new(accounts);
    let queue = &mut setup.limits.queue;
    queue
        .by_channel
        .insert(ChannelId::new("other"), QueueMode::Followup);
    let mut house = setup.start().await;
    let [fake, other] = &networks;
    for network in [fake, other] {
        anna_writes(network, 1..=2).await;
    }
    let mut turns = Vec::new();
    for _ in 0..3 {
        turns.push(asked(&house.answer("ok").await.0));
    }
    assert_eq!(turns[0], ["number 1", "number 2"], "together by default");
    assert_eq!(turns[1], ["number 1"]);
    assert_eq!(turns[2], ["number 2"]);
}
