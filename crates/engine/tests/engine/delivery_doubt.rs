//! Tries of unknown end, crashes, and what became too old.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::SessionKey;
use tidegate_core::channel::{Capabilities, Receipt};
use tidegate_core::store::{HistoryQuery, OutboxState, OutboxStep, OutboxStore};
use tidegate_engine::{Letter, Sending};
use tidegate_store::MemoryStore;

use crate::delivery_world::{Post, RunningClock, answer, engine_on, is_sent};
use crate::network::{FakeNetwork, Outcome, plain};

const MARK: &str = "you may have this twice";

fn keyed() -> Capabilities {
    Capabilities {
        keyed_sends: true,
        ..plain()
    }
}

fn with_history() -> Capabilities {
    Capabilities {
        history: true,
        ..plain()
    }
}

/// Sends one message while the network does this with each try.
async fn send_under(can: Capabilities, outcomes: &[Outcome]) -> (Post, OutboxState) {
    let post = Post::open(FakeNetwork::new("fake", can)).await;
    post.network.script(outcomes.to_vec());
    post.answer("a", &post.network.direct("anna"), "hello")
        .await;
    let state = post.end("a").await.state;
    (post, state)
}

#[tokio::test(start_paused = true)]
async fn a_try_of_unknown_end_is_repeated_once_and_marked() {
    let (post, state) = send_under(plain(), &[Outcome::TakeAndLose]).await;
    let texts = post.network.texts();
    assert_eq!((state, texts.len()), (OutboxState::Sent, 2));
    assert_eq!(texts[0], "hello");
    assert!(texts[1].starts_with("hello\n\n_") && texts[1].contains(MARK));

    let (post, state) = send_under(plain(), &[Outcome::Lose]).await;
    assert_eq!((state, post.network.texts().len()), (OutboxState::Sent, 1));
    assert!(post.network.texts()[0].contains(MARK));
}

#[tokio::test(start_paused = true)]
async fn a_repetition_of_unknown_end_is_the_last() {
    let outcomes = [Outcome::TakeAndLose, Outcome::TakeAndLose, Outcome::Take];
    let (post, state) = send_under(plain(), &outcomes).await;
    assert_eq!(state, OutboxState::Dead);
    assert_eq!(post.network.shown().len(), 2);
    let error = post.end("a").await.error.unwrap();
    assert!(error.contains("nobody knows whether it arrived"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_one_repetition_waits_for_a_network_that_answers() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    let anna = post.network.direct("anna");
    post.network.set_mute(true);
    post.network.script([Outcome::Lose]);
    post.answer("a", &anna, "hello").await;
    tokio::time::sleep(Duration::from_mins(5)).await;
    assert_eq!(
        post.network.sent().len(),
        1,
        "nothing goes where it was lost"
    );
    post.network.set_mute(false);
    assert_eq!(post.end("a").await.state, OutboxState::Sent);
    let texts = post.network.texts();
    assert!(texts.len() == 1 && texts[0].contains(MARK), "{texts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_repetition_that_did_nothing_is_tried_again_and_still_marked() {
    let limited = Outcome::Limited {
        ms: 1000,
        account: false,
    };
    let outcomes = [Outcome::TakeAndLose, limited, Outcome::Unreachable];
    let (post, state) = send_under(plain(), &outcomes).await;
    let texts = post.network.texts();
    assert_eq!((state, texts.len()), (OutboxState::Sent, 2));
    assert!(texts[1].contains(MARK));
}

#[tokio::test(start_paused = true)]
async fn where_tries_are_told_apart_there_is_one_message_and_no_mark() {
    let outcomes = [
        Outcome::TakeAndLose,
        Outcome::Hang { arrives: false },
        Outcome::Lose,
        Outcome::Panic,
    ];
    for can in [keyed(), with_history()] {
        let (post, state) = send_under(can, &outcomes).await;
        assert_eq!(state, OutboxState::Sent);
        assert_eq!(post.network.texts(), ["hello"]);
        let sent = post.network.sent();
        assert_eq!(sent.len(), 5);
        assert_eq!(sent[0].attempt.maybe_sent_since_ms, None);
        let since: Vec<_> = sent[1..]
            .iter()
            .map(|sent| sent.attempt.maybe_sent_since_ms.unwrap())
            .collect();
        assert!(
            since.iter().all(|at| *at == since[0]),
            "the first try counts"
        );
        assert!(sent.iter().all(|sent| sent.attempt.key == "a:0"));
    }
}

#[tokio::test(start_paused = true)]
async fn silence_and_panics_are_tries_of_unknown_end() {
    for outcome in [Outcome::Hang { arrives: true }, Outcome::Panic] {
        let (post, state) = send_under(plain(), &[outcome]).await;
        assert_eq!(state, OutboxState::Sent);
        assert!(post.network.texts().last().unwrap().contains(MARK));
    }
    let (post, state) = send_under(plain(), &[Outcome::Panic, Outcome::Panic]).await;
    assert_eq!(state, OutboxState::Dead);
    let error = post.end("a").await.error.unwrap();
    assert!(
        error.contains("an internal error; it is in the log"),
        "{error}"
    );
}

/// Puts an answer in the place of a draft, and gives what people see in the end.
async fn replaced_under(outcomes: &[Outcome], draft_is_there: bool) -> Vec<String> {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    let anna = post.network.direct("anna");
    let draft = if draft_is_there {
        post.network.plant("draft", &anna, "hel")
    } else {
        "gone".to_owned()
    };
    post.network.script(outcomes.to_vec());
    let mut parts = answer("a", &anna, &["hello"], post.engine.now_ms());
    parts[0].body.replaces = Some(draft);
    post.put(parts).await;
    assert_eq!(post.end("a").await.state, OutboxState::Sent);
    post.network.texts()
}

#[tokio::test(start_paused = true)]
async fn a_change_that_did_nothing_is_repeated_freely() {
    let lost = [Outcome::Unreachable, Outcome::Unreachable];
    assert_eq!(replaced_under(&lost, true).await, ["hello"]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_whose_draft_is_gone_is_at_most_there_twice_and_says_so() {
    let texts = replaced_under(&[Outcome::TakeAndLose], false).await;
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert_eq!(texts[0], "hello");
    assert!(texts[1].contains(MARK), "{texts:?}");
}

/// A life that ended while the message was on its way; `arrived` says what the network saw of it.
async fn after_a_crash(can: Capabilities, arrived: bool, twice: bool) -> (Post, OutboxState) {
    let (store, clock) = (MemoryStore::new(), RunningClock::new());
    let network = FakeNetwork::new("fake", can);
    let anna = network.direct("anna");
    let now_ms = tidegate_core::Clock::now_ms(&*clock);
    store
        .put(answer("a", &anna, &["hello"], now_ms))
        .await
        .unwrap();
    let no = store.group("a").await.unwrap()[0].no;
    for _ in 0..=u8::from(twice) {
        store.step(no, OutboxStep::Sending, now_ms).await.unwrap();
    }
    if arrived {
        network.plant("a:0", &anna, "hello");
    }
    let post = Post::open_on(store, clock, network).await;
    let state = post.end("a").await.state;
    (post, state)
}

#[tokio::test(start_paused = true)]
async fn what_a_crash_left_on_its_way_is_reconciled() {
    for can in [keyed(), with_history()] {
        for arrived in [true, false] {
            let (post, state) = after_a_crash(can, arrived, false).await;
            assert_eq!(state, OutboxState::Sent);
            assert_eq!(post.network.texts(), ["hello"]);
            assert!(post.network.sent()[0].attempt.maybe_sent_since_ms.is_some());
        }
    }
    let (post, state) = after_a_crash(plain(), true, false).await;
    assert_eq!((state, post.network.shown().len()), (OutboxState::Sent, 2));
    assert!(post.network.texts()[1].contains(MARK));
    let (post, state) = after_a_crash(plain(), true, true).await;
    assert_eq!((state, post.network.shown().len()), (OutboxState::Dead, 1));
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_parts_goes_on_where_it_stopped() {
    let (store, clock) = (MemoryStore::new(), RunningClock::new());
    let network = FakeNetwork::new("fake", plain());
    let anna = network.direct("anna");
    let now_ms = tidegate_core::Clock::now_ms(&*clock);
    let parts = answer("a", &anna, &["1", "2", "3", "4", "5"], now_ms);
    store.put(parts).await.unwrap();
    for row in &store.group("a").await.unwrap()[..3] {
        store
            .step(row.no, OutboxStep::Sending, now_ms)
            .await
            .unwrap();
        let receipt = Receipt {
            message_id: format!("old {}", row.item.part),
            poll_id: None,
        };
        store
            .step(row.no, OutboxStep::Sent(receipt), now_ms)
            .await
            .unwrap();
    }
    let post = Post::open_on(store, clock, network).await;
    assert!(post.ended("a").await.iter().all(is_sent));
    assert_eq!(post.network.texts(), ["4", "5"]);
}

async fn notices(post: &Post) -> Vec<String> {
    let key = SessionKey::stored("agent:main:main");
    let query = HistoryQuery {
        before: None,
        limit: 100,
        max_bytes: usize::MAX,
    };
    let history = post.engine.history(&key, query).await.unwrap();
    let messages = history.page.messages.iter();
    messages.map(|message| message.body.text()).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_old_is_sent_and_the_owner_hears_of_it_once() {
    let (store, clock) = (MemoryStore::new(), RunningClock::new());
    let network = FakeNetwork::new("fake", plain());
    let now_ms = tidegate_core::Clock::now_ms(&*clock);
    for message in 0..110 {
        let target = network.direct(&(message % 10).to_string());
        let parts = answer(&message.to_string(), &target, &["a", "b"], now_ms);
        store.put(parts).await.unwrap();
    }
    clock.jump(Duration::from_hours(16));
    let post = Post::open_on(store, clock, network).await;
    for message in 0..110 {
        let row = post.end(&message.to_string()).await;
        assert_eq!(row.state, OutboxState::Dead);
    }
    tokio::time::sleep(Duration::from_mins(30)).await;
    assert_eq!(post.network.sent(), []);
    let notices = notices(&post).await;
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(
        notices[0].starts_with("110 messages were not delivered through fake:default: expired")
    );
    assert!(post.engine.retry_dead(&Letter::No(1)).await.unwrap());
    assert!(
        post.ended("0").await.iter().all(is_sent),
        "but sent when a person asks"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_person_tried_again_is_not_too_late() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    let anna = post.network.direct("anna");
    post.network.rule(|_, _| Outcome::Refuse);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = post.send(anna, "hello").await.unwrap();
    assert!(matches!(refused.how, Sending::GivenUp { .. }));
    tokio::time::sleep(Duration::from_mins(40)).await;
    assert!(post.engine.retry_dead(&Letter::No(1)).await.unwrap());
    post.network.tried(2).await;
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(notices(&post).await, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn losses_are_told_on_another_account_and_seldom() {
    let networks = [
        FakeNetwork::new("broken", plain()),
        FakeNetwork::new("whole", plain()),
    ];
    networks[0].rule(|_, _| Outcome::Refuse);
    let owner = networks[1].direct("owner");
    let also = networks[0].direct("owner");
    let (store, clock) = (MemoryStore::new(), RunningClock::new());
    let outbox = Arc::new(store.clone());
    let engine = engine_on(outbox, &store, &clock, &networks, vec![also, owner]).await;
    let anna = networks[0].direct("anna");
    for minute in 0..15 {
        let parts = answer(&minute.to_string(), &anna, &["hello"], engine.now_ms());
        store.put(parts).await.unwrap();
        engine.outbox_changed(networks[0].key());
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    let texts = networks[1].texts();
    assert_eq!(texts.len(), 2, "{texts:?}");
    assert!(
        texts[0].starts_with("1 message was not delivered through broken:default: chat not found")
    );
    assert!(texts[1].contains(" messages were not delivered"));
    assert!(networks[0].sent().iter().all(|sent| sent.target == anna));
}
