//! A database of the schema before chat networks.

use std::path::Path;

use rusqlite::Connection;
use tidegate_core::run::{Accepted, RunState};
use tidegate_core::store::{DeviceStore, InboxStore, OutboxStore, RunStore, SessionQuery, Trust};
use tidegate_protocol::DeviceId;
use tidegate_store::{OpenError, SCHEMA_VERSION, SqliteStore};

use crate::channels::*;
use crate::fixtures::*;

/// Makes a database as a program of schema 1 left it.
fn write_v1(path: &Path) -> Connection {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("PRAGMA journal_mode = WAL;").unwrap();
    conn.execute_batch(include_str!("../../migrations/0001_initial.sql"))
        .unwrap();
    conn.execute_batch("PRAGMA application_id = 0x54696465; PRAGMA user_version = 1;")
        .unwrap();
    conn.execute_batch(include_str!("fixtures/state_v1.sql"))
        .unwrap();
    conn
}

#[tokio::test]
async fn a_database_of_the_schema_before_keeps_its_data_and_gets_the_new_tables() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    drop(write_v1(&path));
    let store = SqliteStore::open(&path).unwrap();

    assert_eq!(said(&store, "a").await, ["u: say r", "a: answer to r"]);
    let session = session(&store, "a").await;
    assert_eq!((session.id.as_str(), session.origin), ("a-id", None));
    assert_eq!(session.label.as_deref(), Some("Alpha"));
    let search = Some("answer".to_owned());
    assert_eq!(found(&store, SessionQuery { search, ..all() }).await, ["a"]);
    let again = store.accept(new_run("r", "a", 9)).await.unwrap();
    assert!(matches!(again, Accepted::Repeat(run) if run.state == RunState::Ended));
    let recovered = store.recover(note(), 9).await.unwrap();
    assert_eq!(recovered.queued[0].request.origin, None);
    assert_eq!(
        (
            recovered.queued[0].id.clone(),
            recovered.interrupted[0].id.clone()
        ),
        (id("s"), id("t"))
    );
    let device = store.device(&DeviceId::new("d")).await.unwrap();
    assert_eq!(device.unwrap().paired_at_ms, 7);

    let run = arrive_one(&store, "new", "a", 10).await;
    assert_eq!(run.session_id, "a-id");
    store.put(parts("g", 1, "p", 10)).await.unwrap();
    assert_eq!(store.trace("m-new").await.unwrap()[0].run, Some(run));
    assert_eq!(heads(&store).await, [1]);
    store.close().await;

    // What was before is kept beside it.
    let copy = Connection::open(dir.path().join("state.db.before-v4")).unwrap();
    let kept: (u32, u32) = copy
        .query_row(
            "SELECT (SELECT count(*) FROM runs), user_version FROM pragma_user_version",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!(kept, (3, 1));
}

#[tokio::test]
async fn devices_of_the_schema_before_keep_their_rights_and_begin_untrusted() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let conn = write_v1(&path);
    conn.execute_batch(include_str!("../../migrations/0002_channels.sql"))
        .unwrap();
    conn.execute_batch(
        "PRAGMA user_version = 2;
         INSERT INTO devices VALUES ('z', zeroblob(32), '{\"platform\":\"linux\"}', 5);
         INSERT INTO device_grants VALUES
            ('z', 'node', '', zeroblob(32), '', 6, NULL, 8),
            ('z', 'operator', 'operator.read', zeroblob(32), 'operator.read', 7, 9, NULL);
         INSERT INTO pair_requests VALUES
            (1, 'r', 'z', zeroblob(32), '{}', 'operator', 'operator.admin', 20);",
    )
    .unwrap();
    drop(conn);
    let store = SqliteStore::open(&path).unwrap();
    let device = store.device(&DeviceId::new("z")).await.unwrap().unwrap();
    assert_eq!((device.paired_at_ms, device.approved_at_ms), (5, 5));
    assert_eq!((device.trust, device.name), (Trust::Untrusted, None));
    assert!(device.trust_changes.is_empty());
    let node = device.grants.first().unwrap();
    assert_eq!((node.granted_at_ms, node.issued_at_ms), (6, 6));
    assert_eq!((node.used_at_ms, node.expires_at_ms), (Some(8), None));
    assert!(
        node.is_live(u64::MAX),
        "a token from before is good until it is shown again"
    );
    let operator = device.grants.last().unwrap();
    assert_eq!(
        (operator.revoked_at_ms, operator.is_live(10)),
        (Some(9), false)
    );
    let waiting = store.pair_requests(20).await.unwrap();
    assert_eq!(waiting.len(), 1);
    store.close().await;
    assert!(dir.path().join("state.db.before-v4").exists());
}

#[tokio::test]
async fn a_large_database_of_the_schema_before_is_opened_after_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let conn = write_v1(&path);
    // More than is checked whole.
    conn.execute_batch(
        "UPDATE transcripts SET last_text = hex(zeroblob(9 << 20));
         PRAGMA wal_checkpoint(TRUNCATE);
         UPDATE sessions SET label = 'Omega' WHERE label = 'Alpha';",
    )
    .unwrap();
    assert!(path.metadata().unwrap().len() > 32 << 20);
    std::mem::forget(conn);
    let store = SqliteStore::open(&path).unwrap();
    let label = session(&store, "a").await.label;
    assert_eq!(label.as_deref(), Some("Omega"));
    arrive_one(&store, "new", "a", 10).await;
    store.close().await;
}

#[test]
fn a_database_of_a_later_schema_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let conn = write_v1(&path);
    conn.pragma_update(None, "user_version", SCHEMA_VERSION + 1)
        .unwrap();
    drop(conn);
    let before = std::fs::read(&path).unwrap();
    let refused = SqliteStore::open(&path).unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found, known }
            if found == SCHEMA_VERSION + 1 && known == SCHEMA_VERSION),
        "{refused}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
