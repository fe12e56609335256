//! Pages of a transcript.

use tidegate_core::store::HistoryQuery;
use tidegate_core::transcript::{NewMessage, Part};

use crate::fixtures::*;

contract! {
    messages_come_back_as_they_went_in
    a_page_holds_the_newest_oldest_first
    pages_lead_to_the_beginning
    a_page_holds_no_more_bytes_than_asked
    a_page_holds_one_message_however_large
    every_message_is_on_exactly_one_page
    odd_places_are_no_error
}

async fn fill(store: &impl Store, texts: impl IntoIterator<Item = String>) {
    for (at, text) in (1..).zip(texts) {
        let message = NewMessage::injected(format!("m{at}"), text, at, None);
        store
            .deliver(
                once(&format!("m{at}"), "h"),
                &key("a"),
                "a-id".into(),
                message,
            )
            .await
            .unwrap();
    }
}

async fn seqs(store: &impl Store, query: HistoryQuery) -> (Vec<u64>, Option<u64>) {
    let page = page(store, "a", query).await;
    (
        page.messages.iter().map(|message| message.seq).collect(),
        page.next_before,
    )
}

async fn messages_come_back_as_they_went_in(store: &impl Store) {
    accept(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    let mut finish = ok(&["r"], "line 1\nline \"2\" \u{1f30a}", 3);
    let answer = finish.message.as_mut().unwrap();
    answer.error = Some("half of it".into());
    answer.parts.push(Part::Thinking {
        thinking: "hm".into(),
        signature: None,
    });
    let answer = answer.clone();
    store.finish(finish).await.unwrap();
    let page = page(store, "a", EVERYTHING).await;
    assert_eq!(page.messages[0].body, user("r", "say r", 2));
    assert_eq!(page.messages[1].body, answer);
    assert_eq!(page.next_before, None);
}

async fn a_page_holds_the_newest_oldest_first(store: &impl Store) {
    fill(store, (1..=10).map(|n| n.to_string())).await;
    assert_eq!(
        seqs(
            store,
            HistoryQuery {
                limit: 3,
                ..EVERYTHING
            }
        )
        .await,
        (vec![8, 9, 10], Some(8))
    );
}

async fn pages_lead_to_the_beginning(store: &impl Store) {
    fill(store, (1..=5).map(|n| n.to_string())).await;
    let page = |before| {
        seqs(
            store,
            HistoryQuery {
                before,
                limit: 2,
                ..EVERYTHING
            },
        )
    };
    assert_eq!(page(None).await, (vec![4, 5], Some(4)));
    assert_eq!(page(Some(4)).await, (vec![2, 3], Some(2)));
    assert_eq!(page(Some(2)).await, (vec![1], None));
}

async fn a_page_holds_no_more_bytes_than_asked(store: &impl Store) {
    fill(store, (1..=5).map(|_| "x".repeat(1000))).await;
    let max_bytes = 2500;
    assert_eq!(
        seqs(
            store,
            HistoryQuery {
                max_bytes,
                ..EVERYTHING
            }
        )
        .await,
        (vec![4, 5], Some(4))
    );
}

async fn a_page_holds_one_message_however_large(store: &impl Store) {
    fill(store, ["small".to_owned(), "x".repeat(10_000)]).await;
    let tight = HistoryQuery {
        max_bytes: 10,
        ..EVERYTHING
    };
    assert_eq!(seqs(store, tight).await, (vec![2], Some(2)));
    let none = HistoryQuery {
        limit: 0,
        ..EVERYTHING
    };
    assert_eq!(seqs(store, none).await, (vec![2], Some(2)));
}

async fn every_message_is_on_exactly_one_page(store: &impl Store) {
    fill(store, (1..=23_usize).map(|n| "x".repeat(n * 37 % 400))).await;
    let mut before = None;
    let mut found = Vec::new();
    loop {
        let (mut seqs, next) = seqs(
            store,
            HistoryQuery {
                before,
                limit: 5,
                max_bytes: 700,
            },
        )
        .await;
        seqs.append(&mut found);
        found = seqs;
        before = next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(found, (1..=23).collect::<Vec<_>>());
}

async fn odd_places_are_no_error(store: &impl Store) {
    fill(store, ["one".to_owned()]).await;
    fill_other(store).await;
    let page = |before| {
        seqs(
            store,
            HistoryQuery {
                before: Some(before),
                ..EVERYTHING
            },
        )
    };
    assert_eq!(page(0).await, (vec![], None));
    assert_eq!(page(1).await, (vec![], None));
    assert_eq!(page(99).await, (vec![1], None));
    assert_eq!(page(u64::MAX).await, (vec![1], None));
}

/// A transcript next to the other, which a place too far must not reach.
async fn fill_other(store: &impl Store) {
    let message = NewMessage::injected("other".into(), "other".into(), 1, None);
    store
        .deliver(once("other", "h"), &key("b"), "b-id".into(), message)
        .await
        .unwrap();
}
