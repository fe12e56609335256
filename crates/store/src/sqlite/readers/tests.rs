use std::collections::HashSet;
use std::thread::ThreadId;

use tokio::task::JoinSet;

use super::*;

/// Readers of an empty database in a folder of its own.
fn place() -> (tempfile::TempDir, Arc<Readers>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    drop(schema::open_writer(&path, schema::MIGRATIONS).unwrap());
    (dir, Arc::new(Readers::new(path)))
}

/// Reads, and tells which thread did it.
async fn thread(readers: &Readers) -> Result<ThreadId, StoreError> {
    let sql = "SELECT count(*) FROM sessions";
    let reading = readers.read("read", move |conn| {
        let sessions: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        assert_eq!(sessions, 0);
        Ok(std::thread::current().id())
    });
    reading.await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_reads_have_few_threads() {
    let (_dir, readers) = place();
    let mut reads = JoinSet::new();
    for _ in 0..200 {
        let readers = Arc::clone(&readers);
        reads.spawn(async move { thread(&readers).await.unwrap() });
    }
    let threads: HashSet<_> = reads.join_all().await.into_iter().collect();
    assert!(threads.len() <= READERS as usize, "{}", threads.len());
    readers.close().await;
    assert!(matches!(thread(&readers).await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn a_read_that_panics_is_an_error_and_harms_no_other() {
    let (_dir, readers) = place();
    for _ in 0..=READERS {
        let bad = readers.read("bad", |_| -> Result<(), Fault> { panic!("as it should") });
        assert!(matches!(bad.await, Err(StoreError::Failed { .. })));
    }
    let first = thread(&readers).await.unwrap();
    assert_eq!(thread(&readers).await.unwrap(), first);
    readers.close().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_opened_is_an_error_each_time() {
    let dir = tempfile::tempdir().unwrap();
    let readers = Readers::new(dir.path().join("none.db"));
    for _ in 0..=READERS {
        let failed = thread(&readers).await;
        assert!(matches!(failed, Err(StoreError::Failed { .. })));
    }
    readers.close().await;
}
