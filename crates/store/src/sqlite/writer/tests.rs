use std::path::PathBuf;

use rusqlite::ffi;

use super::super::schema;
use super::*;

type Answered<T> = oneshot::Receiver<Result<T, StoreError>>;

struct Place {
    _dir: tempfile::TempDir,
    path: PathBuf,
    conn: Connection,
}

fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("state.db");
    let conn = schema::open_writer(&path, schema::MIGRATIONS).unwrap();
    Place {
        _dir: dir,
        path,
        conn,
    }
}

/// A verb that stores a transcript of this name.
fn insert(name: &str) -> (Job, Answered<usize>) {
    let name = name.to_owned();
    Job::new("insert", move |conn| {
        Ok(conn.execute("INSERT INTO transcripts (session_id) VALUES (?1)", [name])?)
    })
}

/// A verb that stores something and fails.
fn fail(code: i32) -> (Job, Answered<()>) {
    Job::new("fail", move |conn| {
        conn.execute("INSERT INTO transcripts (session_id) VALUES ('half')", [])?;
        Err(Fault::Sqlite(rusqlite::Error::SqliteFailure(
            ffi::Error::new(code),
            None,
        )))
    })
}

fn names(conn: &Connection) -> Vec<String> {
    let mut statement = conn
        .prepare("SELECT session_id FROM transcripts ORDER BY no")
        .unwrap();
    let names = statement.query_map([], |row| row.get(0)).unwrap();
    names.collect::<Result<_, _>>().unwrap()
}

fn answer<T>(answered: Answered<T>) -> Result<T, StoreError> {
    answered.blocking_recv().unwrap_or(Err(StoreError::Closed))
}

#[test]
fn a_failed_verb_is_taken_back_alone() {
    let place = place();
    let (first, first_answer) = insert("first");
    let (bad, bad_answer) = fail(ffi::SQLITE_CONSTRAINT);
    let (last, last_answer) = insert("last");
    assert!(write(&place.conn, vec![first, bad, last]).is_ok());
    assert_eq!(answer(first_answer).unwrap(), 1);
    assert!(matches!(
        answer(bad_answer),
        Err(StoreError::Failed { verb: "fail", .. })
    ));
    assert_eq!(answer(last_answer).unwrap(), 1);
    assert_eq!(
        names(&schema::open_reader(&place.path).unwrap()),
        ["first", "last"]
    );
}

#[test]
fn nobody_has_an_answer_before_the_commit() {
    let place = place();
    let (job, mut answered) = insert("first");
    let (sender, committed) = std::sync::mpsc::sync_channel(1);
    place.conn.commit_hook(Some(move || {
        sender.send(answered.try_recv().is_err()).unwrap();
        false
    }));
    assert!(write(&place.conn, vec![job]).is_ok());
    assert_eq!(committed.recv(), Ok(true));
}

#[test]
fn a_commit_that_fails_is_told_to_every_verb_of_it() {
    let place = place();
    place.conn.commit_hook(Some(|| true));
    let (first, first_answer) = insert("first");
    let (second, second_answer) = insert("second");
    assert!(
        write(&place.conn, vec![first, second]).is_ok(),
        "the disk is well"
    );
    assert!(matches!(
        answer(first_answer),
        Err(StoreError::Failed { .. })
    ));
    assert!(matches!(
        answer(second_answer),
        Err(StoreError::Failed { .. })
    ));
    place.conn.commit_hook(None::<fn() -> bool>);
    let (third, third_answer) = insert("third");
    assert!(write(&place.conn, vec![third]).is_ok());
    assert_eq!(answer(third_answer).unwrap(), 1);
    assert_eq!(names(&place.conn), ["third"]);
}

#[test]
fn a_full_disk_is_told_and_outlived() {
    let place = place();
    let pages: u32 = place
        .conn
        .query_row("PRAGMA page_count", [], |row| row.get(0))
        .unwrap();
    // To SQLite this is a disk without room.
    let limit = |pages: u32| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        place.conn.query_row(&sql, [], |_| Ok(())).unwrap();
    };
    limit(pages + 2);
    let (small, small_answer) = insert("small");
    let (large, large_answer) = insert(&"x".repeat(100_000));
    assert!(write(&place.conn, vec![small, large]).is_ok());
    assert!(matches!(
        answer(large_answer),
        Err(StoreError::Full { verb: "insert" })
    ));
    let first_time = answer(small_answer);
    assert!(matches!(first_time, Ok(1) | Err(StoreError::Full { .. })));
    let (small, small_answer) = insert("small again");
    assert!(write(&place.conn, vec![small]).is_ok());
    assert_eq!(
        answer(small_answer).unwrap(),
        1,
        "what fits is still stored"
    );
    limit(pages + 1000);
    let (large, large_answer) = insert(&"x".repeat(100_000));
    assert!(write(&place.conn, vec![large]).is_ok());
    assert_eq!(answer(large_answer).unwrap(), 1);
    let stored = names(&place.conn);
    assert_eq!(stored.contains(&"small".to_owned()), first_time.is_ok());
}

#[test]
fn after_the_disk_failed_nothing_is_written_or_acknowledged() {
    let place = place();
    let (first, first_answer) = insert("first");
    let (bad, bad_answer) = fail(ffi::SQLITE_IOERR_FSYNC);
    let (jobs, thread) = {
        let (sender, receiver) = mpsc::channel(8);
        let (late, late_answer) = insert("late");
        for job in [first, bad, late] {
            assert!(sender.try_send(job).is_ok());
        }
        let thread = std::thread::spawn(move || {
            run(place.conn, receiver);
            answer(late_answer)
        });
        (sender, thread)
    };
    assert!(
        answer(first_answer).is_err(),
        "it was in the same transaction"
    );
    assert!(matches!(answer(bad_answer), Err(StoreError::Failed { .. })));
    assert!(thread.join().unwrap().is_err());
    assert!(jobs.is_closed());
    let (after, _answer) = insert("after");
    assert!(jobs.try_send(after).is_err());
    assert_eq!(
        names(&schema::open_reader(&place.path).unwrap()),
        Vec::<String>::new()
    );
}

#[test]
fn the_log_is_moved_into_the_database_when_it_has_grown() {
    let place = place();
    let path = place.path.clone();
    let (jobs, thread) = start(place.conn).unwrap();
    let size = || path.metadata().unwrap().len();
    let before = size();
    for at in 0..60 {
        let (job, answered) = insert(&format!("{at}{}", "x".repeat(100_000)));
        jobs.blocking_send(job).unwrap();
        assert_eq!(answer(answered).unwrap(), 1);
    }
    assert!(size() > before + 2_000_000);
    drop(jobs);
    thread.join().unwrap();
    assert!(!path.with_extension("db-wal").exists());
}

#[test]
fn a_long_transcript_is_deleted_bit_by_bit_also_after_a_restart() {
    let place = place();
    place.conn.execute_batch("BEGIN").unwrap();
    let key = tidegate_core::SessionKey::stored("agent:main:long");
    let transcript = append::ensure_session(&place.conn, &key, "long", 1).unwrap();
    for at in 0..700 {
        let id = at.to_string();
        let message = tidegate_core::transcript::NewMessage::injected(id, "tide".into(), at, None);
        append::append(&place.conn, transcript, &message).unwrap();
    }
    place.conn.execute_batch("DELETE FROM sessions").unwrap();
    append::forget_transcript(&place.conn, transcript).unwrap();
    place.conn.execute_batch("COMMIT").unwrap();
    let count = |conn: &Connection, table: &str| -> i64 {
        conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
            row.get(0)
        })
        .unwrap()
    };
    assert_eq!(count(&place.conn, "messages"), 444);
    assert!(append::sweep(&place.conn).unwrap());
    assert_eq!(count(&place.conn, "messages"), 188);
    // The rest is for the thread of the next start, which has no verb to wait for.
    let (jobs, thread) = start(place.conn).unwrap();
    let reader = schema::open_reader(&place.path).unwrap();
    while count(&reader, "forgotten") > 0 {
        std::thread::yield_now();
    }
    assert_eq!(
        (count(&reader, "messages"), count(&reader, "transcripts")),
        (0, 0)
    );
    let sql = "SELECT count(*) FROM message_words WHERE message_words MATCH 'tide'";
    let words: i64 = reader.query_row(sql, [], |row| row.get(0)).unwrap();
    assert_eq!(words, 0);
    drop((jobs, reader));
    thread.join().unwrap();
}
