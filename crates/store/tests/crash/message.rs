//! The life of messages: from the network through the inbox, a run and the outbox back to it.

use std::path::Path;

use tidegate_core::run::RunStatus;
use tidegate_core::store::{InboxStore, OutboxStep, OutboxStore, RunStore, SenderStore};
use tidegate_protocol::ChannelId;
use tidegate_store::SqliteStore;

use crate::child::{Life, acknowledged, store_to_live_in};
use crate::left;
use crate::network::*;
use crate::values::{once, user};

/// Verbs that this life commits.
pub(crate) const VERBS: &[&str] = &[
    "migrate",
    "ask_in",
    "admit",
    "dismiss",
    "arrive",
    "begin",
    "finish",
    "step",
    "revive",
    "post",
    "put",
    "discard",
    "move_peer",
    "recover",
    "prune_outbox",
    "prune_inbox",
    "prune",
];

/// A database of the schema before chat networks: the first commit brings it to this one.
fn before(path: &Path) {
    let conn = rusqlite::Connection::open(path).unwrap();
    for sql in [
        "PRAGMA journal_mode = WAL",
        include_str!("../../migrations/0001_initial.sql"),
        "PRAGMA application_id = 0x54696465; PRAGMA user_version = 1;",
        include_str!("../contract/fixtures/state_v1.sql"),
    ] {
        conn.execute_batch(sql).unwrap();
    }
}

/// The life of the child: each step is acknowledged after its verb returned. Not a test by itself.
#[tokio::test]
async fn life() {
    let Some(store) = store_to_live_in() else {
        return;
    };
    let_in(&store).await;
    answer_the_first(&store).await;
    send_the_first_answer(&store).await;
    tell_more(&store).await;
    be_interrupted(&store).await;
    forget(&store).await;
    store.close().await;
    acknowledged("close");
}

async fn let_in(store: &SqliteStore) {
    store.ask_in(asks("ann"), 0, 9).await.unwrap();
    acknowledged("ask_in ann");
    let channel = ChannelId::new("net");
    let ann = store.admit(&channel, "ann-code", true, 0, 2).await.unwrap();
    assert!(ann.is_some());
    acknowledged("admit ann");
    store.ask_in(asks("bob"), 0, 9).await.unwrap();
    acknowledged("ask_in bob");
    assert!(store.dismiss(&account(), "bob").await.unwrap());
    acknowledged("dismiss bob");
}

async fn answer_the_first(store: &SqliteStore) {
    store.arrive(arrivals(&[1])).await.unwrap();
    acknowledged("arrive 1");
    store.begin(vec![user("r1")], 2).await.unwrap();
    acknowledged("begin r1");
    let end = finish_with(&["r1"], RunStatus::Ok, "answer 1", 2);
    store.finish(end).await.unwrap();
    acknowledged("finish r1");
}

async fn send_the_first_answer(store: &SqliteStore) {
    use OutboxStep::Sending;
    step(store, "r1", 0, vec![Sending, sent()]).await;
    acknowledged("sent r1 0");
    let unknown = OutboxStep::Ambiguous {
        not_before_ms: 9,
        error: "cut off".into(),
    };
    let later = OutboxStep::Later {
        not_before_ms: 9,
        error: "busy".into(),
    };
    step(store, "r1", 1, vec![Sending, unknown, Sending, later]).await;
    step(store, "r1", 1, vec![Sending, dead()]).await;
    acknowledged("dead r1 1");
    let no = store.group("r1").await.unwrap()[1].no;
    assert!(store.revive(no, 100, 5).await.unwrap());
    acknowledged("revive r1 1");
    step(store, "r1", 1, vec![Sending, sent()]).await;
    acknowledged("sent r1 1");
}

async fn tell_more(store: &SqliteStore) {
    store.arrive(arrivals(&[2, 3, 2])).await.unwrap();
    acknowledged("arrive 3");
    store.post(once("post"), parts("g", 2)).await.unwrap();
    acknowledged("post g");
    store.put(parts("h", 1)).await.unwrap();
    acknowledged("put h");
    step(store, "g", 0, vec![dead()]).await;
    acknowledged("dead g 0");
    let no = store.group("g").await.unwrap()[0].no;
    assert!(store.discard(no, 6).await.unwrap());
    acknowledged("discard g 0");
    let account = account();
    store.move_peer(&account, FIRST, MOVED, 6).await.unwrap();
    acknowledged("move_peer");
    // Callers at once: they share a commit.
    let (arrived, told) = tokio::join!(store.arrive(arrivals(&[4])), store.put(parts("k", 1)));
    arrived.unwrap();
    told.unwrap();
    acknowledged("arrive 4");
}

async fn be_interrupted(store: &SqliteStore) {
    let turn = vec![user("r2"), user("r4")];
    store.begin(turn, 6).await.unwrap();
    acknowledged("begin r2 r4");
    store.arrive(arrivals(&[5])).await.unwrap();
    acknowledged("arrive 5");
    store.recover(note_to_network(), 7).await.unwrap();
    acknowledged("recover");
    let end = finish_with(&["r5"], RunStatus::Aborted, "", 1);
    store.finish(end).await.unwrap();
    acknowledged("finish r5");
}

async fn forget(store: &SqliteStore) {
    assert_eq!(store.prune_outbox(50).await.unwrap(), 3);
    acknowledged("prune_outbox");
    assert_eq!(store.prune_inbox(50).await.unwrap(), 5);
    acknowledged("prune_inbox");
    assert!(store.prune(50).await.unwrap() > 4);
    acknowledged("prune");
}

#[test]
fn no_message_is_lost_or_doubled_by_a_kill_at_every_commit() {
    let life = Life {
        test: "message::life",
        before,
        verbs: VERBS,
        points: 64,
    };
    life.kill_at_every_point(&left::look);
}
