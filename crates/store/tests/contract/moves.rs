//! Conversations that get another id.

use tidegate_core::channel::{AccountKey, Target};
use tidegate_core::session::SessionKey;
use tidegate_core::store::{NewOutbound, OutboxStep};

use crate::channels::*;
use crate::fixtures::*;

contract! {
    a_move_takes_inbox_outbox_origin_and_sessions_along
    a_move_leaves_others_alone
    a_session_that_the_new_id_has_stays
    what_is_put_for_the_old_id_goes_to_the_new_one
    what_moves_answers_and_replaces_no_message_of_the_old_id
    moves_lead_to_the_newest_id
    a_move_back_is_no_circle
}

fn room(name: &str) -> SessionKey {
    SessionKey::stored(format!("agent:main:{name}"))
}

async fn move_peer(store: &impl Store, from: &str, to: &str) {
    store.move_peer(&account(), from, to, 9).await.unwrap();
}

fn in_thread(peer: &str, thread: &str) -> Target {
    Target {
        thread: Some(thread.into()),
        ..target(peer)
    }
}

/// An answer in this thread of the group `p`.
async fn put_in_thread(store: &impl Store, group: &str, thread: &str) {
    let mut part = part(group, 0, 1, "p", 3);
    part.target = in_thread("p", thread);
    store.put(vec![part]).await.unwrap();
}

async fn a_move_takes_inbox_outbox_origin_and_sessions_along(store: &impl Store) {
    let session = "net:group:p";
    arrive_one(store, "r", session, 1).await;
    accept(store, "topic", "net:group:p:topic:7", 1).await;
    accept(store, "thread", "net:channel:p:thread:8", 1).await;
    let mut told = answer_of("r", session, 2);
    told.parts = 2;
    store.put(vec![told]).await.unwrap();
    put_in_thread(store, "t", "7").await;
    put_in_thread(store, "d", "7").await;
    step(store, 3, dead(), 4).await;
    move_peer(store, "p", "Q1").await;

    let row = inbox_of(store, "r").await;
    assert_eq!(row.target, target("Q1"));
    assert_eq!(row.session_key, Some(room("net:group:q1")));
    let run = store.run(&id("r")).await.unwrap().unwrap();
    assert_eq!(run.session_key, room("net:group:q1"));
    let moved = store.session(&run.session_key).await.unwrap().unwrap();
    assert_eq!(moved.origin.unwrap().target, target("Q1"));
    assert_eq!(store.session(&room(session)).await.unwrap(), None);
    for name in ["net:group:q1:topic:7", "net:channel:q1:thread:8"] {
        assert!(
            store.session(&room(name)).await.unwrap().is_some(),
            "{name}"
        );
    }
    let told = &store.group("r").await.unwrap()[0].item;
    assert_eq!(told.target, target("Q1"));
    assert_eq!(told.session_key, Some(room("net:group:q1")));
    for group in ["t", "d"] {
        let told = &store.group(group).await.unwrap()[0].item;
        assert_eq!(told.target, in_thread("Q1", "7"), "{group}");
    }
    // The line is the new one: what comes later stands behind it.
    let mut behind = part("behind", 0, 1, "Q1", 5);
    behind.target = in_thread("Q1", "7");
    store.put(vec![behind]).await.unwrap();
    assert_eq!(heads(store).await, [1, 2]);
    begin(store, "r", 6).await;
    assert_eq!(said(store, "net:group:q1").await, ["u: say r"]);
}

async fn a_move_leaves_others_alone(store: &impl Store) {
    let names = [
        "net:group:pp",
        "net:group:p:x",
        "other:group:p",
        "net:dm:p",
        "group:p",
        "main",
    ];
    for (at_ms, name) in (1..).zip(names) {
        accept(store, name, name, at_ms).await;
    }
    let mut foreign = part("foreign", 0, 1, "p", 1);
    foreign.target.account = AccountKey::new("net", "second");
    store
        .put(vec![
            foreign.clone(),
            part("sent", 0, 1, "p", 1),
            part("x", 0, 1, "pp", 1),
        ])
        .await
        .unwrap();
    step(store, 2, OutboxStep::Sending, 2).await;
    step(store, 2, OutboxStep::Sent(receipt("s")), 2).await;
    move_peer(store, "p", "q").await;
    move_peer(store, "z", "z").await;
    for name in names {
        assert!(store.session(&key(name)).await.unwrap().is_some(), "{name}");
    }
    let target_of = async |group: &str| store.group(group).await.unwrap()[0].item.target.clone();
    assert_eq!(target_of("foreign").await, foreign.target);
    assert_eq!(target_of("sent").await, target("p"), "as it went out");
    assert_eq!(target_of("x").await, target("pp"));
    let moves = store.moves(&foreign.target.account).await.unwrap();
    assert_eq!(moves, []);
    assert_eq!(store.moves(&account()).await.unwrap().len(), 1);
}

async fn a_session_that_the_new_id_has_stays(store: &impl Store) {
    arrive_one(store, "r", "net:group:p", 1).await;
    accept(store, "s", "net:group:q", 1).await;
    move_peer(store, "p", "q").await;
    let run = store.run(&id("r")).await.unwrap().unwrap();
    assert_eq!(run.session_key, room("net:group:p"));
    assert_eq!(inbox_of(store, "r").await.target, target("q"));
    for name in ["net:group:p", "net:group:q"] {
        let kept = store.session(&room(name)).await.unwrap().unwrap();
        assert_eq!(kept.id, format!("{name}-id"));
    }
}

async fn what_is_put_for_the_old_id_goes_to_the_new_one(store: &impl Store) {
    arrive_one(store, "r", "a", 1).await;
    begin(store, "r", 2).await;
    move_peer(store, "p", "q").await;
    let mut finish = ok(&["r"], "hi", 3);
    finish.outbound = vec![answer_of("r", "a", 3)];
    store.finish(finish).await.unwrap();
    store
        .post(once("k", "h"), parts("g", 1, "p", 4))
        .await
        .unwrap();
    for group in ["r", "g"] {
        let told = store.group(group).await.unwrap();
        assert_eq!(told[0].item.target, target("q"), "{group}");
    }
    assert_eq!(heads(store).await, [1], "one line");
}

/// A part that answers a message and takes the place of a draft.
fn among_others(group: &str, peer: &str) -> NewOutbound {
    let mut part = part(group, 0, 1, peer, 1);
    part.body.reply_to = Some("their 7".into());
    part.body.replaces = Some("our 8".into());
    part
}

async fn what_moves_answers_and_replaces_no_message_of_the_old_id(store: &impl Store) {
    let before = ["waits", "dead", "sent"].map(|group| among_others(group, "p"));
    store.put(before.into()).await.unwrap();
    store.put(vec![among_others("stays", "x")]).await.unwrap();
    step(store, 2, dead(), 2).await;
    step(store, 3, OutboxStep::Sending, 2).await;
    step(store, 3, OutboxStep::Sent(receipt("s")), 2).await;
    move_peer(store, "p", "q").await;
    store.put(vec![among_others("late", "p")]).await.unwrap();
    for (group, forgets) in [
        ("waits", true),
        ("dead", true),
        ("late", true),
        ("sent", false),
        ("stays", false),
    ] {
        let body = store.group(group).await.unwrap()[0].item.body.clone();
        assert_eq!(body.reply_to.is_none(), forgets, "{group}");
        assert_eq!(body.replaces.is_none(), forgets, "{group}");
    }
}

async fn moves_lead_to_the_newest_id(store: &impl Store) {
    move_peer(store, "p", "q").await;
    move_peer(store, "q", "r").await;
    move_peer(store, "a", "b").await;
    let moves = store.moves(&account()).await.unwrap();
    let expected = [("a", "b"), ("p", "r"), ("q", "r")];
    assert_eq!(moves, expected.map(|(old, new)| (old.into(), new.into())));
    move_peer(store, "p", "s").await;
    let moves = store.moves(&account()).await.unwrap();
    assert_eq!(moves[1], ("p".into(), "s".into()));
}

async fn a_move_back_is_no_circle(store: &impl Store) {
    move_peer(store, "p", "q").await;
    move_peer(store, "q", "p").await;
    let moves = store.moves(&account()).await.unwrap();
    assert_eq!(moves, [("q".into(), "p".into())]);
    store.put(parts("g", 1, "p", 1)).await.unwrap();
    assert_eq!(store.group("g").await.unwrap()[0].item.target, target("p"));
}
