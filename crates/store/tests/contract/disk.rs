//! What only the store on disk promises.

use tidegate_core::run::{Accepted, RunState};
use tidegate_core::store::{RunStore, SessionStore, StoreError};
use tidegate_store::SqliteStore;
use tokio::task::JoinSet;

use crate::fixtures::*;

fn place() -> (tempfile::TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    (dir, path)
}

#[tokio::test]
async fn what_was_written_is_there_after_a_restart() {
    let (dir, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    turn(&store, "r", "a", 1).await;
    accept(&store, "s", "a", 5).await;
    store.close().await;
    let names: Vec<_> = dir
        .path()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["state.db"], "a closed store leaves no log");
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(said(&store, "a").await, ["u: say r", "a: answer to r"]);
    assert_eq!(
        store.run(&id("s")).await.unwrap().unwrap().state,
        RunState::Queued
    );
    assert!(matches!(
        store.accept(new_run("r", "a", 9)).await.unwrap(),
        Accepted::Repeat(_)
    ));
    store.close().await;
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let (_dir, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    assert!(store.is_writable());
    store.clone().close().await;
    store.close().await;
    assert!(!store.is_writable());
    assert!(matches!(
        store.accept(new_run("r", "a", 1)).await,
        Err(StoreError::Closed)
    ));
    assert!(matches!(
        store.session(&key("a")).await,
        Err(StoreError::Closed)
    ));
}

#[tokio::test]
async fn closing_waits_for_what_was_handed_over() {
    let (_dir, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let mut accepted = JoinSet::new();
    for at in 0..100 {
        let store = store.clone();
        accepted.spawn(async move { store.accept(new_run(&format!("r{at}"), "a", at)).await });
    }
    // Every task has had its turn before this one goes on: the runtime has one thread.
    tokio::task::yield_now().await;
    store.close().await;
    let answers = accepted.join_all().await;
    let done = answers.iter().filter(|answer| answer.is_ok()).count();
    let store = SqliteStore::open(&path).unwrap();
    assert_eq!(store.recover(note(), 1).await.unwrap().queued.len(), done);
    assert!(done > 0);
    store.close().await;
}

#[tokio::test]
async fn a_verb_that_fails_takes_no_other_along() {
    let (_dir, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    let mut verbs = JoinSet::new();
    for at in 0..200_u64 {
        let store = store.clone();
        verbs.spawn(async move {
            if at % 3 == 0 {
                assert!(store.finish(ok(&["nobody"], "x", at)).await.is_err());
            } else {
                store
                    .accept(new_run(&format!("r{at}"), "a", at))
                    .await
                    .unwrap();
            }
        });
    }
    verbs.join_all().await;
    assert_eq!(store.recover(note(), 1).await.unwrap().queued.len(), 133);
    store.close().await;
}

#[tokio::test]
async fn a_verb_whose_caller_left_is_carried_out_whole() {
    let (_dir, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    for at in 0..20 {
        let left = store.accept(new_run(&format!("r{at}"), "a", at));
        let _ = tokio::time::timeout(std::time::Duration::ZERO, left).await;
    }
    store.close().await;
    let store = SqliteStore::open(&path).unwrap();
    for run in store.recover(note(), 1).await.unwrap().queued {
        let again = new_run(run.id.as_str(), "a", 50);
        assert_eq!(store.accept(again).await.unwrap(), Accepted::Repeat(run));
    }
    store.close().await;
}

#[tokio::test]
async fn many_readers_read_while_one_writes() {
    let (_dir, path) = place();
    let store = SqliteStore::open(&path).unwrap();
    turn(&store, "r", "a", 1).await;
    let mut tasks = JoinSet::new();
    for at in 0..50 {
        let (writer, reader) = (store.clone(), store.clone());
        tasks.spawn(async move { turn(&writer, &format!("w{at}"), "a", at).await });
        tasks.spawn(async move {
            let page = page(&reader, "a", EVERYTHING).await;
            let count = session(&reader, "a").await.message_count;
            assert!(count >= page.messages.len() as u64);
        });
    }
    tasks.join_all().await;
    assert_eq!(said(&store, "a").await.len(), 102);
    store.close().await;
}
