//! How much goes out in how much time: our own rates, and what the network asks for.

use std::time::Duration;

use tidegate_core::channel::{Capabilities, Rate, Rates, Target};
use tokio::time::Instant;

use crate::delivery_world::{Post, answer};
use crate::network::{FakeNetwork, Outcome, plain};

#[tokio::test(start_paused = true)]
async fn no_rate_is_ever_passed() {
    let rate = |count, secs| Rate {
        count,
        per: Duration::from_secs(secs),
    };
    let rates = Rates {
        account: rate(30, 1),
        direct: rate(1, 1),
        group: rate(20, 60),
    };
    let post = Post::open(FakeNetwork::new("fake", Capabilities { rates, ..plain() })).await;
    let now_ms = post.engine.now_ms();
    for chat in 0..40 {
        let target = post.network.direct(&chat.to_string());
        let group = format!("to {chat}");
        post.put(answer(&group, &target, &["a", "b", "c"], now_ms))
            .await;
    }
    let shown = post.network.shows(120).await;
    let within = |times: &[Instant], per: Duration| {
        times
            .iter()
            .map(|from| {
                times
                    .iter()
                    .filter(|at| **at >= *from && **at < *from + per)
                    .count()
            })
            .max()
            .unwrap()
    };
    let all: Vec<_> = shown.iter().map(|shown| shown.at).collect();
    assert!(within(&all, Duration::from_secs(1)) <= 30);
    for chat in 0..40 {
        let target = post.network.direct(&chat.to_string());
        let one: Vec<_> = shown
            .iter()
            .filter(|shown| shown.target == target)
            .map(|shown| shown.at)
            .collect();
        assert_eq!(within(&one, Duration::from_secs(1)), 1);
    }
    assert!(
        *all.last().unwrap() - all[0] < Duration::from_secs(8),
        "and not much slower"
    );
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_one_chat_holds_back_that_chat_alone() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    let (anna, ben) = (post.network.direct("anna"), post.network.direct("ben"));
    post.network.script([Outcome::Limited {
        ms: 5000,
        account: false,
    }]);
    post.answer("1", &anna, "one").await;
    post.network.tried(1).await;
    let began = Instant::now();
    let topic = Target {
        thread: Some("topic".into()),
        ..anna.clone()
    };
    post.answer("2", &anna, "two").await;
    post.answer("3", &ben, "three").await;
    post.answer("4", &topic, "four").await;
    let shown = post.network.shows(4).await;
    let wait = |text| {
        let shown = shown.iter().find(|shown| shown.text == text);
        shown.unwrap().at - began
    };
    assert!(wait("three") < Duration::from_secs(1));
    for text in ["one", "two", "four"] {
        let held = Duration::from_secs(5)..Duration::from_secs(6);
        assert!(held.contains(&wait(text)), "{text}");
    }
    assert!(wait("one") <= wait("two"));
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_the_account_holds_back_everything() {
    let post = Post::open(FakeNetwork::new("fake", plain())).await;
    post.network.script([Outcome::Limited {
        ms: 5000,
        account: true,
    }]);
    post.answer("1", &post.network.direct("anna"), "one").await;
    post.network.tried(1).await;
    let began = Instant::now();
    post.answer("2", &post.network.direct("ben"), "two").await;
    let shown = post.network.shows(2).await;
    assert!(
        shown
            .iter()
            .all(|shown| shown.at - began >= Duration::from_secs(5))
    );
    assert_eq!(post.network.sent().len(), 3);
}
