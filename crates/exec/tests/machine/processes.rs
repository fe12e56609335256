//! Background processes.

use std::sync::Arc;
use std::time::Duration;

use tidegate_core::exec::Cleared;
use tidegate_core::{ManualClock, SystemIds};
use tidegate_exec::{
    Cursor, ExecError, FINISHED_KEPT_FOR, Outcome, PROCESSES_MAX, ProcessError, Processes, Scripts,
    Stdin,
};

use crate::rig::{Rig, SOON};

const A: &str = "agent:a:main";
const B: &str = "agent:b:main";

fn table(rig: &Rig) -> Processes {
    Processes::new(
        Arc::clone(&rig.executor),
        Arc::new(ManualClock::at(5)),
        Arc::new(SystemIds),
    )
}

async fn start(rig: &Rig, table: &Processes, line: &str) -> String {
    let subject = rig.look_open(&["bash", "-c", line]).await;
    table
        .start(A, Cleared::own(subject), Scripts::Sealed, Stdin::Open, SOON)
        .await
        .unwrap()
}

/// Reads until the text is there.
async fn read_until(table: &Processes, id: &str, wanted: &str) -> Cursor {
    let (mut seen, mut cursor) = (Vec::new(), Cursor::default());
    loop {
        let news = table.wait(A, id, cursor, 4, SOON).await.unwrap();
        seen.extend(news.stdout.bytes);
        if String::from_utf8_lossy(&seen).contains(wanted) {
            return news.cursor;
        }
        assert!(news.cursor != cursor, "no {wanted:?} in {seen:?}");
        cursor = news.cursor;
    }
}

#[tokio::test]
async fn a_dialogue() {
    let rig = Rig::new();
    let table = table(&rig);
    let id = start(
        &rig,
        &table,
        "while read line; do echo got $line; done; echo bye; exit 4",
    )
    .await;
    table.write(A, &id, b"one\n".to_vec()).unwrap();
    let cursor = read_until(&table, &id, "got one\n").await;
    let listed = table.list(A);
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (&listed[0].id, listed[0].started_at_ms, listed[0].outcome),
        (&id, 5, None)
    );
    assert_eq!(listed[0].written, cursor);
    // Nothing new: it waits, and gives up in time.
    let nothing = table
        .wait(A, &id, cursor, 100, Duration::from_millis(20))
        .await
        .unwrap();
    assert_eq!((nothing.cursor, nothing.outcome), (cursor, None));
    assert!(matches!(table.forget(A, &id), Err(ProcessError::StillRuns)));
    table.write(A, &id, b"two\n".to_vec()).unwrap();
    table.close_input(A, &id).unwrap();
    read_until(&table, &id, "got two\nbye\n").await;
    let finished = table.stop(A, &id).await.unwrap();
    assert!(
        matches!(finished.outcome, Outcome::Exited(4) | Outcome::Stopped),
        "{finished:?}"
    );
    assert!(matches!(
        table.write(A, &id, b"x".to_vec()),
        Err(ProcessError::Exec(ExecError::NoInput))
    ));
    table.forget(A, &id).unwrap();
    assert!(table.list(A).is_empty());
}

#[tokio::test]
async fn others_do_not_see_it() {
    let rig = Rig::new();
    let table = table(&rig);
    let id = start(&rig, &table, "sleep 600").await;
    assert!(table.list(B).is_empty());
    assert!(matches!(
        table.read(B, &id, Cursor::default(), 1),
        Err(ProcessError::Unknown)
    ));
    assert!(matches!(
        table.write(B, &id, Vec::new()),
        Err(ProcessError::Unknown)
    ));
    assert!(matches!(
        table.stop(B, &id).await,
        Err(ProcessError::Unknown)
    ));
    assert!(matches!(table.forget(B, &id), Err(ProcessError::Unknown)));
    table.stop_all(B);
    assert_eq!(table.list(A)[0].outcome, None);
    table.stop_all(A);
    assert_eq!(table.stop(A, &id).await.unwrap().outcome, Outcome::Stopped);
    assert_eq!(rig.alive(), 0);
}

#[tokio::test]
async fn at_most_so_many_and_not_for_ever() {
    let rig = Rig::new();
    let table = table(&rig);
    let mut ids = Vec::new();
    for _ in 0..PROCESSES_MAX {
        ids.push(start(&rig, &table, "sleep 600").await);
    }
    let subject = rig.look(&["true"]).await;
    let more = table
        .start(
            A,
            Cleared::own(subject.clone()),
            Scripts::Sealed,
            Stdin::None,
            SOON,
        )
        .await;
    assert!(matches!(more, Err(ProcessError::TooMany)));
    table.stop(A, &ids[0]).await.unwrap();
    // One that has ended takes no place.
    table
        .start(A, Cleared::own(subject), Scripts::Sealed, Stdin::None, SOON)
        .await
        .unwrap();
    table.stop_all(A);
    for id in &ids {
        table.stop(A, id).await.unwrap();
    }
    rig.executor.close().await;
    assert_eq!(table.list(A).len(), PROCESSES_MAX + 1);
    tokio::time::pause();
    tokio::time::advance(FINISHED_KEPT_FOR).await;
    assert!(table.list(A).is_empty());
    assert!(matches!(
        table.read(A, &ids[0], Cursor::default(), 1),
        Err(ProcessError::Unknown)
    ));
}

#[tokio::test]
async fn input_that_nobody_reads_is_bounded() {
    let rig = Rig::new();
    let table = table(&rig);
    let id = start(&rig, &table, "sleep 600").await;
    let chunk = vec![b'x'; tidegate_exec::INPUT_CHUNK_MAX_BYTES];
    let mut refusal = None;
    for _ in 0..100 {
        refusal = table.write(A, &id, chunk.clone()).err();
        if refusal.is_some() {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(matches!(
        refusal,
        Some(ProcessError::Exec(ExecError::InputFull))
    ));
    let too_long = vec![0; tidegate_exec::INPUT_CHUNK_MAX_BYTES + 1];
    assert!(matches!(
        table.write(A, &id, too_long),
        Err(ProcessError::Exec(ExecError::InputFull))
    ));
    table.stop(A, &id).await.unwrap();
}
