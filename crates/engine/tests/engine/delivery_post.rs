//! Sending on request: `send` and `poll`.

use std::time::Duration;

use tidegate_core::Clock;
use tidegate_core::channel::{Capabilities, Poll};
use tidegate_core::store::{OutboxRow, OutboxState, OutboxStore};
use tidegate_engine::{EngineError, Letter, Lot, OutboxQuery, Said, SendTo, Sending};
use tokio::time::Instant;

use crate::delivery_world::{Post, answer, once, send};
use crate::network::{FakeNetwork, Outcome, Way, direct, plain};
use crate::world::settle;

async fn open(can: Capabilities) -> Post {
    let post = Post::open(FakeNetwork::new("fake", can)).await;
    settle().await;
    post
}

async fn dead(post: &Post) -> Vec<OutboxRow> {
    let query = OutboxQuery {
        lot: Lot::Dead,
        account: None,
        limit: 10,
    };
    post.engine.outbox(query).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_request_waits_for_the_network_and_a_repetition_gets_the_same_answer() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    post.network.script([Outcome::Slow(Duration::from_secs(7))]);
    let began = Instant::now();
    let first = post.send(anna.clone(), "hello").await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_secs(7));
    let Sending::Sent(receipts) = &first.how else {
        panic!("{first:?}")
    };
    assert_eq!(receipts[0].message_id, "m1");
    assert_eq!(post.send(anna.clone(), "hello").await.unwrap(), first);
    assert_eq!(post.network.texts(), ["hello"]);
    let reused = send(&post.engine, anna, "hello", "other words").await;
    assert!(matches!(reused, Err(EngineError::KeyReused)));
}

#[tokio::test(start_paused = true)]
async fn what_takes_too_long_stays_in_the_outbox() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    post.network.script(vec![Outcome::Unreachable; 8]);
    let began = Instant::now();
    let waiting = post.send(anna.clone(), "hello").await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_secs(25));
    assert_eq!(
        waiting.how,
        Sending::Waiting {
            reason: Some("connection refused".into())
        }
    );
    post.ended(&waiting.group).await;
    let again = post.send(anna, "hello").await.unwrap();
    assert_eq!(again.group, waiting.group);
    assert!(matches!(again.how, Sending::Sent(_)));
    assert_eq!(post.network.texts(), ["hello"]);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_the_answer_every_time() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    post.network.script([Outcome::Refuse]);
    for _ in 0..2 {
        let refused = post.send(anna.clone(), "hello").await.unwrap();
        let given_up = Sending::GivenUp {
            reason: "chat not found".into(),
            partly: false,
        };
        assert_eq!(refused.how, given_up);
    }
    assert_eq!(post.network.sent().len(), 1);
    let letters = dead(&post).await;
    assert_eq!(letters.len(), 1);
    assert!(
        post.engine
            .drop_dead(&Letter::No(letters[0].no))
            .await
            .unwrap()
    );
    assert!(
        !post
            .engine
            .drop_dead(&Letter::No(letters[0].no))
            .await
            .unwrap()
    );
    assert!(
        !post
            .engine
            .retry_dead(&Letter::No(letters[0].no))
            .await
            .unwrap()
    );
    let refused = post.send(anna, "hello").await.unwrap();
    assert!(matches!(refused.how, Sending::GivenUp { .. }));
    assert_eq!(post.network.sent().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_gets_another_try() {
    let post = open(plain()).await;
    post.network.script([Outcome::Refuse]);
    let sent = post.send(post.network.direct("anna"), "hello").await;
    assert!(matches!(sent.unwrap().how, Sending::GivenUp { .. }));
    let letters = dead(&post).await;
    assert!(
        post.engine
            .retry_dead(&Letter::No(letters[0].no))
            .await
            .unwrap()
    );
    post.network.shows(1).await;
    let traced = post.engine.trace(&letters[0].item.group).await.unwrap();
    assert_eq!(traced[0].outbox.len(), 1);
    assert_eq!(dead(&post).await, []);
}

#[tokio::test(start_paused = true)]
async fn dead_letters_are_found_by_the_names_of_their_message() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    let at_ms = post.clock.now_ms();
    post.network.rule(|_, _| Outcome::Refuse);
    for group in ["run-1", "run-2"] {
        post.put(answer(group, &anna, &["one", "two"], at_ms)).await;
        post.ended(group).await;
    }
    let id = |id: &str| Letter::Id(id.to_owned());
    let nobody = id("run-3");
    assert!(!post.engine.retry_dead(&nobody).await.unwrap());
    assert!(!post.engine.drop_dead(&id("run-1:2")).await.unwrap());
    assert_eq!(dead(&post).await.len(), 4);
    assert!(post.engine.drop_dead(&id("run-1:1")).await.unwrap());
    assert!(!post.engine.drop_dead(&id("run-1:1")).await.unwrap());
    let left: Vec<String> = dead(&post).await.iter().map(OutboxRow::key).collect();
    assert_eq!(left, ["run-2:1", "run-2:0", "run-1:0"]);
    assert!(post.engine.drop_dead(&id("run-1")).await.unwrap());
    assert_eq!(dead(&post).await.len(), 2);
    post.network.rule(|_, _| Outcome::Take);
    assert!(post.engine.retry_dead(&id("run-2")).await.unwrap());
    post.network.shows(2).await;
    assert_eq!(post.network.texts(), ["one", "two"]);
}

#[tokio::test(start_paused = true)]
async fn dead_letters_are_dropped_after_a_month_and_codes_after_an_hour() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    post.network.rule(|_, _| Outcome::Refuse);
    for group in ["run-1", "pairing-fake:default-7-1"] {
        post.answer(group, &anna, "hello").await;
        post.ended(group).await;
    }
    let left = async || {
        let dead = dead(&post).await;
        let groups = dead.into_iter().map(|row| row.item.group);
        groups.collect::<Vec<_>>()
    };
    assert_eq!(left().await.len(), 2);
    tokio::time::sleep(Duration::from_hours(3)).await;
    assert_eq!(left().await, ["run-1"], "a code is no good any more");
    tokio::time::sleep(Duration::from_hours(29 * 24)).await;
    assert_eq!(left().await, ["run-1"]);
    tokio::time::sleep(Duration::from_hours(24)).await;
    assert_eq!(left().await, Vec::<String>::new());
    let traced = post.engine.trace("run-1").await.unwrap();
    assert_eq!(traced[0].outbox[0].state, OutboxState::Dropped);
    assert!(!post.engine.retry_dead(&Letter::No(1)).await.unwrap());
    tokio::time::sleep(Duration::from_hours(8 * 24)).await;
    let forgotten = post.engine.trace("run-1").await.unwrap();
    assert_eq!(forgotten, [], "and forgotten a week later");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_is_refused_before_it_is_stored() {
    let can = Capabilities {
        polls: false,
        ..plain()
    };
    let post = open(can).await;
    let anna = post.network.direct("anna");
    let elsewhere = direct(
        &tidegate_core::channel::AccountKey::new("other", "default"),
        "x",
    );
    let unknown = post.send(elsewhere, "hello").await.unwrap_err();
    assert_eq!(unknown.to_string(), "unsupported channel: other");
    let blank = post.send(anna.clone(), " ").await.unwrap_err();
    assert!(matches!(blank, EngineError::Invalid(_)));
    let poll = ask(&post, anna.clone(), vec!["a".into()]).await;
    assert!(
        matches!(poll, Err(EngineError::Invalid(why)) if why == "a poll needs 2 to 12 options")
    );
    post.network.set_way(Way::SignedOut);
    tokio::time::sleep(Duration::from_mins(5)).await;
    let signed_out = post.send(anna, "hello").await.unwrap_err();
    assert!(matches!(signed_out, EngineError::NotLinked { .. }));
    let load = post.store.load(post.network.key()).await.unwrap();
    assert_eq!((load.open, load.dead), (0, 0));
}

async fn ask(
    post: &Post,
    target: tidegate_core::channel::Target,
    options: Vec<String>,
) -> Result<tidegate_engine::SentTo, EngineError> {
    let poll = Poll {
        question: "When?".into(),
        options,
        max_selections: 1,
        duration_hours: None,
    };
    let to = SendTo {
        target,
        said: Said::Poll(poll),
        session_key: None,
    };
    post.engine.send_to(once("poll", "poll"), to).await
}

#[tokio::test(start_paused = true)]
async fn a_poll_is_never_sent_twice() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    assert!(ask(&post, anna.clone(), vec!["a".into()]).await.is_err());
    post.network.script([Outcome::TakeAndLose]);
    let options = vec!["now".to_owned(), "later".to_owned()];
    let unknown = ask(&post, anna, options).await.unwrap().how;
    let expected = "nobody knows whether it arrived";
    assert!(
        matches!(&unknown, Sending::GivenUp { reason, .. } if reason.contains(expected)),
        "{unknown:?}"
    );
    assert_eq!(post.network.texts(), ["When?"]);
}
