//! Answers that are shown while they are written.

use std::time::Duration;

use tidegate_core::channel::{Capabilities, Peer, PeerKind, Rate, Rates, Target};
use tokio::time::Instant;

use crate::delivery_typing::{open, signs};
use crate::delivery_world::Post;
use crate::network::{Outcome, plain};

/// Speaks a word every 100 ms.
async fn speak(post: &Post, target: &Target, words: usize) -> (Option<String>, String) {
    let draft = post.engine.draft(target, "asked").unwrap();
    let mut text = String::new();
    for word in 0..words {
        text.push_str("word");
        text.push_str(&word.to_string());
        text.push(' ');
        draft.say(&text);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    (draft.end().await, text)
}

#[tokio::test(start_paused = true)]
async fn a_draft_grows_no_faster_than_the_network_likes() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    let (id, text) = speak(&post, &anna, 100).await;
    let shown = post.network.shown();
    assert_eq!(shown.len(), 1);
    assert_eq!(id.as_ref(), Some(&shown[0].id));
    assert!(text.starts_with(shown[0].text.trim()));
    assert!(shown[0].text.split_whitespace().count() > 80);
    assert!((7..=10).contains(&shown[0].edits), "{}", shown[0].edits);
    let first = post.network.sent()[0].part.clone();
    assert_eq!(first.reply_to, None, "two people need no names");

    let group = Target {
        peer: Peer {
            kind: PeerKind::Group,
            id: "-1".into(),
        },
        ..anna
    };
    speak(&post, &group, 20).await;
    let first = post.network.sent()[1].part.clone();
    assert_eq!(first.reply_to.as_deref(), Some("asked"));
}

#[tokio::test(start_paused = true)]
async fn a_draft_stops_at_the_end_of_its_message() {
    let mut can = plain();
    can.text.max = 400;
    let post = open(can).await;
    speak(&post, &post.network.direct("anna"), 300).await;
    let shown = post.network.shown();
    assert_eq!(shown.len(), 1);
    assert!(shown[0].text.chars().count() < 400);
    assert!(shown[0].text.chars().count() > 200);
    let acted = post.network.acted();
    let last = acted.last().unwrap().at;
    assert!(
        last.elapsed() > Duration::from_secs(20),
        "and is left alone"
    );
}

#[tokio::test(start_paused = true)]
async fn a_draft_of_unknown_end_has_no_name() {
    for outcome in [
        Outcome::TakeAndLose,
        Outcome::Refuse,
        Outcome::Hang { arrives: true },
    ] {
        let post = open(plain()).await;
        post.network.script([outcome.clone()]);
        let (id, _) = speak(&post, &post.network.direct("anna"), 600).await;
        assert_eq!(id, None, "{outcome:?}");
        assert_eq!(post.network.sent().len(), 1, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_of_unknown_end_is_found_where_tries_make_one() {
    let history = Capabilities {
        history: true,
        ..plain()
    };
    let keyed = Capabilities {
        keyed_sends: true,
        ..plain()
    };
    for can in [history, keyed] {
        for outcome in [
            Outcome::TakeAndLose,
            Outcome::Lose,
            Outcome::Hang { arrives: true },
        ] {
            let post = open(can).await;
            post.network.script([outcome.clone()]);
            let (id, text) = speak(&post, &post.network.direct("anna"), 600).await;
            let shown = post.network.shown();
            assert_eq!(shown.len(), 1, "{outcome:?}");
            assert_eq!(id.as_ref(), Some(&shown[0].id), "{outcome:?}");
            assert!(shown[0].edits > 1, "{outcome:?}: it grows again");
            assert!(text.starts_with(shown[0].text.trim()), "{outcome:?}");
            let sent = post.network.sent();
            assert_eq!(sent.len(), 2, "{outcome:?}");
            assert_eq!(sent[0].part, sent[1].part, "the same again");
            assert_eq!(sent[0].attempt.key, sent[1].attempt.key);
            assert!(sent[1].attempt.maybe_sent_since_ms.is_some());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_of_unknown_end_is_looked_for_when_the_answer_is_complete() {
    let can = Capabilities {
        history: true,
        ..plain()
    };
    for outcome in [Outcome::TakeAndLose, Outcome::Hang { arrives: true }] {
        let post = open(can).await;
        post.network.script([outcome.clone()]);
        let began = Instant::now();
        let (id, _) = speak(&post, &post.network.direct("anna"), 20).await;
        assert_eq!(id.as_deref(), Some("m1"), "{outcome:?}");
        assert_eq!(post.network.shown().len(), 1, "{outcome:?}");
        assert!(began.elapsed() <= Duration::from_secs(5), "{outcome:?}");
    }
    let post = open(can).await;
    let hangs = Outcome::Hang { arrives: false };
    post.network.script([hangs.clone(), hangs]);
    let draft = post.engine.draft(&post.network.direct("anna"), "m");
    let draft = draft.unwrap();
    draft.say("These are five whole words");
    post.network.tried(1).await;
    let began = Instant::now();
    assert_eq!(draft.end().await, None);
    assert_eq!(began.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_quick_has_no_draft() {
    let post = open(plain()).await;
    let draft = post
        .engine
        .draft(&post.network.direct("anna"), "m")
        .unwrap();
    draft.say("Yes.");
    assert_eq!(draft.end().await, None);
    tokio::time::sleep(Duration::from_mins(1)).await;
    assert_eq!(post.network.sent(), []);
}

#[tokio::test(start_paused = true)]
async fn the_end_waits_three_seconds_at_most() {
    let post = open(plain()).await;
    post.network.script_acts([Outcome::Hang { arrives: false }]);
    let draft = post
        .engine
        .draft(&post.network.direct("anna"), "m")
        .unwrap();
    draft.say("These are five whole words");
    tokio::time::sleep(Duration::from_millis(10)).await;
    draft.say("These are five whole words and more");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let began = Instant::now();
    assert_eq!(draft.end().await.as_deref(), Some("m1"));
    assert_eq!(began.elapsed(), Duration::from_secs(3));
}

#[tokio::test(start_paused = true)]
async fn what_is_shown_never_delays_an_answer() {
    let second = |count| Rate {
        count,
        per: Duration::from_secs(1),
    };
    let can = Capabilities {
        rates: Rates {
            account: second(2),
            direct: second(1),
            group: second(1),
        },
        draft_every: Some(Duration::from_millis(100)),
        ..plain()
    };
    let post = open(can).await;
    let anna = post.network.direct("anna");
    let _typing = post.engine.typing(&anna).unwrap();
    let draft = post.engine.draft(&anna, "m").unwrap();
    let mut text = "These are five whole words".to_owned();
    for _ in 0..50 {
        text.push_str(" more");
        draft.say(&text);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let began = Instant::now();
    post.answer("a", &anna, "the answer").await;
    let row = post.end("a").await;
    assert_eq!(row.attempts, 1);
    assert!(began.elapsed() < Duration::from_millis(50));
    let edits = post.network.shown()[0].edits;
    assert!((1..=5).contains(&edits), "{edits} changes in 5 s");
}

#[tokio::test(start_paused = true)]
async fn a_limit_of_what_is_shown_is_kept_and_holds_back_no_answer() {
    let post = open(plain()).await;
    let anna = post.network.direct("anna");
    let limited = Outcome::Limited {
        ms: 30_000,
        account: true,
    };
    post.network.script_acts([limited]);
    let draft = post.engine.draft(&anna, "m").unwrap();
    let mut text = "These are five whole words".to_owned();
    for _ in 0..3 {
        text.push_str(" more");
        draft.say(&text);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let _typing = post.engine.typing(&post.network.direct("ben")).unwrap();
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(post.network.acted().len(), 1);
    let began = Instant::now();
    post.answer("a", &anna, "the answer").await;
    post.end("a").await;
    assert!(began.elapsed() < Duration::from_millis(50));
    tokio::time::sleep(Duration::from_secs(30)).await;
    draft.say("Something else, and of more than five words");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(
        post.network.shown()[0].text,
        "Something else, and of more than five words"
    );
    assert!(!signs(&post).is_empty());
}
